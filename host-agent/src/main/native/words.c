#include "words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool word_number(const char *text, uint64_t *value) {
    uint64_t sum = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

bool word_is_id(const char *text) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(text);
    return length > 0 && length <= 64 && text[0] != '.' && strspn(text, allowed) == length;
}

bool word_is_absolute_path(const char *text) { return text[0] == '/' && strlen(text) < 4096; }

bool word_uuid(const char *text, char out[UUID_CHARS + 1]) {
    for (int i = 0; i < UUID_CHARS; i++) {
        char c = text[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex)
            return false;
        out[i] = c;
    }
    out[UUID_CHARS] = '\0';
    return true;
}

void say(const char *program, const char *format, ...) {
    char line[512];
    int used = snprintf(line, sizeof line, "%s: ", program);
    if (used < 0)
        return;
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    if (more < 0)
        return;
    size_t length = strlen(line);
    line[length] = '\n';
    /* One write, so that lines of two programs on one terminal do not mix. Nobody left to tell if it fails. */
    if (write(STDERR_FILENO, line, length + 1) < 0 && errno == EINTR)
        return;
}
