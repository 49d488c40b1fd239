/* qf-hook: libvirt's hook for qemu. Before a VM's process is begun it asks this host's agent whether it may be.
 *
 * libvirt waits for it with the domain locked, so it ends by its deadline whatever hangs; and where the host enforces,
 * no answer is a no. It refuses starts only: whatever is running it leaves alone. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "descriptors.h"
#include "exits.h"
#include "hook.h"
#include "pidfd.h"
#include "rawclock.h"

#define NAME "quorumfence"
#define REFUSED 1
#define CONF_PATH "/var/lib/quorumfence/hook"
#define CONF_S 3 /* for reading that */
/* Of the deadline this much is kept from the agent, for what is to be done after its answer. */
#define AFTER_NS (150 * QF_NS_PER_MS)

static const char usage[] = "usage: qf-hook [--conf FILE] DOMAIN OPERATION SUB-OPERATION EXTRA < XML (by libvirt)\n"
                            "       qf-hook [--conf FILE] --let UUID --for SECONDS --why TEXT\n"
                            "       qf-hook [--conf FILE] --show";

/* Shared with the supervisor, which speaks for a worker that hangs. */
struct outcome {
    char uuid[UUID_CHARS + 1];
    bool told;     /* the worker has come to its end */
    bool allowed;
    bool let;      /* root lets this VM start */
    bool spent;    /* and that word is used up for this start */
    char glass[256];
    char text[400];
};

static void refuse(struct outcome *outcome, const char *text) {
    (void)snprintf(outcome->text, sizeof outcome->text, "%s", text);
    outcome->allowed = false;
}

/* "TOKEN", and for a migration "TOKEN reservation NUMBER". */
static bool read_allow(char *words, bool incoming, uint64_t *spent, uint64_t *reservation) {
    static const char tail[] = " reservation ";
    char *at = strstr(words, tail);
    if (incoming != (at != NULL))
        return false;
    if (at == NULL)
        return word_number(words, spent);
    *at = '\0';
    return word_number(words, spent) && word_number(at + sizeof tail - 1, reservation) && *reservation > 0;
}

/* "allow ..." or "refuse CODE TEXT". */
static void read_answer(const struct hook_conf *conf, char *answer, bool incoming, struct outcome *outcome) {
    uint64_t spent = 0;
    uint64_t reservation = 0;
    if (strncmp(answer, "allow ", 6) == 0 && read_allow(answer + 6, incoming, &spent, &reservation)) {
        outcome->allowed = !barrier_stands(conf, spent); /* the last thing before the exec (rule 10) */
        if (!outcome->allowed)
            refuse(outcome, "fenced: a sibling's shell is ending the VMs of this host");
        else if (incoming && !xml_marked(STDOUT_FILENO, reservation))
            refuse(outcome, "no-mark: libvirt's XML (1 MiB at most) could not be given back with the reservation");
    } else if (strncmp(answer, "refuse ", 7) == 0) {
        refuse(outcome, answer + 7);
    } else {
        refuse(outcome, "no-answer: the agent said something that this hook does not understand");
    }
}

static void start(const struct hook_conf *conf, bool incoming, int64_t begun_ns, struct outcome *outcome) {
    char line[160];
    char answer[512];
    char text[200];
    const char *why = "";
    int64_t deadline_ns = begun_ns + (int64_t)conf->deadline_ms * QF_NS_PER_MS - AFTER_NS;
    if (!xml_uuid(STDIN_FILENO, deadline_ns, outcome->uuid)) {
        outcome->uuid[0] = '\0';
        refuse(outcome, "no-uuid: libvirt's XML did not name a UUID");
        return;
    }
    outcome->let = glass_stands(conf, outcome->uuid, outcome->glass, sizeof outcome->glass);
    int64_t remains = incoming ? 0 : remains_of(outcome->uuid, begun_ns + (deadline_ns - begun_ns) / 3);
    uint64_t reservation = incoming ? 0 : xml_reservation();
    remains = remains < 0 ? 1 : remains;
    if (reservation > 0)
        (void)snprintf(line, sizeof line,
                       "arrival v1 vm=%s reservation=%" PRIu64 " remains=%" PRId64 " asked=%" PRId64 "\n",
                       outcome->uuid, reservation, remains, begun_ns);
    else
        (void)snprintf(line, sizeof line, "start v1 vm=%s incoming=%d remains=%" PRId64 " asked=%" PRId64 "\n",
                       outcome->uuid, incoming ? 1 : 0, remains, begun_ns);
    if (agent_ask(conf, line, deadline_ns, answer, sizeof answer, &why)) {
        read_answer(conf, answer, incoming, outcome);
        return;
    }
    (void)snprintf(text, sizeof text, "no-answer: %s, within %u ms", why, conf->deadline_ms);
    refuse(outcome, text);
}

