/* The keeper's life after its start: tick, decide, feed. Allocates nothing, opens nothing but a FIFO. */
#ifndef QF_KEEPER_LOOP_H
#define QF_KEEPER_LOOP_H

#include <stdbool.h>

#include "keeper_handover.h"
#include "keeper_shm.h"
#include "keeper_watchdog.h"

/* A quarter of the watchdog's timeout, a quarter of a second at most. */
int64_t keeper_period_ns(uint64_t timeout_ms);

/* Before a device is opened, since opening one feeds it. False: what stands in the page has expired (it is latched
 * then, if it was not yet) and the reset is owed. */
bool keeper_may_open(struct keeper_shm *shm);

/* Returns after an orderly disarm, or once a newer keeper has taken page and watchdog over: then neither is ours. */
void keeper_loop(const struct keeper_page *page, struct keeper_watchdog *watchdog, struct keeper_door *door);

#endif
