/*
 * qf-loophost: one host of a loopback cell: a group of plain processes, its power switch and its watchdog.
 *
 *   qf-loophost --log FILE [--fifo FIFO --timeout-ms N]
 *
 * Reads lines on standard input, their words apart by tabs:
 *   run LOG PROGRAM [ARGUMENT]...   starts a process of the host; answers "pid N" or "failed REASON"
 *   off                             power off; the end of the input does the same
 *
 * Everything started here stays below this process in the process tree, daemons that left their session too (it is
 * their subreaper). Power off kills all of that at once, again and again until nothing is left, prints
 * "off at=<CLOCK_MONOTONIC ns> gone=<ns>" and exits. So nothing of a host outlives whoever held its standard input.
 *
 * The watchdog is armed by the first byte in the FIFO, disarmed by 'V', fed by any byte. When none came for the timeout
 * it powers the host off. What it does is noted in FILE, one line each: "<CLOCK_MONOTONIC ns> watchdog fired".
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 32
#define PROCESSES 65536

struct process {
    pid_t pid, parent;
    unsigned long long start;
    int ours;
};

static struct process table[PROCESSES];
static const char *log_path, *fifo;
static long timeout_ms;

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void note(const char *text) {
    int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    dprintf(fd, "%lld %s\n", now_ns(), text);
    close(fd);
}

__attribute__((format(printf, 1, 2))) static void answer(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vdprintf(STDOUT_FILENO, format, arguments); /* whoever asked may be gone; the end of its input follows then */
    va_end(arguments);
}

static int read_process(pid_t pid, struct process *p) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC), parent = 0;
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    char *behind = strrchr(text, ')'); /* the name before it may hold anything */
    if (!behind) return 0;
    int fields = sscanf(behind + 1,
                        " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &parent,
                        &p->start);
    p->pid = pid, p->parent = parent, p->ours = 0;
    return fields == 2;
}

static size_t read_table(void) {
    size_t count = 0;
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    while (proc && count < PROCESSES && (entry = readdir(proc)))
        if (isdigit((unsigned char)entry->d_name[0])) count += (size_t)read_process(atoi(entry->d_name), &table[count]);
    if (proc) closedir(proc);
    return count;
}

/* Children of ours, their children, and so on. */
static void mark_ours(size_t count) {
    for (int more = 1; more;) {
        more = 0;
        for (size_t i = 0; i < count; i++) {
            int below = table[i].parent == getpid();
            for (size_t k = 0; !below && !table[i].ours && k < count; k++)
                below = table[k].ours && table[k].pid == table[i].parent;
            if (below && !table[i].ours) table[i].ours = more = 1;
        }
    }
}

/* By descriptor, and with the start time compared after it was opened: the number may have gone to a stranger. */
static void kill_ours(void) {
    size_t count = read_table();
    mark_ours(count);
    for (size_t i = 0; i < count; i++) {
        struct process again;
        if (!table[i].ours) continue;
        int fd = (int)syscall(SYS_pidfd_open, table[i].pid, 0);
        if (fd < 0) continue;
        if (read_process(table[i].pid, &again) && again.start == table[i].start)
            syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
        close(fd);
    }
}

/* 0 once there is no child any more; orphans of our children are children of ours. */
static int reap(void) {
    pid_t ended;
    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {}
    return ended == 0;
}

static void power_off(void) {
    long long at = now_ns();
    do {
        kill_ours();
        usleep(1000);
    } while (reap());
    answer("off at=%lld gone=%lld\n", at, now_ns());
}

static void become(char **words) {
    int out = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0600), in = open("/dev/null", O_RDONLY);
    signal(SIGINT, SIG_DFL), signal(SIGHUP, SIG_DFL), signal(SIGTERM, SIG_DFL), signal(SIGPIPE, SIG_DFL);
    if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2) execv(words[2], words + 2);
    _exit(errno == ENOENT ? 127 : 126);
}

static void run(char **words) {
    pid_t child = fork();
    if (child == 0) become(words);
    if (child < 0) answer("failed %s\n", strerror(errno));
    else answer("pid %d\n", child);
}

/* False: the power goes off. */
static int obey(char *line) {
    char *words[WORDS + 1] = {0}, *rest = line;
    int count = 0;
    while (count < WORDS && (words[count] = strsep(&rest, "\t"))) count++;
    if (count == 1 && !strcmp(words[0], "off")) return 0;
    if (count >= 3 && count < WORDS && !strcmp(words[0], "run")) run(words);
    else answer("failed no such word\n");
    return 1;
}

/* False: the power goes off, by a word or because nobody holds the switch any more. */
static int read_words(void) {
    static char text[65536];
    static size_t size;
    ssize_t n = read(STDIN_FILENO, text + size, sizeof text - 1 - size);
    if (n <= 0) return n < 0 && errno == EINTR;
    size += (size_t)n;
    text[size] = 0;
    for (char *end; (end = strchr(text, '\n'));) {
        *end = 0;
        if (!obey(text)) return 0;
        size -= (size_t)(end + 1 - text);
        memmove(text, end + 1, size + 1);
    }
    return size < sizeof text - 1;
}

static int read_watchdog(int in, int armed) {
    char bytes[256];
    ssize_t n = read(in, bytes, sizeof bytes);
    if (n <= 0) return armed;
    int disarm = bytes[n - 1] == 'V';
    if (!armed && !disarm) note("watchdog armed");
    if (armed && disarm) note("watchdog disarmed");
    return !disarm;
}

/* True: it was the watchdog. */
static int live(int in) {
    int armed = 0;
    long long fed = 0;
    for (;;) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = in, .events = POLLIN}};
        long long left = armed ? timeout_ms - (now_ns() - fed) / 1000000 : 100;
        /* What lies in the FIFO was written in time, even if this process was late to look. */
        int ready = poll(fds, 2, left <= 0 ? 0 : left < 100 ? (int)left : 100);
        if (ready < 0 && errno != EINTR) return 0;
        if (ready > 0 && fds[1].revents) {
            armed = read_watchdog(in, armed);
            fed = now_ns();
        } else if (armed && left <= 0) {
            return 1;
        }
        if (ready > 0 && fds[0].revents && !read_words()) return 0;
        reap();
    }
}

static int options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--log")) log_path = argv[i + 1];
        else if (!strcmp(argv[i], "--fifo")) fifo = argv[i + 1];
        else if (!strcmp(argv[i], "--timeout-ms")) timeout_ms = atol(argv[i + 1]);
        else return 0;
    }
    return argc % 2 == 1 && log_path && !fifo == !timeout_ms;
}

int main(int argc, char **argv) {
    int in = -1;
    if (!options(argc, argv)) {
        fputs("usage: qf-loophost --log FILE [--fifo FIFO --timeout-ms N]\n", stderr);
        return 64;
    }
    /* Ctrl-C is for our owner, who then closes our input. */
    signal(SIGINT, SIG_IGN), signal(SIGHUP, SIG_IGN), signal(SIGTERM, SIG_IGN), signal(SIGPIPE, SIG_IGN);
    setsid();
    if (fifo) {
        /* Read-write, so that the keeper may open and close as it likes without an end of file here. */
        in = mkfifo(fifo, 0600) ? -1 : open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    }
    if ((fifo && in < 0) || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
        fprintf(stderr, "qf-loophost: %s: %s\n", fifo ? fifo : "subreaper", strerror(errno));
        return 69;
    }
    answer("ready\n");
    int fired = live(in);
    if (fired) note("watchdog fired");
    power_off();
    if (fired) note("watchdog reset done");
    return 0;
}