static void log_it(int level, const char *what, const char *domain, const struct outcome *outcome) {
    openlog("qf-hook", LOG_PID, LOG_DAEMON);
    syslog(level, "%s VM %.64s %s: %s", what, domain, outcome->uuid, outcome->text);
    closelog();
}

/* What root has let pass leaves its trace before it passes. Of a migration the start of its process uses it up. */
static void let_pass(const struct hook_conf *conf, const char *domain, bool incoming, struct outcome *outcome) {
    char text[700];
    char answer[64];
    const char *why = "";
    if (incoming) {
        log_it(LOG_ALERT, "break-glass: lets come", domain, outcome);
        outcome->spent = true;
        return;
    }
    outcome->spent = glass_spend(conf, outcome->uuid);
    if (!outcome->spent) {
        log_it(LOG_WARNING, "refuses, for break-glass does not stand any more,", domain, outcome);
        return;
    }
    log_it(LOG_ALERT, "break-glass: lets start", domain, outcome);
    (void)snprintf(text, sizeof text, "break-glass (%s) past the refusal %s", outcome->glass, outcome->text);
    glass_used(conf, outcome->uuid, text);
    (void)agent_ask(conf, "glass v1\n", raw_now() + AFTER_NS / 2, answer, sizeof answer, &why);
}

static void work(const struct hook_conf *conf, const char *domain, const char *operation, int64_t begun_ns,
                 struct outcome *outcome) {
    bool warn = conf->mode == MODE_WARN;
    bool incoming = strcmp(operation, "migrate") == 0;
    start(conf, incoming, begun_ns, outcome);
    if (!outcome->allowed && outcome->let && !warn)
        let_pass(conf, domain, incoming, outcome);
    else if (!outcome->allowed)
        log_it(LOG_WARNING, warn ? "warns only, does not refuse" : "refuses", domain, outcome);
    outcome->told = true;
}

/* Libvirt is done with a VM: the agent may give its claim back. Nobody is refused anything for it. */
static void release(const struct hook_conf *conf, int64_t begun_ns, struct outcome *outcome) {
    char line[160];
    char answer[64];
    const char *why = "";
    int64_t deadline_ns = begun_ns + (int64_t)conf->deadline_ms * QF_NS_PER_MS - AFTER_NS;
    outcome->allowed = true;
    if (xml_uuid(STDIN_FILENO, deadline_ns, outcome->uuid)) {
        int64_t said_ns = raw_now();
        (void)snprintf(line, sizeof line, "released v1 vm=%s said=%" PRId64 "\n", outcome->uuid, said_ns);
        if (!agent_ask(conf, line, deadline_ns, answer, sizeof answer, &why))
            released_unheard(conf, outcome->uuid, said_ns);
    }
    outcome->told = true;
}

static bool is(const char *word, const char *other) { return strcmp(word, other) == 0; }

static void supervise(const struct hook_conf *conf, char **words, bool asks, int64_t begun_ns,
                      struct outcome *outcome) {
    pid_t self = getpid();
    pid_t worker = fork();
    if (worker == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != self)
            _exit(EXIT_UNAVAILABLE);
        if (asks)
            work(conf, words[0], words[1], begun_ns, outcome);
        else
            release(conf, begun_ns, outcome);
        _exit(EXIT_OK);
    }
    int fd = worker > 0 ? pidfd_of(worker) : -1;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t left = begun_ns + (int64_t)conf->deadline_ms * QF_NS_PER_MS - raw_now();
    if (fd < 0 || left <= 0 || poll(&p, 1, (int)(left / QF_NS_PER_MS)) != 1) {
        if (worker > 0)
            (void)kill(worker, SIGKILL); /* our child, not reaped */
        return;
    }
    (void)waitpid(worker, NULL, 0);
}

