/*
 * qf-relay: makes a TCP port that lives in a lab namespace answer on the machine's loopback.
 *
 *   qf-relay PORTFILE NAMESPACE_PIDFILE ADDRESS:PORT [LISTEN_PORT]
 *
 * Listens on 127.0.0.1 (a free port unless given), writes the port to PORTFILE, and for every connection enters the
 * network namespace of the process whose pid PIDFILE holds at that moment (a box has a new one after a power cycle)
 * and connects to ADDRESS:PORT there. A box that is off answers with a closed connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *pid_file;
static struct sockaddr_in target;

static int enter_namespace(void) {
    char path[64];
    long pid = 0;
    FILE *f = fopen(pid_file, "re");
    if (!f) return -1;
    int got = fscanf(f, "%ld", &pid);
    fclose(f);
    if (got != 1 || pid <= 1) return -1;
    snprintf(path, sizeof path, "/proc/%ld/ns/net", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int failed = setns(fd, CLONE_NEWNET); /* this thread only */
    close(fd);
    return failed;
}

/* A box may be frozen: the connect must not hang for the kernel's two minutes. */
static int dial(void) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error;
    struct pollfd wait = {.fd = s, .events = POLLOUT};
    if (s < 0) return -1;
    if (connect(s, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS) goto refused;
    if (poll(&wait, 1, 5000) != 1 || getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) || error) goto refused;
    fcntl(s, F_SETFL, 0);
    return s;
refused:
    close(s);
    return -1;
}

static int copy_once(int from, int to) {
    char data[16384];
    ssize_t n = read(from, data, sizeof data);
    if (n <= 0) {
        shutdown(to, SHUT_WR);
        return 0;
    }
    for (ssize_t done = 0; done < n;) {
        ssize_t w = write(to, data + done, (size_t)(n - done));
        if (w <= 0) return 0;
        done += w;
    }
    return 1;
}

static void *serve(void *arg) {
    int client = (int)(long)arg, inner = enter_namespace() ? -1 : dial();
    int open_ends = inner < 0 ? 0 : 2;
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = inner, .events = POLLIN}};
    while (open_ends) {
        if (poll(ends, 2, -1) < 0 && errno != EINTR) break;
        for (int i = 0; i < 2; i++)
            if (ends[i].fd >= 0 && ends[i].revents && !copy_once(ends[i].fd, i ? client : inner)) {
                ends[i].fd = -1;
                open_ends--;
            }
    }
    if (inner >= 0) close(inner);
    close(client);
    return NULL;
}

static int parse_target(char *text) {
    char *colon = strrchr(text, ':');
    if (!colon) return -1;
    *colon = 0;
    target.sin_family = AF_INET;
    target.sin_port = htons((uint16_t)atoi(colon + 1));
    return inet_pton(AF_INET, text, &target.sin_addr) == 1 && target.sin_port ? 0 : -1;
}

int main(int argc, char **argv) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int yes = 1;
    if (argc < 4 || parse_target(argv[3])) {
        fputs("usage: qf-relay PORTFILE PIDFILE ADDRESS:PORT [LISTEN_PORT]\n", stderr);
        return 2;
    }
    pid_file = argv[2];
    at.sin_port = htons((uint16_t)(argc > 4 ? atoi(argv[4]) : 0));
    signal(SIGPIPE, SIG_IGN);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&at, size) || listen(server, 64)
        || getsockname(server, (struct sockaddr *)&at, &size)) {
        fprintf(stderr, "qf-relay: cannot listen on 127.0.0.1: %s\n", strerror(errno));
        return 1;
    }
    FILE *out = fopen(argv[1], "we");
    if (!out) return 1;
    fprintf(out, "%d\n", ntohs(at.sin_port));
    fclose(out);
    for (;;) {
        int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;
        if (client < 0) continue;
        if (pthread_create(&thread, NULL, serve, (void *)(long)client)) close(client);
        else pthread_detach(thread);
    }
}
