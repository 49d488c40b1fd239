/* What a program inherits, and whole reads and writes on what it keeps. */
#ifndef QF_DESCRIPTORS_H
#define QF_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes 0, 1 and 2 exist and closes every other descriptor. Call it first thing in main. */
bool descriptors_clean(void);

/* Points 0, 1 and 2 at /dev/null. */
bool descriptors_detach(void);

/* Reads until size bytes are there or the stream ends; -1 on an error, else the bytes read. */
ssize_t read_whole(int fd, void *into, size_t size);

/* Writes all of it, or says false with errno. */
bool write_whole(int fd, const void *from, size_t size);

#endif
