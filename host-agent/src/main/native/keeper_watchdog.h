/* The watchdog: a kernel device, a FIFO of the lab, or none. */
#ifndef QF_KEEPER_WATCHDOG_H
#define QF_KEEPER_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper_shm.h"

struct keeper_watchdog {
    const char *path;
    uint64_t kind;
    uint64_t timeout_ms; /* asked for; after the open of a device: what it really does */
    uint64_t asked_ms;
    bool accept_softdog; /* the kernel's software watchdog counts as one */
    bool nowayout;       /* its driver never disarms */
    uint64_t boot_status;
    char identity[KEEPER_IDENTITY_SIZE];
    int fd; /* -1: not open */
};

/* Opens a device for good, or tries a FIFO once (no reader yet is no error). False: *why, and nothing is armed. */
bool keeper_watchdog_open(struct keeper_watchdog *watchdog, const char **why);

/* Writes one byte; opens a FIFO again whose reader has come (back). True: the watchdog got it. */
bool keeper_watchdog_feed(struct keeper_watchdog *watchdog);

/* 'V' and close. False: the watchdog did not take it and is still open, it must be fed on. */
bool keeper_watchdog_disarm(struct keeper_watchdog *watchdog);

#endif
