#define _GNU_SOURCE
#include "stallfs.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum mode { HANG, FAIL, SLOW };
enum fate { WITHHELD, LAND, DROP };

struct rule {
    struct rule *next;
    enum mode mode;
    int writes_only, number; /* errno or milliseconds */
    char prefix[512];
};
struct held {
    struct held *next, **back;
    enum fate fate;
    const char *path;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct rule *rules; /* latest first */
static struct held *waiting;
static unsigned long reads, writes, others, withheld_total, landed, dropped;
static FILE *log_file;

static void note(const char *format, ...) {
    if (!log_file) return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    fprintf(log_file, "%lld.%06ld ", (long long)now.tv_sec, now.tv_nsec / 1000);
    va_list args;
    va_start(args, format);
    vfprintf(log_file, format, args);
    va_end(args);
    fputc('\n', log_file);
    fflush(log_file);
}

static int under(const char *path, const char *prefix) {
    size_t n = strlen(prefix);
    return n == 0 || !strcmp(prefix, "/") || (!strncmp(path, prefix, n) && (path[n] == 0 || path[n] == '/'));
}

static struct rule *ruling(const char *path, enum gate_op op) {
    struct rule *best = NULL;
    for (struct rule *r = rules; r; r = r->next) {
        if (r->writes_only && op != OP_WRITE) continue;
        if (under(path, r->prefix) && (!best || strlen(r->prefix) > strlen(best->prefix))) best = r;
    }
    return best;
}

static int withhold(const char *path, enum gate_op op, off_t off, size_t len) {
    struct held me = {.fate = WITHHELD, .path = path, .next = waiting, .back = &waiting};
    if (waiting) waiting->back = &me.next;
    waiting = &me;
    withheld_total++;
    const char *name = op == OP_WRITE ? "write" : op == OP_READ ? "read" : "request";
    note("withheld %s %s offset=%lld length=%zu", name, path, (long long)off, len);
    while (me.fate == WITHHELD) pthread_cond_wait(&changed, &lock);
    *me.back = me.next;
    if (me.next) me.next->back = me.back;
    note("%s %s %s offset=%lld length=%zu", me.fate == LAND ? "landed" : "dropped", name, path, (long long)off, len);
    if (me.fate == LAND) landed++;
    else dropped++;
    return me.fate == LAND ? 0 : EIO;
}

int gate_pass(const char *path, enum gate_op op, off_t off, size_t len) {
    int answer = 0, wait_ms = 0;
    pthread_mutex_lock(&lock);
    *(op == OP_READ ? &reads : op == OP_WRITE ? &writes : &others) += 1;
    struct rule *r = ruling(path, op);
    if (r && r->mode == FAIL) answer = r->number;
    if (r && r->mode == SLOW) wait_ms = r->number;
    if (r && r->mode == HANG) answer = withhold(path, op, off, len);
    pthread_mutex_unlock(&lock);
    if (wait_ms) usleep((useconds_t)wait_ms * 1000);
    return answer;
}

static void decide(enum fate fate, const char *prefix) {
    for (struct held *h = waiting; h; h = h->next)
        if (h->fate == WITHHELD && under(h->path, prefix)) h->fate = fate;
    pthread_cond_broadcast(&changed);
}

/* Removes the rules at or below the prefix, of one mode or of all (mode -1). */
static void forget(int mode, const char *prefix) {
    for (struct rule **at = &rules; *at;) {
        struct rule *r = *at;
        if ((mode < 0 || (int)r->mode == mode) && under(*r->prefix ? r->prefix : "/", prefix)) {
            *at = r->next;
            free(r);
        } else at = &r->next;
    }
}

static void add(enum mode mode, int number, int writes_only, const char *prefix) {
    struct rule *r = calloc(1, sizeof *r);
    if (!r) return;
    r->mode = mode;
    r->number = number;
    r->writes_only = writes_only;
    snprintf(r->prefix, sizeof r->prefix, "%s", prefix);
    r->next = rules;
    rules = r;
}

static int error_named(const char *name) {
    static const struct { const char *name; int number; } known[] = {
        {"EIO", EIO}, {"EROFS", EROFS}, {"ENOSPC", ENOSPC}, {"EACCES", EACCES}, {"ESTALE", ESTALE}, {"ENOENT", ENOENT}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, name)) return known[i].number;
    return 0;
}

static void status(char *out, size_t size) {
    static const char *names[] = {"hang", "fail", "slow"};
    unsigned held = 0;
    for (struct held *h = waiting; h; h = h->next) held++;
    int n = snprintf(out, size,
                     "{\"withheld\":%u,\"withheldTotal\":%lu,\"landed\":%lu,\"dropped\":%lu,\"reads\":%lu,"
                     "\"writes\":%lu,\"others\":%lu,\"rules\":[",
                     held, withheld_total, landed, dropped, reads, writes, others);
    for (struct rule *r = rules; r && n < (int)size; r = r->next)
        n += snprintf(out + n, size - (size_t)n,
                      "{\"mode\":\"%s\",\"number\":%d,\"writesOnly\":%s,\"prefix\":\"%s\"}%s", names[r->mode],
                      r->number, r->writes_only ? "true" : "false", r->prefix, r->next ? "," : "");
    if (n < (int)size) snprintf(out + n, size - (size_t)n, "]}\n");
}

