/* Which incarnation this host is, and the barrier against new starts. */
#ifndef QF_HELPER_INCARNATION_H
#define QF_HELPER_INCARNATION_H

#include "helper_report.h"

enum incarnation { INCARNATION_SAME, INCARNATION_OTHER, INCARNATION_UNKNOWN };

/* Compares the kernel's boot id and the agent's counter with the request; report gets what was found here. */
enum incarnation incarnation_check(const char *run, const struct fence_request *request, struct fence_report *report);

enum spent { SPENT_NO, SPENT_YES, SPENT_UNKNOWN };

/* Whether the host's agent knows the claim with this token as taken back: such a claim must cost this host nothing, and
 * whoever sent us may not have heard of it. */
enum spent token_spent(const char *run, uint64_t token);

/* Whether the host's agent was started a moment ago, by the pid it leaves in the run directory. Its first beat is still
 * to come, so its silence says nothing; it is bounded, for an agent that never gets that far must not be spared. */
bool agent_is_starting(const char *run);

/* Whether the host's agent runs, holds a lease, and has taken no step for a second or went on a moment ago after such a
 * pause: its next beat is still to come, as after a start. Bounded by the end of that lease. An agent that is cut off
 * takes steps all the while. */
bool agent_is_paused(const char *run);

/* Puts up the barrier for the token: on the tmpfs, whole or not at all, and never replaced by a lower token. */
bool barrier_raise(const char *run, uint64_t token);

#endif
