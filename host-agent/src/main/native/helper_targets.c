#include "helper_targets.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "helper_proc.h"
#include "pidfd.h"
#include "rawclock.h"

const struct target *targets_find(const struct targets *targets, pid_t pid, uint64_t start) {
    for (unsigned i = 0; i < targets->count; i++)
        if (targets->items[i].identity.pid == pid && targets->items[i].identity.start == start)
            return &targets->items[i];
    return NULL;
}

static bool hold(struct targets *targets, const struct identity *identity) {
    struct proc_stat stat;
    int fd = pidfd_of(identity->pid);
    if (fd < 0)
        return errno == ESRCH; /* ended meanwhile */
    /* Race closed here: the pid was given to another process between the listing and the descriptor. The process of
     * this pid had this start time before and has it after the descriptor was opened, so it had it in between: the
     * descriptor is of the process that was listed, and stays so whatever becomes of the number. */
    enum proc_read read = proc_stat_read(identity->pid, identity->pid, &stat);
    if (read != PROC_OK || stat.start != identity->start) {
        (void)close(fd); /* of a process that is none of our business */
        return read != PROC_UNREADABLE;
    }
    if (targets->count == LISTING_MAX) {
        (void)close(fd); /* no room to act on it */
        return false;
    }
    targets->items[targets->count++] = (struct target){.identity = *identity, .pidfd = fd, .killed = false};
    return true;
}

bool targets_add(struct targets *targets, const struct listing *listing) {
    bool all = true;
    for (unsigned i = 0; i < listing->count; i++) {
        const struct identity *identity = &listing->found[i];
        if (identity->likeness == LIKE_VM && targets_find(targets, identity->pid, identity->start) == NULL)
            all = hold(targets, identity) && all;
    }
    return all;
}

void targets_kill(struct targets *targets) {
    for (unsigned i = 0; i < targets->count; i++) {
        struct target *target = &targets->items[i];
        /* The descriptor cannot slip to another process. The second look is for one that became another program. */
        if (!pidfd_ended(target->pidfd) && identity_holds(&target->identity))
            target->killed = pidfd_kill(target->pidfd, SIGKILL) || target->killed;
    }
}

void targets_await(struct targets *targets, int64_t deadline_ns) {
    for (unsigned i = 0; i < targets->count; i++) {
        /* One after the other: their deaths run side by side, and the last one's is what we wait for anyway. */
        struct pollfd p = {.fd = targets->items[i].pidfd, .events = POLLIN};
        int64_t left = deadline_ns - raw_now();
        if (left <= 0)
            return;
        (void)poll(&p, 1, (int)(left / QF_NS_PER_MS) + 1); /* whether it ended is for the listing to say */
    }
}