static const char *word_after(char **rest) {
    char *w;
    while ((w = strsep(rest, " \t\r\n")))
        if (*w) return w;
    return "";
}

/* One command line; the answer is one line. Called with the lock held. */
static void obey(char *line, char *out, size_t size) {
    char *rest = line;
    const char *verb = word_after(&rest), *arg = word_after(&rest);
    int number = 0, writes_only = 0, dropping = 0;
    snprintf(out, size, "ok\n");
    if (!strcmp(verb, "status")) {
        status(out, size);
        return;
    }
    if (!strcmp(verb, "fail") || !strcmp(verb, "slow")) {
        number = *verb == 'f' ? error_named(arg) : atoi(arg);
        if (number <= 0) {
            snprintf(out, size, "error: '%s %s': want fail EIO|EROFS|ENOSPC|EACCES|ESTALE|ENOENT or slow MS\n", verb,
                     arg);
            return;
        }
        arg = word_after(&rest);
    }
    if (!strcmp(arg, "all") || !strcmp(arg, "writes")) {
        writes_only = *arg == 'w';
        arg = word_after(&rest);
    } else if (!strcmp(arg, "drop")) {
        dropping = 1;
        arg = word_after(&rest);
    }
    if (*arg && *arg != '/') {
        snprintf(out, size, "error: '%s' is no path below the mount (it starts with '/')\n", arg);
        return;
    }
    note("command %s %s%s %s", verb, writes_only ? "writes" : "all", dropping ? " drop" : "", *arg ? arg : "/");
    if (!strcmp(verb, "hang")) add(HANG, 0, writes_only, arg);
    else if (!strcmp(verb, "fail")) add(FAIL, number, writes_only, arg);
    else if (!strcmp(verb, "slow")) add(SLOW, number, writes_only, arg);
    else if (!strcmp(verb, "land")) decide(LAND, arg);
    else if (!strcmp(verb, "drop")) decide(DROP, arg);
    else if (!strcmp(verb, "release")) forget(HANG, arg), decide(dropping ? DROP : LAND, arg);
    else if (!strcmp(verb, "ok")) forget(-1, arg), decide(LAND, arg);
    else snprintf(out, size, "error: unknown command '%s'\n", verb);
}

static void *control_loop(void *arg) {
    int server = *(int *)arg;
    static char line[1024], answer[8192];
    for (;;) {
        int fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) continue;
        struct timeval patience = {.tv_sec = 2};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        size_t n = 0;
        for (ssize_t got; n < sizeof line - 1 && (got = read(fd, line + n, sizeof line - 1 - n)) > 0;) {
            n += (size_t)got;
            if (memchr(line, '\n', n)) break;
        }
        line[n] = 0;
        pthread_mutex_lock(&lock);
        obey(line, answer, sizeof answer);
        pthread_mutex_unlock(&lock);
        if (write(fd, answer, strlen(answer)) < 0) note("the asker went away before the answer");
        close(fd);
    }
    return NULL;
}

static int address(const char *path, struct sockaddr_un *to) {
    memset(to, 0, sizeof *to);
    to->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof to->sun_path) {
        fprintf(stderr, "qf-stallfs: the socket path is too long: %s\n", path);
        return -1;
    }
    strcpy(to->sun_path, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int gate_listen(const char *socket_path, const char *log_path) {
    static int server;
    struct sockaddr_un at;
    pthread_t thread;
    if (log_path) log_file = fopen(log_path, "ae");
    server = address(socket_path, &at);
    unlink(socket_path);
    if (server < 0 || bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 16)
        || pthread_create(&thread, NULL, control_loop, &server)) {
        fprintf(stderr, "qf-stallfs: cannot listen on %s: %s\n", socket_path, strerror(errno));
        return -1;
    }
    return 0;
}

int gate_send(const char *socket_path, int words, char **word) {
    struct sockaddr_un to;
    char answer[8192];
    int fd = address(socket_path, &to);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) {
        fprintf(stderr, "qf-stallfs: nobody answers on %s: %s\n", socket_path, strerror(errno));
        return 1;
    }
    for (int i = 0; i < words; i++) dprintf(fd, "%s%s", word[i], i + 1 < words ? " " : "\n");
    ssize_t n = read(fd, answer, sizeof answer - 1);
    close(fd);
    if (n <= 0) return 1;
    answer[n] = 0;
    fputs(answer, stdout);
    return strncmp(answer, "error", 5) ? 0 : 1;
}
