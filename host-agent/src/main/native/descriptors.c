#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436 /* the same number on every architecture; Linux 5.9 */
#endif

/* A process that hangs in the kernel keeps every descriptor it has. Should the agent ever leak a listening socket or
 * a lock to its children, a stuck lane would hold the agent's port against the agent's successor. Hence: close all
 * that we did not open ourselves. */
static void close_inherited(void) {
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
        return;
    struct rlimit limit;
    int last = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536)
        last = (int)limit.rlim_cur;
    for (int fd = 3; fd < last; fd++)
        (void)close(fd); /* EBADF for most of them, which is the point */
}

bool descriptors_clean(void) {
    int fd;
    /* If the caller left 0, 1 or 2 closed, the next open would become "stdout" and receive our answers. */
    do {
        fd = open("/dev/null", O_RDWR);
        if (fd < 0)
            return false;
    } while (fd <= 2);
    close_inherited();
    return true;
}

bool descriptors_detach(void) {
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = dup2(fd, 0) == 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2;
    if (fd > 2)
        (void)close(fd); /* /dev/null: nothing can be lost by closing it */
    return done;
}

ssize_t read_whole(int fd, void *into, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, (char *)into + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

bool write_whole(int fd, const void *from, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = write(fd, (const char *)from + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return true;
}
