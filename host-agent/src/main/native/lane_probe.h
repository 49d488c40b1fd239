/* qf-lane --probe: what the storage can do, as one line of JSON. */
#ifndef QF_LANE_PROBE_H
#define QF_LANE_PROBE_H

#include "lane_target.h"

/* Opens, measures and reads the first block; writes nothing. Returns the exit code. */
int lane_probe(const char *storage, const struct lane_target *target);

#endif
