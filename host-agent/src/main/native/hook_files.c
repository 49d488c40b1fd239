/* The small files of qf-hook: its configuration, the barrier of a sibling's shell, break-glass. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "hook.h"
#include "rawclock.h"

#define GLASS_MAX_S 3600U

/* The text of a small file of root's, terminated. False with errno; EBADMSG: too large, or others may write it. */
static bool read_small(const char *path, char *into, size_t room) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    ssize_t n = fstat(fd, &st) == 0 ? read_whole(fd, into, room) : -1;
    int error = errno;
    (void)close(fd); /* only read from */
    bool ours = n >= 0 && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    if (n < 0 || (size_t)n == room || !ours) {
        errno = n < 0 ? error : EBADMSG;
        return false;
    }
    into[n] = '\0';
    return true;
}

/* The value of the line "name=...". */
static bool value_of(const char *text, const char *name, char *into, size_t room) {
    size_t length = strlen(name);
    for (const char *at = text; at != NULL; at = strchr(at, '\n') == NULL ? NULL : strchr(at, '\n') + 1) {
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        size_t size = strcspn(at + length + 1, "\r\n");
        if (size >= room)
            return false;
        memcpy(into, at + length + 1, size);
        into[size] = '\0';
        return true;
    }
    return false;
}

static bool mode_of(const char *word, enum hook_mode *mode) {
    static const char *const words[] = {"off", "warn", "enforce"};
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            *mode = (enum hook_mode)i;
            return true;
        }
    return false;
}

enum conf_read conf_read(const char *path, struct hook_conf *conf) {
    char text[1024];
    char word[32];
    uint64_t number = 0;
    if (!read_small(path, text, sizeof text))
        return errno == ENOENT ? CONF_NONE : CONF_WRONG;
    if (!value_of(text, "mode", word, sizeof word) || !mode_of(word, &conf->mode))
        return CONF_WRONG;
    if (!value_of(text, "socket", conf->socket, sizeof conf->socket) || !word_is_absolute_path(conf->socket))
        return CONF_WRONG;
    if (!value_of(text, "run", conf->run, sizeof conf->run) || !word_is_absolute_path(conf->run))
        return CONF_WRONG;
    if (!value_of(text, "deadline-ms", word, sizeof word) || !word_number(word, &number) || number < 100 ||
        number > 60000)
        return CONF_WRONG;
    conf->deadline_ms = (unsigned)number;
    return CONF_OK;
}

bool barrier_stands(const struct hook_conf *conf, uint64_t spent_below) {
    char path[160];
    char text[128];
    char word[32];
    uint64_t token = 0;
    (void)snprintf(path, sizeof path, "%s/barrier", conf->run);
    if (!read_small(path, text, sizeof text))
        return errno != ENOENT;
    if (!value_of(text, "token", word, sizeof word) || !word_number(word, &token))
        return true; /* somebody's barrier, and not readable */
    return token >= spent_below;
}

static void glass_path(const struct hook_conf *conf, const char *uuid, const char *tail, char *into, size_t room) {
    (void)snprintf(into, room, "%s/hook-let/%s%s", conf->run, uuid, tail);
}

bool glass_stands(const struct hook_conf *conf, const char *uuid, char *text, unsigned room) {
    char path[200];
    char content[512];
    char word[32];
    uint64_t until = 0;
    int64_t now = raw_now();
    glass_path(conf, uuid, "", path, sizeof path);
    if (!read_small(path, content, sizeof content) || !value_of(content, "until", word, sizeof word) ||
        !word_number(word, &until) || !value_of(content, "why", text, room))
        return false;
    /* On tmpfs, so of this boot; a time further off than anybody can give is not ours. */
    return until > (uint64_t)now && until - (uint64_t)now <= GLASS_MAX_S * (uint64_t)QF_NS_PER_S;
}

static bool write_small(const char *path, const char *text) {
    char fresh[220];
    (void)snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool written = write_whole(fd, text, strlen(text));
    written = close(fd) == 0 && written;
    return written && rename(fresh, path) == 0;
}

static bool is_plain(const char *why) {
    size_t length = strlen(why);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)why[i] < ' ' || (unsigned char)why[i] > '~')
            return false;
    return length >= 4 && length <= 200;
}

const char *glass_break(const struct hook_conf *conf, const char *uuid, uint64_t seconds, const char *why) {
    char path[200];
    char text[512];
    if (seconds < 1 || seconds > GLASS_MAX_S)
        return "--for is 1 to 3600 seconds";
    if (!is_plain(why))
        return "--why is one line of 4 to 200 plain characters";
    (void)snprintf(path, sizeof path, "%s/hook-let", conf->run);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return "the run directory cannot be written to";
    glass_path(conf, uuid, "", path, sizeof path);
    (void)snprintf(text, sizeof text, "until=%" PRId64 "\nwhy=%s\n", raw_now() + (int64_t)seconds * QF_NS_PER_S, why);
    return write_small(path, text) ? NULL : "the run directory cannot be written to";
}

void glass_used(const struct hook_conf *conf, const char *uuid, const char *text) {
    char path[200];
    char line[512];
    glass_path(conf, uuid, ".used", path, sizeof path);
    (void)snprintf(line, sizeof line, "%s\n", text);
    (void)write_small(path, line); /* the system's log has it in any case */
}
