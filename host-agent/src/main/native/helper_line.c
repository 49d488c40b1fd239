#include "helper_line.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rawclock.h"

static char buffer[256 + (HELPER_MAX_VMS + HELPER_MAX_KEPT) * (UUID_CHARS + 1)];

/* The line must end in a newline: one that was cut off could name fewer VMs than were meant. */
const char *line_read(int fd, int64_t deadline_ns, char **line) {
    size_t used = 0;
    for (;;) {
        int64_t left = deadline_ns - raw_now();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&p, 1, (int)(left / QF_NS_PER_MS) + 1) == 0)
            return "no request line in time";
        ssize_t n = read(fd, buffer + used, sizeof buffer - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return "the request line has no end";
        char *end = memchr(buffer + used, '\n', (size_t)n);
        used += (size_t)n;
        if (end != NULL) {
            *end = '\0';
            *line = buffer;
            /* A NUL within would hide what follows it from the parser. */
            return strlen(buffer) == (size_t)(end - buffer) ? NULL : "the request line holds a NUL";
        }
        if (used == sizeof buffer)
            return "the request line is too long";
    }
}

/* The value behind "name=" if the word is that, else NULL. */
static const char *value_of(const char *word, const char *name) {
    size_t length = strlen(name);
    if (word == NULL || strncmp(word, name, length) != 0 || word[length] != '=')
        return NULL;
    return word + length + 1;
}

static bool add_vm(char vms[][UUID_CHARS + 1], unsigned *count, unsigned most, const char *uuid) {
    for (unsigned i = 0; i < *count; i++)
        if (strcmp(vms[i], uuid) == 0)
            return true;
    if (*count == most)
        return false;
    memcpy(vms[(*count)++], uuid, UUID_CHARS + 1);
    return true;
}

static bool parse_ids(const char *text, char vms[][UUID_CHARS + 1], unsigned *count, unsigned most) {
    char uuid[UUID_CHARS + 1];
    for (;;) {
        if (!word_uuid(text, uuid) || !add_vm(vms, count, most, uuid))
            return false;
        text += UUID_CHARS;
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

static bool parse_vms(const char *text, struct fence_request *request) {
    request->all = strcmp(text, "all") == 0;
    return request->all || parse_ids(text, request->vms, &request->count, HELPER_MAX_VMS);
}

const char *line_parse(char *line, bool self, struct fence_request *request) {
    char *next = NULL;
    const char *verb = strtok_r(line, " ", &next);
    const char *version = strtok_r(NULL, " ", &next);
    if (verb == NULL || strcmp(verb, "fence") != 0 || version == NULL || strcmp(version, "v1") != 0)
        return "the request does not start with: fence v1";
    const char *boot = value_of(strtok_r(NULL, " ", &next), "boot");
    if (boot == NULL || !word_uuid(boot, request->boot) || boot[UUID_CHARS] != '\0')
        return "boot= wants a UUID";
    const char *counter = value_of(strtok_r(NULL, " ", &next), "counter");
    if (counter == NULL || !word_number(counter, &request->counter) || request->counter == 0)
        return "counter= wants a number above 0";

    char *word = strtok_r(NULL, " ", &next);
    const char *token = value_of(word, "token");
    if (token != NULL) {
        if (!word_number(token, &request->token) || (request->token == 0 && !self))
            return "token= wants a number above 0";
        word = strtok_r(NULL, " ", &next);
    } else if (!self) {
        return "token= is missing";
    }
    const char *vms = value_of(word, "vms");
    if (vms == NULL || !parse_vms(vms, request))
        return "vms= wants all, or UUIDs with commas between";
    word = strtok_r(NULL, " ", &next);
    if (word == NULL)
        return NULL;
    const char *keep = value_of(word, "keep");
    if (keep == NULL)
        return "there is more behind vms=";
    if (!request->all || !parse_ids(keep, request->keep, &request->kept, HELPER_MAX_KEPT))
        return "keep= wants vms=all, and UUIDs with commas between";
    return strtok_r(NULL, " ", &next) == NULL ? NULL : "there is more behind keep=";
}
