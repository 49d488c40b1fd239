/* qf-power: asks one fence device, and is there until nothing of that is left.
 *
 *   qf-power --lock FILE --not-after NS --deadline NS -- /absolute/fence-agent
 *   qf-power --lock FILE --free
 *
 * The fence agent's request comes on standard input and goes to it untouched; nothing secret is ever in an argument.
 * What the agent prints is not read: some print their parameters. One line on standard output says how it ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "exits.h"
#include "rawclock.h"
#include "words.h"

#define PROGRAM "qf-power"
#define SLICE_NS (20 * QF_NS_PER_MS)

struct plan {
    const char *lock;
    const char *agent;
    int64_t not_after;
    int64_t deadline;
    bool free_only;
};

static int usage(const char *what) {
    say(PROGRAM, "%s; wanted: --lock FILE --not-after NS --deadline NS -- AGENT, or --lock FILE --free", what);
    return EXIT_BAD_INPUT;
}

static bool take_time(const char *text, int64_t *into) {
    uint64_t value;
    if (text == NULL || !word_number(text, &value) || value > INT64_MAX)
        return false;
    *into = (int64_t)value;
    return true;
}

static bool read_plan(int argc, char **argv, struct plan *plan) {
    *plan = (struct plan){.not_after = -1, .deadline = -1};
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--lock") == 0 && next != NULL) {
            plan->lock = argv[++i];
        } else if (strcmp(argv[i], "--free") == 0) {
            plan->free_only = true;
        } else if (strcmp(argv[i], "--not-after") == 0 && take_time(next, &plan->not_after)) {
            i++;
        } else if (strcmp(argv[i], "--deadline") == 0 && take_time(next, &plan->deadline)) {
            i++;
        } else if (strcmp(argv[i], "--") == 0 && next != NULL && i + 2 == argc) {
            plan->agent = argv[++i];
        } else {
            return false;
        }
    }
    bool asks = plan->agent != NULL && word_is_absolute_path(plan->agent);
    asks = asks && plan->not_after >= 0 && plan->deadline >= 0;
    return plan->lock != NULL && word_is_absolute_path(plan->lock) && (plan->free_only != asks);
}

/* Shared by all that ask about one suspect; whoever gets it alone knows that nobody does. It is held by this process,
 * which outlives every process of the agent, and by the agent itself in case this one is killed. */
static int open_lock(const char *path, int how) {
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -1;
    while (flock(fd, how) != 0) {
        if (errno != EINTR) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

/* In the child. The clock is looked at as the last thing before the exec: whoever was paused on the way here, the
 * agent's JVM or this process, does not switch off by an old view of the record. */
static void become(const struct plan *plan, int told) {
    char late = 'L';
    char broken = 'X';
    char *const arguments[] = {(char *)(uintptr_t)plan->agent, NULL};
    char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_WRONLY);
    if (nothing < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0 || chdir("/") != 0) {
        (void)write_whole(told, &broken, 1);
        _exit(EXIT_UNAVAILABLE);
    }
    if (raw_now() > plan->not_after) {
        (void)write_whole(told, &late, 1);
        _exit(EXIT_UNAVAILABLE);
    }
    execve(plan->agent, arguments, environment);
    (void)write_whole(told, &broken, 1);
    _exit(EXIT_UNAVAILABLE);
}

/* Descendants that left the group come to this process once their parent is gone; each is found as a child of ours. */
static void kill_children(pid_t group) {
    char path[64];
    kill(-group, SIGKILL);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "re");
    if (children == NULL)
        return;
    int pid;
    while (fscanf(children, "%d", &pid) == 1)
        kill(pid, SIGKILL);
    fclose(children);
}

struct ending {
    bool first_over;
    bool killed;
    int status;
};

/* Takes what has ended; false once no child is left at all. */
static bool reap(pid_t first, struct ending *ending) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid == first) {
            ending->first_over = true;
            ending->status = status;
        } else if (pid == 0) {
            return true;
        } else if (pid < 0 && errno != EINTR) {
            return false;
        }
    }
}

static void wait_for_all(const struct plan *plan, pid_t first, const sigset_t *awaited, struct ending *ending) {
    const struct timespec slice = {0, SLICE_NS};
    while (reap(first, ending)) {
        bool over = raw_now() >= plan->deadline;
        if (!ending->first_over && over)
            ending->killed = true;
        if (ending->first_over || ending->killed)
            kill_children(first);
        int signal = sigtimedwait(awaited, NULL, &slice);
        if (signal > 0 && signal != SIGCHLD && !ending->first_over)
            ending->killed = true;
    }
}

static void tell(const struct ending *ending, char word) {
    if (word == 'L')
        puts("late");
    else if (word == 'X')
        puts("unavailable");
    else if (ending->killed || !ending->first_over)
        puts("killed");
    else if (WIFEXITED(ending->status))
        printf("exit %d\n", WEXITSTATUS(ending->status));
    else
        printf("signal %d\n", WTERMSIG(ending->status));
}

static int ask(const struct plan *plan) {
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGHUP);
    int told[2];
    bool ready = sigprocmask(SIG_BLOCK, &awaited, NULL) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 &&
                 pipe2(told, O_CLOEXEC) == 0;
    pid_t child = ready ? fork() : -1;
    if (child == 0)
        become(plan, told[1]);
    if (child < 0) {
        say(PROGRAM, "cannot start a process: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    close(told[1]);
    close(0);
    struct ending ending = {0};
    wait_for_all(plan, child, &awaited, &ending);
    char word = 0;
    if (read_whole(told[0], &word, 1) != 1)
        word = 0;
    tell(&ending, word);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_UNAVAILABLE;
}

int main(int argc, char **argv) {
    struct plan plan;
    if (!descriptors_clean())
        return EXIT_UNAVAILABLE;
    if (!read_plan(argc, argv, &plan))
        return usage("wrong options");
    if (open_lock(plan.lock, plan.free_only ? LOCK_EX : LOCK_SH) < 0) {
        say(PROGRAM, "cannot lock %s: %s", plan.lock, strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (plan.free_only) {
        puts("free");
        return fflush(stdout) == 0 ? EXIT_OK : EXIT_UNAVAILABLE;
    }
    return ask(&plan);
}
