/*
 * qf-boxwatch: the power switch of a lab box, and the hardware watchdog that may press it.
 *
 *   qf-boxwatch now   --net FILE --ports A,B,C --cgroup DIR --fuse FILE
 *   qf-boxwatch watch --net FILE --ports A,B,C --cgroup DIR --fuse FILE
 *                     --fifo FIFO --timeout-ms N --init PID --log FILE -- COMMAND...
 *
 * Power off is what a pulled plug does: first the box's switch ports go down (dying processes must not say goodbye with
 * FIN packets), then every process of the box is killed at once through its cgroup, then FUSE connections named in
 * --fuse are aborted if anything is left (a request in D state outlives SIGKILL while its server lives).
 * It prints one line: "off at=<CLOCK_MONOTONIC ns> gone=<ns>".
 *
 * watch: armed by the first byte in the FIFO, disarmed by 'V', any byte feeds it. When no byte came for the timeout it
 * powers the box off and runs COMMAND (which powers it on again, or not). Ends when the box's PID 1 ends otherwise.
 * --net names a file whose link is the switch's network namespace (/proc/PID/ns/net).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *net, *ports, *cgroup, *fuse, *fifo, *log_path;
static long timeout_ms, init_pid;

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void note(const char *text) {
    int fd = log_path ? open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    if (fd < 0) return;
    dprintf(fd, "%lld %s\n", now_ns(), text);
    close(fd);
}

static int write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t n = write(fd, text, strlen(text));
    close(fd);
    return n < 0 ? -1 : 0;
}

/* The box's switch ports go down in the switch's own namespace; this thread comes back to where it was. */
static void ports_down(void) {
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = open(net, O_RDONLY | O_CLOEXEC);
    if (home < 0 || there < 0 || setns(there, CLONE_NEWNET)) {
        fprintf(stderr, "qf-boxwatch: cannot enter the switch %s: %s\n", net, strerror(errno));
    } else {
        int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        char *names = strdup(ports), *rest = names, *name;
        while (names && (name = strsep(&rest, ","))) {
            struct ifreq request = {0};
            strncpy(request.ifr_name, name, IFNAMSIZ - 1);
            if (ioctl(s, SIOCGIFFLAGS, &request)) continue; /* this box never got so far as to have a cable */
            request.ifr_flags &= (short)~IFF_UP;
            ioctl(s, SIOCSIFFLAGS, &request);
        }
        free(names);
        if (s >= 0) close(s);
        if (setns(home, CLONE_NEWNET)) fprintf(stderr, "qf-boxwatch: cannot return from the switch\n");
    }
    if (home >= 0) close(home);
    if (there >= 0) close(there);
}

static int populated(void) {
    char path[4200], text[256] = "";
    snprintf(path, sizeof path, "%s/cgroup.events", cgroup);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n > 0 && strstr(text, "populated 1") != NULL;
}

/* fusectl is mounted in a mount namespace of a child's own, so nothing of it stays on the machine. */
static void abort_fuse(void) {
    pid_t child = fork();
    if (child > 0) waitpid(child, NULL, 0);
    if (child) return;
    char number[64], path[128];
    FILE *list = fopen(fuse, "re");
    if (!list || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) _exit(1);
    mount("none", "/sys/fs/fuse/connections", "fusectl", 0, NULL);
    while (fscanf(list, "%60s", number) == 1) {
        snprintf(path, sizeof path, "/sys/fs/fuse/connections/%s/abort", number);
        write_text(path, "1");
    }
    _exit(0);
}

static int power_off(void) {
    char path[4200];
    long long at = now_ns();
    ports_down();
    snprintf(path, sizeof path, "%s/cgroup.kill", cgroup);
    if (write_text(path, "1") && errno != ENOENT) {
        fprintf(stderr, "qf-boxwatch: cannot kill through %s: %s\n", path, strerror(errno));
        return 1;
    }
    for (int waited = 0; populated(); waited++) {
        if (waited % 200 == 20) abort_fuse();
        if (waited > 2000) {
            fprintf(stderr, "qf-boxwatch: processes of %s are still there after 10 s\n", cgroup);
            return 1;
        }
        usleep(5000);
    }
    printf("off at=%lld gone=%lld\n", at, now_ns());
    fflush(stdout);
    return 0;
}

static void prefer_us(void) {
    struct sched_param p = {.sched_priority = 20};
    mlockall(MCL_CURRENT | MCL_FUTURE);
    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p);
}

static int watch(char **command) {
    /* Read-write, so that the box's end may open and close as it likes without an end of file here. */
    int in = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int box = (int)syscall(SYS_pidfd_open, (pid_t)init_pid, 0);
    if (in < 0 || box < 0) {
        fprintf(stderr, "qf-boxwatch: %s: %s\n", in < 0 ? fifo : "the box's PID 1", strerror(errno));
        return 1;
    }
    prefer_us();
    int armed = 0;
    long long last = 0;
    for (;;) {
        struct pollfd fds[2] = {{.fd = in, .events = POLLIN}, {.fd = box, .events = POLLIN}};
        long long left = armed ? timeout_ms - (now_ns() - last) / 1000000 : -1;
        if (armed && left <= 0) break;
        if (poll(fds, 2, armed ? (int)left + 1 : -1) < 0 && errno != EINTR) return 1;
        if (fds[1].revents) return 0;
        char bytes[256];
        ssize_t n = read(in, bytes, sizeof bytes);
        if (n <= 0) continue;
        int disarm = bytes[n - 1] == 'V';
        if (!armed && !disarm) note("watchdog armed");
        if (armed && disarm) note("watchdog disarmed");
        armed = !disarm;
        last = now_ns();
    }
    note("watchdog fired");
    if (power_off()) return 1;
    note("watchdog reset done");
    if (command && *command) execvp(*command, command);
    return command && *command ? 1 : 0;
}

int main(int argc, char **argv) {
    char **command = NULL;
    for (int i = 2; i < argc; i++) {
        if (!strcmp(argv[i], "--")) {
            command = argv + i + 1;
            break;
        }
        if (i + 1 == argc) break;
        const char *value = argv[i + 1];
        if (!strcmp(argv[i], "--net")) net = value;
        else if (!strcmp(argv[i], "--ports")) ports = value;
        else if (!strcmp(argv[i], "--cgroup")) cgroup = value;
        else if (!strcmp(argv[i], "--fuse")) fuse = value;
        else if (!strcmp(argv[i], "--fifo")) fifo = value;
        else if (!strcmp(argv[i], "--log")) log_path = value;
        else if (!strcmp(argv[i], "--timeout-ms")) timeout_ms = atol(value);
        else if (!strcmp(argv[i], "--init")) init_pid = atol(value);
        else {
            fprintf(stderr, "qf-boxwatch: unknown option %s\n", argv[i]);
            return 2;
        }
        i++;
    }
    int watching = argc > 1 && !strcmp(argv[1], "watch");
    if (!net || !ports || !cgroup || !fuse || (watching && (!fifo || timeout_ms <= 0 || init_pid <= 1))) {
        fputs("usage: qf-boxwatch now|watch --net FILE --ports A,B --cgroup DIR --fuse FILE\n"
              "       [--fifo FIFO --timeout-ms N --init PID --log FILE -- COMMAND...]\n", stderr);
        return 2;
    }
    return watching ? watch(command) : power_off();
}
