#include "lane_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rawclock.h"

static void fail(struct lane_outcome *outcome, int32_t code, uint32_t step, const char *what) {
    outcome->error = code;
    outcome->failed_step = step;
    if (code < LANE_NOT_MOUNTED)
        (void)snprintf(outcome->text, sizeof outcome->text, "%s: %s", what, strerror(code));
    else
        (void)snprintf(outcome->text, sizeof outcome->text, "%s", what);
}

/* All steps are judged before the first one runs: an op that must fail for its own shape changes nothing. A write
 * beyond the end would make a regular file longer; the storage has the size that its formatting gave it. */
static bool fits(const struct lane_request *request, const struct lane_open *open, struct lane_outcome *outcome) {
    for (uint32_t i = 0; i < request->count; i++) {
        const struct lane_step *step = &request->steps[i];
        if (step->length == 0 || step->length % LANE_BLOCK != 0 || step->offset % LANE_BLOCK != 0) {
            fail(outcome, EINVAL, i, "offset and length must be multiples of 4096");
            return false;
        }
        if (step->offset > open->size || step->length > open->size - step->offset) {
            fail(outcome, LANE_SHORT, i, "the storage is shorter than the step needs");
            return false;
        }
    }
    return true;
}

/* The reader of our answers is gone: the agent died or closed the lane. A write whose answer nobody can receive can
 * only do harm (a late landing), so it is not begun. A write that is already in the kernel cannot be called back;
 * that is what the lane's lock is for. */
static bool abandoned(int answers) {
    struct pollfd p = {.fd = answers, .events = 0};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

/* Without O_DIRECT the page cache stands in between; dropping its (clean, since O_DSYNC) pages makes the next read
 * ask the storage. Advice may be ignored, hence the "buffered" in the answer's text. */
static bool drop_cache(const struct lane_open *open, const struct lane_step *step) {
    if (open->direct)
        return true;
    int error = posix_fadvise(open->fd, (off_t)step->offset, (off_t)step->length, POSIX_FADV_DONTNEED);
    errno = error;
    return error == 0;
}

static bool run_step(const struct lane_open *open, const struct lane_step *step, uint32_t index,
                     struct lane_outcome *outcome) {
    bool writes = step->kind == LANE_STEP_WRITE;
    ssize_t n = -1;
    if (writes)
        n = pwrite(open->fd, step->data, step->length, (off_t)step->offset);
    else if (drop_cache(open, step))
        n = pread(open->fd, step->data, step->length, (off_t)step->offset);
    if (n < 0) {
        fail(outcome, errno, index, writes ? "write" : "read");
        return false;
    }
    /* A short one is an error, not a reason to go on: the rest of a torn write must not land later than its head. */
    if ((size_t)n != step->length) {
        fail(outcome, LANE_SHORT, index, writes ? "short write" : "short read");
        return false;
    }
    if (writes && !drop_cache(open, step)) {
        fail(outcome, errno, index, "the page cache cannot be dropped");
        return false;
    }
    return true;
}

static void run_steps(const struct lane_request *request, const struct lane_open *open, int answers,
                      struct lane_outcome *outcome) {
    for (uint32_t i = 0; i < request->count; i++) {
        if (abandoned(answers)) {
            fail(outcome, EPIPE, i, "nobody reads the answer");
            return;
        }
        if (!run_step(open, &request->steps[i], i, outcome))
            return;
    }
    if (!open->direct)
        (void)snprintf(outcome->text, sizeof outcome->text, "buffered: the storage has no O_DIRECT");
}

void lane_run(const struct lane_target *target, const struct lane_request *request, int answers,
              struct lane_outcome *outcome) {
    struct lane_open open;
    memset(outcome, 0, sizeof *outcome);
    /* Before the open: a renewal counts from here, and an earlier start can only shorten a lease. */
    outcome->start_ns = raw_now();
    outcome->error = lane_target_open(target, &open, outcome);
    if (outcome->error == 0 && fits(request, &open, outcome))
        run_steps(request, &open, answers, outcome);
    /* After the last step: what was read was true at the latest now. */
    outcome->end_ns = raw_now();
    if (open.fd >= 0 && close(open.fd) != 0 && outcome->error == 0)
        fail(outcome, errno, request->count, "close"); /* NFS reports a failed write-back here at the latest */
}
