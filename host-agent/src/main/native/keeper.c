/* qf-keeper: owns the watchdog, and feeds it only while now < expiry.
 *
 * The agent is a JVM and may pause for longer than a watchdog waits; a healthy host would be reset. So the agent only
 * moves the expiry in shared memory, and this process, small and locked in memory, does the feeding. It survives the
 * agent. Its own death leaves the device closed without 'V': the host is reset. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "exits.h"
#include "keeper_handover.h"
#include "keeper_loop.h"
#include "keeper_realtime.h"
#include "keeper_shm.h"
#include "keeper_watchdog.h"
#include "words.h"

static const char usage[] =
    "usage: qf-keeper --shm FILE --kind device|fifo|none [--watchdog PATH] --timeout-ms N [--accept-softdog] [--daemon]"
    " [--take-over]";

struct keeper_options {
    const char *shm;
    const char *kind;
    const char *timeout;
    bool daemon;
    bool take_over;
    struct keeper_watchdog watchdog;
};

static bool parse(int argc, char **argv, struct keeper_options *options) {
    static const struct option known[] = {
        {"shm", required_argument, NULL, 's'},        {"watchdog", required_argument, NULL, 'w'},
        {"kind", required_argument, NULL, 'k'},       {"timeout-ms", required_argument, NULL, 't'},
        {"daemon", no_argument, NULL, 'd'},           {"accept-softdog", no_argument, NULL, 'a'},
        {"take-over", no_argument, NULL, 'o'},        {NULL, 0, NULL, 0},
    };
    int option;
    opterr = 0; /* one clear line of our own instead */
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 's': options->shm = optarg; break;
        case 'w': options->watchdog.path = optarg; break;
        case 'k': options->kind = optarg; break;
        case 't': options->timeout = optarg; break;
        case 'd': options->daemon = true; break;
        case 'a': options->watchdog.accept_softdog = true; break;
        case 'o': options->take_over = true; break;
        default: return false;
        }
    }
    return optind == argc;
}

static bool parse_kind(const char *text, uint64_t *kind) {
    static const char *const names[] = {"none", "device", "fifo"}; /* in the order of KEEPER_KIND_... */
    for (uint64_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *kind = i;
            return true;
        }
    }
    return false;
}

/* NULL, or what is wrong. */
static const char *judge(struct keeper_options *options) {
    struct keeper_watchdog *watchdog = &options->watchdog;
    if (options->shm == NULL || !word_is_absolute_path(options->shm))
        return "--shm wants an absolute path";
    if (options->kind == NULL || !parse_kind(options->kind, &watchdog->kind))
        return "--kind wants device, fifo or none";
    if (watchdog->kind != KEEPER_KIND_NONE && (watchdog->path == NULL || !word_is_absolute_path(watchdog->path)))
        return "--watchdog wants an absolute path";
    if (options->timeout == NULL || !word_number(options->timeout, &watchdog->timeout_ms) ||
        watchdog->timeout_ms < 100 || watchdog->timeout_ms > 3600 * 1000)
        return "--timeout-ms wants a number from 100 to 3600000";
    if (watchdog->kind == KEEPER_KIND_DEVICE && watchdog->timeout_ms < 1000)
        return "--timeout-ms wants 1000 or more for a device, which counts in seconds";
    return NULL;
}

/* With a real watchdog each of these is a condition: a keeper that is swapped out or waits for a disk resets a
 * healthy host. Without one (lab, loopback) it is worth a line. */
static bool prepare(const struct keeper_options *options) {
    bool strict = options->watchdog.kind == KEEPER_KIND_DEVICE;
    if (!keeper_shm_in_memory(options->shm)) {
        say("qf-keeper", "%s is not on a tmpfs", options->shm);
        if (strict)
            return false;
    }
    if (!keeper_lock_memory()) {
        say("qf-keeper", "the memory cannot be locked: %s", strerror(errno));
        if (strict)
            return false;
    }
    /* Missing in containers and under some cgroups even for root; the ticks then run at ordinary priority. */
    if (!keeper_real_time())
        say("qf-keeper", "no real-time priority: %s", strerror(errno));
    if (!keeper_spare_from_oom())
        say("qf-keeper", "the out-of-memory killer may choose it: %s", strerror(errno));
    return true;
}

static void publish(struct keeper_shm *shm, const struct keeper_watchdog *watchdog, bool inherited) {
    uint64_t flags = atomic_load(&shm->flags) & KEEPER_FLAG_ZERO_LATCHED;
    if (watchdog->kind != KEEPER_KIND_NONE)
        flags |= (watchdog->nowayout ? KEEPER_FLAG_NOWAYOUT : KEEPER_FLAG_DISARM) |
                 (watchdog->fd >= 0 ? KEEPER_FLAG_OPEN : 0);
    if (!inherited) { /* else what the first one asked the device stands there */
        atomic_store(&shm->boot_status, watchdog->boot_status);
        atomic_store(&shm->asked_ms, watchdog->asked_ms);
        memcpy(shm->identity, watchdog->identity, sizeof shm->identity);
    }
    atomic_store(&shm->kind, watchdog->kind);
    atomic_store(&shm->wd_timeout_ms, watchdog->kind == KEEPER_KIND_NONE ? 0 : watchdog->timeout_ms);
    atomic_store(&shm->flags, flags);
    atomic_store(&shm->keeper_pid, (uint64_t)getpid()); /* last: who sees the pid sees the rest */
}

