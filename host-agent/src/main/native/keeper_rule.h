/* The keeper's rule, as a function of what one tick has read. Pure: no clock, no memory of its own. */
#ifndef QF_KEEPER_RULE_H
#define QF_KEEPER_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum keeper_decision { KEEPER_FEED, KEEPER_LATCH, KEEPER_SILENT };

/* An expired lease never revives: once latched, no expiry however late brings the feeding back for this incarnation
 * or an earlier one; only a higher counter does. Counter 0 (no incarnation named yet) has a latch of its own, since
 * "latched 0" means "none". */
static inline enum keeper_decision keeper_decide(int64_t now, int64_t expiry, uint64_t incarnation, uint64_t latched,
                                                 bool zero_latched) {
    if (incarnation == 0 ? zero_latched || latched > 0 : incarnation <= latched)
        return KEEPER_SILENT;
    return now < expiry ? KEEPER_FEED : KEEPER_LATCH;
}

#endif
