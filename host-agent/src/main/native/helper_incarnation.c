#include "helper_incarnation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "helper_proc.h"
#include "keeper_shm.h"
#include "rawclock.h"

/* A start takes about a second; the lease is longer. */
#define STARTING_NS (4 * QF_NS_PER_S)
#define PAUSED_NS (1 * QF_NS_PER_S)
/* Longer than any lease: a word that speaks of more is not this boot's. */
#define PAUSE_MAX_NS (3600 * QF_NS_PER_S)

static const char boot_id_path[] = "/proc/sys/kernel/random/boot_id";

/* The text of a small file, terminated; false if it is not there, empty or larger than the room. */
static bool read_small(int dir, const char *path, char *into, size_t room) {
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read_whole(fd, into, room);
    (void)close(fd); /* only read from */
    if (n <= 0 || (size_t)n == room)
        return false;
    into[n] = '\0';
    return strlen(into) == (size_t)n;
}

/* The value of the line "name=...", cut at its end; NULL if there is none. `text` stays as it is. */
static bool line_value(const char *text, const char *name, char *into, size_t room) {
    size_t length = strlen(name);
    for (const char *at = text; at != NULL; at = strchr(at, '\n') == NULL ? NULL : strchr(at, '\n') + 1) {
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        const char *value = at + length + 1;
        size_t size = strcspn(value, "\r\n");
        if (size >= room)
            return false;
        memcpy(into, value, size);
        into[size] = '\0';
        return true;
    }
    return false;
}

static bool read_boot_id(char boot[UUID_CHARS + 1]) {
    char text[64];
    return read_small(AT_FDCWD, boot_id_path, text, sizeof text) && word_uuid(text, boot) &&
           (text[UUID_CHARS] == '\n' || text[UUID_CHARS] == '\0');
}

enum incarnation incarnation_check(const char *run, const struct fence_request *request, struct fence_report *report) {
    char text[1024];
    char value[64];
    char written[UUID_CHARS + 1];
    if (!read_boot_id(report->boot))
        return INCARNATION_UNKNOWN;
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return INCARNATION_UNKNOWN;
    bool found = read_small(dir, "incarnation", text, sizeof text);
    (void)close(dir); /* only read from */
    if (!found || !line_value(text, "counter", value, sizeof value) || !word_number(value, &report->counter))
        return INCARNATION_UNKNOWN;
    /* A file of an earlier boot (a run directory that is no tmpfs) speaks of an incarnation that is gone. */
    if (line_value(text, "boot", value, sizeof value) &&
        (!word_uuid(value, written) || strcmp(written, report->boot) != 0))
        return INCARNATION_OTHER;
    return strcmp(report->boot, request->boot) == 0 && report->counter == request->counter ? INCARNATION_SAME
                                                                                            : INCARNATION_OTHER;
}

enum spent token_spent(const char *run, uint64_t token) {
    char text[64];
    char value[32];
    uint64_t below = 0;
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return SPENT_UNKNOWN;
    bool found = read_small(dir, "spent", text, sizeof text);
    bool none = !found && faccessat(dir, "spent", F_OK, 0) != 0 && errno == ENOENT;
    (void)close(dir); /* only read from */
    if (none)
        return SPENT_NO; /* no claim on this life was ever taken back, or its agent writes no such file */
    if (!found || !line_value(text, "below", value, sizeof value) || !word_number(value, &below))
        return SPENT_UNKNOWN;
    return token < below ? SPENT_YES : SPENT_NO;
}

/* The agent's process by the pid it leaves in the run directory. */
static bool agent_stat(const char *run, struct proc_stat *stat) {
    char text[64];
    char value[32];
    uint64_t pid = 0;
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    bool found = read_small(dir, "agent", text, sizeof text);
    (void)close(dir); /* only read from */
    return found && line_value(text, "pid", value, sizeof value) && word_number(value, &pid) && pid <= INT32_MAX &&
           proc_stat_read((pid_t)pid, (pid_t)pid, stat) == PROC_OK;
}

struct agent_words {
    int64_t lease_end_ns;
    int64_t moved_ns;
    int64_t awake_ns;
};

static bool read_word(int page, size_t offset, int64_t *word) {
    return pread(page, word, sizeof *word, (off_t)offset) == (ssize_t)sizeof *word;
}

/* Of the page that agent and keeper share, each written whole. */
static bool agent_words(const char *run, struct agent_words *words) {
    int64_t magic = 0;
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    int page = openat(dir, "keeper", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    (void)close(dir); /* only read from */
    if (page < 0)
        return false;
    bool whole = read_word(page, offsetof(struct keeper_shm, magic), &magic) &&
                 read_word(page, offsetof(struct keeper_shm, lease_end_ns), &words->lease_end_ns) &&
                 read_word(page, offsetof(struct keeper_shm, moved_ns), &words->moved_ns) &&
                 read_word(page, offsetof(struct keeper_shm, awake_ns), &words->awake_ns);
    (void)close(page); /* only read from */
    return whole && (uint64_t)magic == KEEPER_MAGIC;
}

bool agent_is_paused(const char *run) {
    struct proc_stat stat;
    struct agent_words words;
    if (!agent_words(run, &words) || words.moved_ns <= 0 || !agent_stat(run, &stat))
        return false;
    int64_t now = raw_now();
    int64_t still_ns = now - words.moved_ns;
    bool stands = still_ns > PAUSED_NS && still_ns < PAUSE_MAX_NS;
    bool went_on = words.awake_ns > 0 && now - words.awake_ns < STARTING_NS;
    return (stands || went_on) && now < words.lease_end_ns;
}

bool agent_is_starting(const char *run) {
    struct proc_stat stat;
    struct timespec now;
    if (!agent_stat(run, &stat) || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return false;
    int64_t born_ns = (int64_t)stat.start * (QF_NS_PER_S / sysconf(_SC_CLK_TCK));
    int64_t age_ns = now.tv_sec * QF_NS_PER_S + now.tv_nsec - born_ns;
    return age_ns < STARTING_NS;
}

static uint64_t present_token(int dir) {
    char text[128];
    char value[32];
    uint64_t token = 0;
    if (!read_small(dir, "barrier", text, sizeof text) || !line_value(text, "token", value, sizeof value) ||
        !word_number(value, &token))
        return 0; /* none, or not readable: ours is put in its place */
    return token;
}

static bool replace_barrier(int dir, uint64_t token) {
    char name[48];
    char text[48];
    int named = snprintf(name, sizeof name, ".barrier.%ld", (long)getpid());
    int length = snprintf(text, sizeof text, "token=%" PRIu64 "\n", token);
    if (named < 0 || length < 0)
        return false;
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return false;
    bool written = write_whole(fd, text, (size_t)length) && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    /* The rename makes it visible whole: the hook never reads half a token. */
    if (written && renameat(dir, name, dir, "barrier") == 0 && fsync(dir) == 0)
        return true;
    (void)unlinkat(dir, name, 0); /* may be there or not */
    return false;
}

/* Race closed here: two siblings' helpers run at once, and the one with the lower token reads first and renames last.
 * The lock makes the comparison and the rename one step. Bounded: a frozen helper must not hold up the others. */
static bool lock_dir(int dir) {
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10 * 1000 * 1000};
    for (int tries = 0; tries < 30; tries++) {
        if (flock(dir, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK || nanosleep(&pause, NULL) != 0)
            return false;
    }
    return false;
}

bool barrier_raise(const char *run, uint64_t token) {
    int dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    bool raised = lock_dir(dir) && (present_token(dir) >= token || replace_barrier(dir, token));
    (void)close(dir); /* ends the lock */
    return raised;
}