static bool open_watchdog(struct keeper_options *options, struct keeper_shm *shm) {
    const char *why = "";
    /* The predecessor died and left the device running towards a reset that others already count on. Opening it once
     * more would put that off by a whole timeout. A pause between this look and the open is the one late feed that
     * the takeover time covers. */
    if (options->watchdog.kind == KEEPER_KIND_DEVICE && !keeper_may_open(shm)) {
        say("qf-keeper", "a reset is owed: the watchdog is not opened again");
        return false;
    }
    if (!keeper_watchdog_open(&options->watchdog, &why)) {
        say("qf-keeper", "watchdog %s: %s", options->watchdog.path, why);
        return false;
    }
    if (options->watchdog.kind == KEEPER_KIND_DEVICE && options->watchdog.timeout_ms != options->watchdog.asked_ms)
        say("qf-keeper", "watchdog %s: asked for %" PRIu64 " ms, it does %" PRIu64 " ms, and so the host says",
            options->watchdog.path, options->watchdog.asked_ms, options->watchdog.timeout_ms);
    return true;
}

/* Everything is made ready before the one that runs lets go: should this one fail first, nothing has changed. */
static bool take_over(struct keeper_options *options, struct keeper_page *page) {
    const char *why = "";
    int conversation = -1;
    if (!keeper_handover_ask(options->shm, page, &options->watchdog, &conversation, &why)) {
        say("qf-keeper", "%s: %s", options->shm, why);
        return false;
    }
    if (!prepare(options))
        return false;
    if (!keeper_handover_take(conversation)) {
        say("qf-keeper", "%s: the running keeper did not let go, and goes on", options->shm);
        return false;
    }
    (void)close(conversation); /* all is said */
    return true;
}

/* `ready` >= 0: the starter waits there for our exit code. */
static int run(struct keeper_options *options, struct keeper_page *page, int ready) {
    const char *why = "";
    unsigned char started = EXIT_OK;
    struct keeper_door door;
    bool mine = options->take_over ? take_over(options, page) : prepare(options) && open_watchdog(options, page->shm);
    if (!mine)
        return EXIT_UNAVAILABLE;
    publish(page->shm, &options->watchdog, options->take_over);
    if (!keeper_door_open(&door, options->shm, &why))
        say("qf-keeper", "no newer keeper can take over from this one: %s", why);
    /* From here on the watchdog runs: nothing below may end this process but an orderly stop, or a successor. */
    if (printf("running pid %ld\n", (long)getpid()) < 0 || fflush(stdout) != 0)
        say("qf-keeper", "nobody reads the standard output");
    if (ready >= 0) {
        if (!descriptors_detach() || !write_whole(ready, &started, 1))
            say("qf-keeper", "the starter cannot be told");
        (void)close(ready); /* the starter has its byte, or is gone */
    }
    keeper_loop(page, &options->watchdog, &door);
    return EXIT_OK;
}

/* In the grandchild: a session of its own, no terminal, init for a parent. Nothing that ends the agent, its process
 * group or its session ends this. */
static int run_apart(struct keeper_options *options, struct keeper_page *page, int ready) {
    pid_t child;
    if (setsid() < 0 || (child = fork()) < 0) {
        say("qf-keeper", "cannot leave its starter: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (child > 0)
        return EXIT_OK;
    int code = run(options, page, ready);
    unsigned char told = (unsigned char)code;
    if (code != EXIT_OK && !write_whole(ready, &told, 1))
        say("qf-keeper", "the starter cannot be told");
    return code;
}

/* Waits until the daemon runs or says that it cannot. The lock lives on in the daemon: flock belongs to the open
 * file, which the fork shares. */
static int run_as_daemon(struct keeper_options *options, struct keeper_page *page) {
    int ends[2];
    int status = 0;
    unsigned char code = EXIT_UNAVAILABLE;
    if (pipe(ends) != 0) {
        say("qf-keeper", "pipe: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    pid_t child = fork();
    if (child < 0) {
        say("qf-keeper", "fork: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (child == 0) {
        (void)close(ends[0]); /* ours is the other end */
        return run_apart(options, page, ends[1]);
    }
    (void)close(ends[1]); /* or we would wait for ourselves */
    if (waitpid(child, &status, 0) != child || read_whole(ends[0], &code, 1) != 1)
        return EXIT_UNAVAILABLE;
    return code;
}

int main(int argc, char **argv) {
    struct keeper_options options;
    struct keeper_page page = {NULL, -1};
    uint64_t pid = 0;
    const char *why = "";
    memset(&options, 0, sizeof options);
    options.watchdog.fd = -1;
    if (!descriptors_clean() || !keeper_ignore_signals() || chdir("/") != 0) {
        say("qf-keeper", "cannot start: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (!parse(argc, argv, &options) || (why = judge(&options)) != NULL) {
        say("qf-keeper", "%s", why == NULL || *why == '\0' ? usage : why);
        return EXIT_BAD_INPUT;
    }
    /* systemd's last act before a reboot is SIGTERM to all, a wait of a minute and a half for whoever stays, and
     * SIGKILL. It spares processes whose name begins so: a shutdown does not wait for us, and nobody opens the device
     * anew, with a timeout of his own, behind a reset that others count on. */
    argv[0][0] = '@';
    if (options.take_over)
        return options.daemon ? run_as_daemon(&options, &page) : run(&options, &page, -1);
    switch (keeper_shm_claim(options.shm, &page, &pid, &why)) {
    case KEEPER_CLAIMED: return options.daemon ? run_as_daemon(&options, &page) : run(&options, &page, -1);
    case KEEPER_RUNNING:
        if (printf("already running pid %" PRIu64 "\n", pid) < 0 || fflush(stdout) != 0)
            return EXIT_UNAVAILABLE;
        return EXIT_OK;
    default: say("qf-keeper", "%s: %s", options.shm, why); return EXIT_UNAVAILABLE;
    }
}
