#include "helper_virsh.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "rawclock.h"

/* In the child. Never returns. */
static void become_virsh(const char *virsh, const char *uri, const char *vm, pid_t parent) {
    /* A known environment: what sshd took over from its client must not steer virsh. */
    static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/", NULL};
    char *const arguments[] = {"virsh", "-c", (char *)uri, "destroy", (char *)vm, NULL};
    /* Should the helper be killed, virsh goes with it. Race closed by the look at the parent: it may have died before
     * the wish was registered. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || setpgid(0, 0) != 0 || !descriptors_detach() ||
        signal(SIGPIPE, SIG_DFL) == SIG_ERR)
        _exit(126);
    (void)execve(virsh, arguments, environment); /* returns only if it failed */
    _exit(127);
}

static pid_t start(const char *virsh, const char *uri, const char *vm) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0)
        become_virsh(virsh, uri, vm, parent);
    /* Both sides set the group, so that it exists before either goes on; once the child has done so and runs virsh,
     * this one fails, rightly. */
    if (child > 0)
        (void)setpgid(child, child);
    return child;
}

/* 0 in a place means free. */
static unsigned reap(pid_t running[VIRSH_AT_ONCE]) {
    unsigned left = 0;
    for (unsigned i = 0; i < VIRSH_AT_ONCE; i++) {
        if (running[i] != 0 && waitpid(running[i], NULL, WNOHANG) != 0)
            running[i] = 0; /* ended, or (an error) not ours to wait for */
        left += running[i] != 0 ? 1 : 0;
    }
    return left;
}

static void nap(void) {
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 5 * 1000 * 1000};
    (void)nanosleep(&pause, NULL); /* an early end is as good */
}

/* By number: they are our children and not reaped, so their pids, and the groups named after them, are still theirs.
 * The group, for a virsh that is a wrapper has children of its own. */
static void kill_rest(pid_t running[VIRSH_AT_ONCE]) {
    for (unsigned i = 0; i < VIRSH_AT_ONCE; i++) {
        if (running[i] == 0)
            continue;
        (void)kill(-running[i], SIGKILL); /* no such group: the child died before it made one */
        (void)kill(running[i], SIGKILL);
    }
    for (int tries = 0; tries < 20 && reap(running) > 0; tries++)
        nap();
}

void virsh_destroy(const char *virsh, const char *uri, const char vms[][UUID_CHARS + 1], unsigned count,
                   int64_t deadline_ns) {
    pid_t running[VIRSH_AT_ONCE] = {0};
    unsigned next = 0;
    if (access(virsh, X_OK) != 0)
        return; /* SIGKILL needs no libvirt */
    while (raw_now() < deadline_ns) {
        unsigned left = reap(running);
        if (left == 0 && next == count)
            return;
        for (unsigned i = 0; i < VIRSH_AT_ONCE && next < count; i++) {
            if (running[i] != 0)
                continue;
            pid_t child = start(virsh, uri, vms[next++]);
            running[i] = child > 0 ? child : 0;
        }
        nap();
    }
    kill_rest(running);
}
