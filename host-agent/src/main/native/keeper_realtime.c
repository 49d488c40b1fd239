#include "keeper_realtime.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "descriptors.h"

bool keeper_ignore_signals(void) {
    /* SIGTERM among them: the one orderly end is the stop request, which is refused while an expiry stands. A
     * shutdown that reaches SIGKILL resets a host that still had VMs to guard, and that is right. */
    static const int ignored[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM, SIGTERM,  SIGUSR1,
                                  SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGVTALRM, SIGPROF};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        if (signal(ignored[i], SIG_IGN) == SIG_ERR)
            return false;
    return true;
}

/* mlockall locks the stack as far as it has grown; growing it now means that no tick ever faults a new page in. */
static void __attribute__((noinline)) grow_stack(void) {
    volatile unsigned char pages[64 * 1024];
    for (size_t i = 0; i < sizeof pages; i += 4096)
        pages[i] = 1;
}

bool keeper_lock_memory(void) {
    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
        return false;
    grow_stack();
    return true;
}

bool keeper_real_time(void) {
    struct sched_param param = {.sched_priority = 50};
    return sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

bool keeper_spare_from_oom(void) {
    static const char never[] = "-1000";
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write_whole(fd, never, sizeof never - 1);
    int error = errno;
    (void)close(fd); /* the write is the act */
    errno = error;
    return done;
}