static int hook(const char *path, char **words) {
    bool incoming = is(words[1], "migrate") && is(words[2], "begin");
    bool asks = incoming || (is(words[1], "start") && is(words[2], "begin"));
    bool ends = is(words[1], "release") && is(words[2], "end");
    int64_t begun_ns = raw_now();
    struct hook_conf conf;
    memset(&conf, 0, sizeof conf);
    if (!asks && !ends)
        return EXIT_OK;
    (void)alarm(CONF_S); /* a disk that hangs ends the hook by a signal, and that refuses too */
    enum conf_read read = conf_read(path, &conf);
    (void)alarm(0);
    if (read == CONF_NONE || (read == CONF_OK && conf.mode == MODE_OFF) || (read == CONF_WRONG && ends))
        return EXIT_OK;
    if (read == CONF_WRONG) {
        say(NAME, "VM %.64s does not start here: %s cannot be used; start the agent, it writes it anew", words[0],
            path);
        return REFUSED;
    }
    struct outcome *outcome =
        mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool forgiving = conf.mode == MODE_WARN || ends;
    if (outcome == MAP_FAILED)
        return forgiving ? EXIT_OK : REFUSED;
    refuse(outcome, "no-answer: the deadline has passed");
    supervise(&conf, words, asks, begun_ns, outcome);
    if (forgiving || (outcome->told && outcome->allowed))
        return EXIT_OK;
    if (outcome->let && (outcome->spent || (!outcome->told && !incoming && glass_spend(&conf, outcome->uuid)))) {
        if (!outcome->told) /* the worker hung before it could say so */
            glass_used(&conf, outcome->uuid, outcome->glass);
        return EXIT_OK;
    }
    say(NAME, "VM %.64s does not start here: %s. Nothing was changed; what to do: docs/hook.md", words[0],
        outcome->text);
    return REFUSED;
}

static int let(const char *path, int argc, char **argv) {
    struct hook_conf conf;
    uint64_t seconds = 0;
    char uuid[UUID_CHARS + 1];
    bool right = argc == 6 && is(argv[0], "--let") && is(argv[2], "--for") && is(argv[4], "--why") &&
                 strlen(argv[1]) == UUID_CHARS && word_uuid(argv[1], uuid) && word_number(argv[3], &seconds);
    if (!right) {
        say("qf-hook", "%s", usage);
        return EXIT_BAD_INPUT;
    }
    if (conf_read(path, &conf) != CONF_OK) {
        say("qf-hook", "%s is not there or cannot be used: no hook is in force", path);
        return EXIT_UNAVAILABLE;
    }
    const char *wrong = glass_break(&conf, uuid, seconds, argv[5]);
    if (wrong != NULL) {
        say("qf-hook", "%s", wrong);
        return EXIT_BAD_INPUT;
    }
    openlog("qf-hook", LOG_PID, LOG_DAEMON);
    syslog(LOG_ALERT, "break-glass: for %" PRIu64 " s VM %s may start past a refusal: %s", seconds, uuid, argv[5]);
    closelog();
    (void)printf("VM %s may start on this host for %" PRIu64 " s, whatever the cell says. Be sure that it runs nowhere"
                 " else: nothing checks that now.\n",
                 uuid, seconds);
    return EXIT_OK;
}

static int show(const char *path) {
    static const char *const modes[] = {"off", "warn", "enforce"};
    struct hook_conf conf;
    char answer[512];
    const char *why = "";
    enum conf_read read = conf_read(path, &conf);
    if (read != CONF_OK) {
        (void)printf("mode %s\n", read == CONF_NONE ? "off (no agent has asked for a hook)" : "unusable: refuses");
        return read == CONF_NONE ? EXIT_OK : EXIT_UNAVAILABLE;
    }
    bool answers = agent_ask(&conf, "show v1\n", raw_now() + (int64_t)conf.deadline_ms * QF_NS_PER_MS, answer,
                             sizeof answer, &why);
    (void)printf("mode %s\ndeadline %u ms\nagent %s\n", modes[conf.mode], conf.deadline_ms, answers ? answer : why);
    return answers ? EXIT_OK : EXIT_UNAVAILABLE;
}

int main(int argc, char **argv) {
    const char *path = CONF_PATH;
    int at = 1;
    if (!descriptors_clean() || signal(SIGPIPE, SIG_IGN) == SIG_ERR || chdir("/") != 0) {
        say(NAME, "the hook cannot start: %s", strerror(errno));
        return REFUSED;
    }
    if (argc > 2 && is(argv[1], "--conf") && word_is_absolute_path(argv[2])) {
        path = argv[2];
        at = 3;
    }
    if (argc - at >= 1 && is(argv[at], "--let"))
        return let(path, argc - at, argv + at);
    if (argc - at == 1 && is(argv[at], "--show"))
        return show(path);
    if (argc - at == 4)
        return hook(path, argv + at);
    say(NAME, "%s", usage);
    return EXIT_BAD_INPUT;
}
