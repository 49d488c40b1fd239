/* The processes that were found to be VMs, each held by a descriptor from the moment it was found. */
#ifndef QF_HELPER_TARGETS_H
#define QF_HELPER_TARGETS_H

#include "helper_list.h"

struct target {
    struct identity identity;
    int pidfd;
    bool killed; /* SIGKILL was sent */
};

struct targets {
    unsigned count;
    struct target items[LISTING_MAX];
};

/* Adds what the listing shows as a VM and is not known yet. False: a process could not be held. */
bool targets_add(struct targets *targets, const struct listing *listing);

/* SIGKILL to each that has not ended and still is what it was when it was found. */
void targets_kill(struct targets *targets);

/* Waits until all have ended with all their threads, or until the deadline (RAW). */
void targets_await(struct targets *targets, int64_t deadline_ns);

/* The target that this process is, or NULL. */
const struct target *targets_find(const struct targets *targets, pid_t pid, uint64_t start);

#endif
