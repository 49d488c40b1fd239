/* A process held by a descriptor, so that its number cannot come to mean another. Linux 5.3; by number, since older C
 * libraries have no names for it. */
#ifndef QF_PIDFD_H
#define QF_PIDFD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static inline int pidfd_of(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0U); /* close-on-exec by itself */ }

static inline bool pidfd_kill(int fd, int signal) {
    return syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0U) == 0;
}

/* Has the process ended with ALL its threads? A leader that ended before its threads does not count. */
static inline bool pidfd_ended(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

#endif
