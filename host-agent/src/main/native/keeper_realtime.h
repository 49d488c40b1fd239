/* What keeps the keeper ticking while the host is short of memory or CPU. */
#ifndef QF_KEEPER_REALTIME_H
#define QF_KEEPER_REALTIME_H

#include <stdbool.h>

/* Ignores every signal that could end it; SIGKILL and SIGSTOP are what remains. */
bool keeper_ignore_signals(void);

/* All pages resident and locked, those of the stack to come included. False with errno. */
bool keeper_lock_memory(void);

/* A real-time priority. False with errno: not permitted here. */
bool keeper_real_time(void);

/* Not to be chosen by the out-of-memory killer: a closed device is a reset. False with errno: not permitted here. */
bool keeper_spare_from_oom(void);

#endif
