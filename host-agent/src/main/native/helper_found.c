#include "helper_found.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"

#define LINE_MAX_CHARS 64 /* "UUID PID\n" */

static struct {
    char vm[UUID_CHARS + 1];
    pid_t pid;
} kept[HELPER_MAX_VMS];
static unsigned count;
static bool all;
static char text[256 + HELPER_MAX_VMS * LINE_MAX_CHARS];

/* The first line: another life or another token is another file. */
static int head(const struct fence_request *request, char *into, size_t room) {
    return snprintf(into, room, "found v1 boot=%s counter=%" PRIu64 " token=%" PRIu64 "\n", request->boot,
                    request->counter, request->token);
}

pid_t found_pid(const char *vm) {
    for (unsigned i = 0; i < count; i++)
        if (strcmp(kept[i].vm, vm) == 0)
            return kept[i].pid;
    return 0;
}

static bool add(const char *vm, pid_t pid) {
    if (found_pid(vm) != 0 || count == HELPER_MAX_VMS)
        return false;
    memcpy(kept[count].vm, vm, UUID_CHARS + 1);
    kept[count++].pid = pid;
    return true;
}

static bool read_ours(const char *run) {
    struct stat st;
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = dir < 0 ? -1 : openat(dir, "found", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (dir >= 0)
        (void)close(dir); /* only read from */
    if (fd < 0)
        return false;
    bool ours = fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    ssize_t n = ours ? read_whole(fd, text, sizeof text) : -1;
    (void)close(fd); /* only read from */
    if (n <= 0 || (size_t)n == sizeof text)
        return false;
    text[n] = '\0';
    return true;
}

void found_recall(const char *run, const struct fence_request *request) {
    char first[200];
    int length = head(request, first, sizeof first);
    count = 0;
    all = request->all;
    if (request->token == 0 || length < 0 || !read_ours(run) || strncmp(text, first, (size_t)length) != 0)
        return;
    for (char *at = text + length; *at != '\0';) {
        char vm[UUID_CHARS + 1];
        uint64_t pid = 0;
        char *end = strchr(at, '\n');
        if (end == NULL)
            return;
        *end = '\0';
        if (!word_uuid(at, vm) || at[UUID_CHARS] != ' ' || !word_number(at + UUID_CHARS + 1, &pid) || pid == 0 ||
            pid > INT32_MAX)
            return;
        (void)add(vm, (pid_t)pid);
        at = end + 1;
    }
}

static void store(const char *run, const struct fence_request *request) {
    char name[48];
    int used = head(request, text, sizeof text);
    if (used < 0)
        return;
    size_t at = (size_t)used;
    for (unsigned i = 0; i < count; i++) {
        used = snprintf(text + at, sizeof text - at, "%s %ld\n", kept[i].vm, (long)kept[i].pid);
        if (used < 0 || (size_t)used >= sizeof text - at)
            return;
        at += (size_t)used;
    }
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return;
    (void)snprintf(name, sizeof name, ".found.%ld", (long)getpid());
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_whole(fd, text, at);
    written = fd >= 0 && close(fd) == 0 && written;
    if (!written || renameat(dir, name, dir, "found") != 0)
        (void)unlinkat(dir, name, 0); /* may be there or not */
    (void)close(dir); /* nothing was written through it */
}

void found_keep(const char *run, const struct fence_request *request, const struct targets *targets) {
    bool fresh = false;
    if (request->token == 0)
        return;
    for (unsigned i = 0; i < targets->count; i++)
        if (targets->items[i].identity.uuid[0] != '\0')
            fresh = add(targets->items[i].identity.uuid, targets->items[i].identity.pid) || fresh;
    if (fresh)
        store(run, request);
}

bool found_enter(struct fence_report *report) {
    for (unsigned i = 0; i < count && all; i++)
        if (report_vm(report, kept[i].vm) == NULL)
            return false;
    return true;
}
