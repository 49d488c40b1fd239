/* The one clock of the native programs: CLOCK_MONOTONIC_RAW, in nanoseconds.
 *
 * CLOCK_MONOTONIC follows NTP slewing (chrony may slew by 8 %), so a lease measured on it is not a lease. Nobody
 * compares a value of this clock with one of another host. */
#ifndef QF_RAWCLOCK_H
#define QF_RAWCLOCK_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define QF_NS_PER_MS INT64_C(1000000)
#define QF_NS_PER_S INT64_C(1000000000)

static inline int64_t raw_now(void) {
    struct timespec t;
    /* It cannot fail on a kernel we support; a program that cannot tell the time must not go on guessing. */
    if (clock_gettime(CLOCK_MONOTONIC_RAW, &t) != 0)
        abort();
    return (int64_t)t.tv_sec * QF_NS_PER_S + (int64_t)t.tv_nsec;
}

#endif
