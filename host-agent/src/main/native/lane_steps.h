/* The steps of one op, strictly in order. */
#ifndef QF_LANE_STEPS_H
#define QF_LANE_STEPS_H

#include "lane_frames.h"
#include "lane_target.h"

/* Opens the target, runs the steps, stamps the times, closes. Never fails itself: the outcome says what happened.
 * `answers` is the descriptor that carries the responses; a step is not begun once nobody reads it. */
void lane_run(const struct lane_target *target, const struct lane_request *request, int answers,
              struct lane_outcome *outcome);

#endif
