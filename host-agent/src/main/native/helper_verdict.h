/* From what the last listings showed to the answer. */
#ifndef QF_HELPER_VERDICT_H
#define QF_HELPER_VERDICT_H

#include "helper_targets.h"

/* Nothing in the listing, and every target has ended with all its threads. */
bool verdict_is_clean(const struct targets *targets, const struct listing *listing);

/* A VM is confirmed dead if it is absent from the last TWO listings, nothing in either could be it, and nothing was
 * killed between them. settled: two such listings were had; else targets from fresh on were found by the last blow. */
void verdict_reach(const struct targets *targets, unsigned fresh, bool settled, const struct listing *last,
                   const struct listing *before, struct fence_report *report);

#endif
