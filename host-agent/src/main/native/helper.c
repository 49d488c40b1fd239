/* qf-fence-helper: stops the VMs of one incarnation of this host and says what it could verify.
 *
 * The forced command behind a sibling's SSH key, and (--self) what the agent itself calls to stop its own VMs. No
 * shell, no JVM: it has to work on a host that is in trouble. One line in, one line of JSON out, in bounded time. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "exits.h"
#include "helper_identity.h"
#include "helper_line.h"
#include "helper_run.h"
#include "pidfd.h"
#include "rawclock.h"

#define LINE_NS (1000 * QF_NS_PER_MS)
#define WORK_NS (3600 * QF_NS_PER_MS)   /* no kill after this */
#define ANSWER_NS (3900 * QF_NS_PER_MS) /* the answer is out by then, whatever hangs */

static const char usage[] =
    "usage: qf-fence-helper [--run DIR] [--uri URI] [--virsh PATH] [--exe NAME]... [--only] [--self]";

static const char help[] =
    "qf-fence-helper: stops the VMs of one life of this host and says what it could verify.\n"
    "usage: qf-fence-helper [--run DIR] [--uri URI] [--virsh PATH] [--exe NAME]... [--only] [--self]\n"
    "One line on standard input within 1 s:\n"
    "  fence v1 boot=UUID counter=N token=N vms=all|UUID[,UUID]... [keep=UUID[,UUID]...]\n"
    "boot and counter are those of DIR/incarnation (DIR: /run/quorumfence); another life is left alone.\n"
    "VMs behind keep= (with vms=all only) are left alone and not looked for.\n"
    "IT KILLS the VMs it is asked for, and puts up a start barrier for the token. By hand:\n"
    "  . /run/quorumfence/incarnation; echo \"fence v1 boot=$boot counter=$counter token=1 vms=UUID\" |\n"
    "  qf-fence-helper\n"
    "One line of JSON on standard output within 4 s: v (1), bootId, counter, verdict, reason, vms.\n"
    "  confirmedDead  every VM asked for is verified gone\n"
    "  stillAlive     a process of one lives, D state included\n"
    "  ambiguous      anything else; proves nothing\n"
    "Exit codes: 0 the line is an answer, whatever it says; 64 wrong options or request, nothing was done;\n"
    "69 could not start or nobody reads the answer. Whatever ends otherwise has verified nothing.\n";
static const char version[] = "qf-fence-helper: request v1, answer v1\n";

/* Options that only tell something, and only alone. False: neither of them. */
static bool tells(int argc, char **argv, int *code) {
    const char *text = NULL;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        text = help;
    else if (argc == 2 && strcmp(argv[1], "--version") == 0)
        text = version;
    if (text != NULL)
        *code = write_whole(STDOUT_FILENO, text, strlen(text)) ? EXIT_OK : EXIT_UNAVAILABLE;
    return text != NULL;
}

static bool parse(int argc, char **argv, struct fence_plan *plan, bool *self) {
    static const struct option known[] = {
        {"run", required_argument, NULL, 'r'}, {"uri", required_argument, NULL, 'u'},
        {"virsh", required_argument, NULL, 'v'}, {"exe", required_argument, NULL, 'e'},
        {"only", no_argument, NULL, 'o'},      {"self", no_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int option;
    opterr = 0; /* one clear line of our own instead */
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'r': plan->run = optarg; break;
        case 'u': plan->uri = optarg; break;
        case 'v': plan->virsh = optarg; break;
        case 'e':
            if (!identity_allow(optarg))
                return false;
            break;
        case 'o':
            identity_only_allowed();
            plan->only = true;
            break;
        case 's': *self = true; break;
        default: return false;
        }
    }
    return optind == argc && identity_allows_any() && word_is_absolute_path(plan->run) &&
           word_is_absolute_path(plan->virsh);
}

/* One descriptor a VM. */
static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* too few shows when they run out: "proc", ambiguous */
}

/* The answer of a run that did not come to its end. */
static void fall_back(const struct fence_plan *plan, struct fence_report *report, const char *reason) {
    report_end(report, VERDICT_AMBIGUOUS, reason);
    for (unsigned i = 0; i < plan->request.count; i++)
        if (report_vm(report, plan->request.vms[i]) == NULL)
            break; /* the overall verdict still says it */
    for (unsigned i = 0; i < report->count; i++)
        report_judge(&report->vms[i], VERDICT_AMBIGUOUS, 0, "not judged");
}

/* True: the worker has ended by itself and well. A worker that hangs (the arguments of a process whose memory is
 * locked up in the kernel cannot be read) is killed, and left behind if not even that ends it: it never comes back to
 * user space, so it kills nobody later. */
static bool await(pid_t worker, int64_t deadline_ns, const char **why) {
    int status = 0;
    int fd = pidfd_of(worker);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t left = deadline_ns - raw_now();
    *why = "failed";
    bool ended = fd >= 0 && left > 0 && poll(&p, 1, (int)(left / QF_NS_PER_MS)) == 1;
    if (!ended) {
        (void)kill(worker, SIGKILL); /* our child, not reaped: the pid is still its own */
        *why = fd < 0 ? "failed" : "timeout";
        return false;
    }
    return waitpid(worker, &status, 0) == worker && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static struct fence_report answer;

static int supervise(const struct fence_plan *plan, struct fence_report *report, int64_t deadline_ns) {
    const char *why = "failed";
    pid_t self = getpid();
    pid_t worker = fork();
    if (worker == 0) {
        /* The worker writes to nobody: a stuck one lives on with its descriptors, and the server would wait for the
         * end of the output as long as it holds them. */
        /* Killed with its supervisor: a run that nobody hears must not go on. Race closed by the look at the parent:
         * it may have died before the wish was registered. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != self || !descriptors_detach())
            _exit(EXIT_UNAVAILABLE);
        fence_run(plan, report);
        _exit(EXIT_OK);
    }
    bool done = worker > 0 && await(worker, deadline_ns, &why);
    /* A copy: the killed worker may run on for a moment and must not turn our "ambiguous" into its own verdict. */
    memcpy(&answer, report, sizeof answer);
    if (!done)
        fall_back(plan, &answer, why);
    if (report_print(&answer, STDOUT_FILENO))
        return EXIT_OK;
    say("qf-fence-helper", "nobody reads the answer");
    return EXIT_UNAVAILABLE;
}

int main(int argc, char **argv) {
    static struct fence_plan plan = {.run = "/run/quorumfence", .uri = "qemu:///system", .virsh = "/usr/bin/virsh"};
    int64_t start = raw_now();
    bool self = false;
    int told = EXIT_OK;
    char *line = NULL;
    if (!descriptors_clean() || signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR ||
        chdir("/") != 0) {
        say("qf-fence-helper", "cannot start: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (tells(argc, argv, &told))
        return told;
    if (!parse(argc, argv, &plan, &self)) {
        say("qf-fence-helper", "%s", usage);
        return EXIT_BAD_INPUT;
    }
    const char *wrong = line_read(STDIN_FILENO, start + LINE_NS, &line);
    if (wrong == NULL)
        wrong = line_parse(line, self, &plan.request);
    if (wrong != NULL) {
        say("qf-fence-helper", "%s", wrong);
        return EXIT_BAD_INPUT;
    }
    raise_limit();
    plan.self = self;
    plan.deadline_ns = start + WORK_NS;
    struct fence_report *report =
        mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) {
        say("qf-fence-helper", "no memory: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    return supervise(&plan, report, start + ANSWER_NS);
}
