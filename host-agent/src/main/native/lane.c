/* qf-lane: one process per quorum storage, the only one that touches it.
 *
 * A write that is stuck in the kernel keeps its whole process alive, SIGKILL or not. So that process is this small
 * one and not the agent: the agent can die and start again at once, and the new lane of the hanging storage stays
 * shut (exit 3) until the old lane has left the kernel.
 *
 * One thread, one op at a time: an op is never overtaken by the next. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "exits.h"
#include "lane_frames.h"
#include "lane_lock.h"
#include "lane_probe.h"
#include "lane_steps.h"
#include "words.h"

static const char usage[] =
    "usage: qf-lane --storage ID --path FILE_OR_DEVICE [--mount DIR] --lock FILE | --probe";

struct lane_options {
    const char *storage;
    const char *lock;
    bool probe;
    struct lane_target target;
};

static bool parse(int argc, char **argv, struct lane_options *options) {
    static const struct option known[] = {
        {"storage", required_argument, NULL, 's'}, {"path", required_argument, NULL, 'p'},
        {"mount", required_argument, NULL, 'm'},   {"lock", required_argument, NULL, 'l'},
        {"probe", no_argument, NULL, 'r'},         {NULL, 0, NULL, 0},
    };
    int option;
    opterr = 0; /* one clear line of our own instead */
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 's': options->storage = optarg; break;
        case 'p': options->target.path = optarg; break;
        case 'm': options->target.mount = optarg; break;
        case 'l': options->lock = optarg; break;
        case 'r': options->probe = true; break;
        default: return false;
        }
    }
    return optind == argc;
}

/* NULL, or what is wrong. */
static const char *judge(const struct lane_options *options) {
    if (options->storage == NULL || !word_is_id(options->storage))
        return "--storage wants an id of letters, digits, '.', '_' and '-'";
    if (options->target.path == NULL || !word_is_absolute_path(options->target.path))
        return "--path wants an absolute path";
    if (options->target.mount != NULL && !word_is_absolute_path(options->target.mount))
        return "--mount wants an absolute path";
    if (options->target.mount != NULL && options->target.mount[strspn(options->target.mount, "/")] == '\0')
        return "--mount / proves nothing: the root is always mounted";
    if (!options->probe && (options->lock == NULL || !word_is_absolute_path(options->lock)))
        return "--lock wants an absolute path";
    return NULL;
}

static int serve(const char *lane, const struct lane_options *options) {
    static struct lane_request request;
    static struct lane_outcome outcome;
    const char *why = "";
    for (;;) {
        /* A frame that was cut short counts as the end: the agent died while it wrote, and what did arrive of its
         * op must not be written. */
        enum lane_frame frame = lane_read_request(STDIN_FILENO, &request, &why);
        if (frame == LANE_FRAME_END)
            return EXIT_OK;
        if (frame == LANE_FRAME_BAD) {
            say(lane, "bad request: %s", why);
            return EXIT_BAD_INPUT;
        }
        lane_run(&options->target, &request, STDOUT_FILENO, &outcome);
        if (!lane_write_response(STDOUT_FILENO, &request, &outcome))
            return EXIT_OK;
    }
}

static int take_lock_and_serve(const struct lane_options *options) {
    char lane[80] = "lane ";
    long owner = 0;
    strncat(lane, options->storage, sizeof lane - sizeof "lane ");
    switch (lane_lock_take(options->lock, &owner)) {
    case LANE_LOCK_TAKEN: return serve(lane, options);
    case LANE_LOCK_HELD:
        if (owner > 0)
            say(lane, "the predecessor (pid %ld) still holds the lane", owner);
        else
            say(lane, "the predecessor (pid unknown) still holds the lane");
        return EXIT_LANE_HELD;
    default: say(lane, "the lock %s cannot be taken: %s", options->lock, strerror(errno)); return EXIT_UNAVAILABLE;
    }
}

int main(int argc, char **argv) {
    struct lane_options options;
    memset(&options, 0, sizeof options);
    if (!descriptors_clean()) {
        say("qf-lane", "/dev/null cannot be opened: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    if (!parse(argc, argv, &options)) {
        say("qf-lane", "%s", usage);
        return EXIT_BAD_INPUT;
    }
    const char *wrong = judge(&options);
    if (wrong != NULL) {
        say("qf-lane", "%s", wrong);
        return EXIT_BAD_INPUT;
    }
    /* A dead reader is an answer of write(2), not a death on the way. And the lane must not keep whatever file
     * system it was started in from being unmounted. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || chdir("/") != 0) {
        say("qf-lane", "cannot start: %s", strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    return options.probe ? lane_probe(options.storage, &options.target) : take_lock_and_serve(&options);
}
