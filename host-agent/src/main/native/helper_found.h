/* Which VMs had a process when a helper of this claim looked, behind its barrier, kept for the helpers that follow: an
 * answer may be lost on its way, and the next helper finds nothing. That a start may still be under way is then out
 * of the question: it would have been refused since. */
#ifndef QF_HELPER_FOUND_H
#define QF_HELPER_FOUND_H

#include "helper_targets.h"

/* Takes in what an earlier helper left for exactly this life and token. Nothing readable is as good as nothing. */
void found_recall(const char *run, const struct fence_request *request);

/* Keeps the targets as well. Failing only forgets. */
void found_keep(const char *run, const struct fence_request *request, const struct targets *targets);

/* The process of this VM that was found before, or 0. */
pid_t found_pid(const char *vm);

/* Where all are asked for: a line of its own for every VM that was found before. False: there is no room. */
bool found_enter(struct fence_report *report);

#endif
