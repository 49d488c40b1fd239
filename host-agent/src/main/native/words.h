/* Strict readings of the short words these programs are given: numbers, ids, paths, UUIDs. */
#ifndef QF_WORDS_H
#define QF_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only: no sign, no space, no overflow, nothing behind them. */
bool word_number(const char *text, uint64_t *value);

/* Letters, digits, '.', '_' and '-': safe in a message and in a file name. */
bool word_is_id(const char *text);

/* The programs change to "/" at once, so a relative path would mean something else than the caller thinks. */
bool word_is_absolute_path(const char *text);

#define UUID_CHARS 36

/* The first 36 characters of text are a UUID (any case); out gets it in lower case, terminated. */
bool word_uuid(const char *text, char out[UUID_CHARS + 1]);

/* One line on stderr: "program: message". */
void say(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
