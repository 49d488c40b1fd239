#include "lane_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* flock, not fcntl: a POSIX lock goes with the first close of any descriptor of the file, and flock goes only with
 * the open file itself. A process that hangs in a system call has not run its exit yet, so not even SIGKILL frees
 * the lock before the hanging write has returned. That is the whole point of the lane being a process. */

static long read_owner(int fd) {
    char text[32];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    long pid = strtol(text, NULL, 10);
    return pid > 0 ? pid : 0;
}

static bool write_owner(int fd) {
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    return length > 0 && ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)length, 0) == length;
}

/* Race closed here: somebody removed the lock file after our open, and another lane made a new one. Two lanes would
 * hold two locks of the same name. Only the lock on the file that the name leads to NOW counts. */
static bool still_named(int fd, const char *path) {
    struct stat held;
    struct stat named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

enum lane_lock lane_lock_take(const char *path, long *owner) {
    *owner = 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return LANE_LOCK_FAILED;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return LANE_LOCK_FAILED;
        *owner = read_owner(fd);
        return LANE_LOCK_HELD;
    }
    if (!still_named(fd, path)) {
        errno = ESTALE;
        return LANE_LOCK_FAILED;
    }
    return write_owner(fd) ? LANE_LOCK_TAKEN : LANE_LOCK_FAILED;
}
