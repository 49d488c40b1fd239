#include "helper_run.h"

#include <string.h>
#include <time.h>

#include "helper_found.h"
#include "helper_incarnation.h"
#include "helper_list.h"
#include "helper_proc.h"
#include "helper_targets.h"
#include "helper_verdict.h"
#include "helper_virsh.h"
#include "rawclock.h"

#define VIRSH_NS (1 * QF_NS_PER_S)
#define DEATH_NS (2 * QF_NS_PER_S)
#define SETTLE_NS (150 * QF_NS_PER_MS)

#define CLOSING_NS (300 * QF_NS_PER_MS) /* for the last listings, after the wait for the deaths */

static struct listing listings[2];
static struct targets targets;
static char victims[LISTING_MAX][UUID_CHARS + 1];

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

static bool give_up(struct fence_report *report, const char *reason) {
    report_end(report, VERDICT_AMBIGUOUS, reason);
    return false;
}

/* Twice: before anything is done, and again after each listing, right before its processes are killed. The second
 * look closes the race with an incarnation that joined while we were paused: whatever was listed before the look is
 * at most as new as the incarnation that we then saw, and what is killed is held by descriptor since the listing. */
static bool same_incarnation(const struct fence_plan *plan, struct fence_report *report) {
    switch (incarnation_check(plan->run, &plan->request, report)) {
    case INCARNATION_SAME: break;
    case INCARNATION_OTHER: return give_up(report, "incarnation");
    default: return give_up(report, "no-incarnation");
    }
    /* At both looks, too: a claim may be taken back while we are paused. */
    if (plan->self)
        return true;
    switch (token_spent(plan->run, plan->request.token)) {
    case SPENT_NO: return true;
    case SPENT_YES: return give_up(report, "spent");
    default: return give_up(report, "spent-unknown");
    }
}

/* A crashed agent that its supervisor has just restarted beats within a second: the sibling that suspects this host
 * sees it then, or asks again. Without this look a restart on a busy host costs the VMs their lives. So does a pause of
 * the agent (decision 0090) within its lease, and that is no reason to end anything. */
static bool is_silent_for_good(const struct fence_plan *plan, struct fence_report *report) {
    if (plan->self)
        return true;
    if (agent_is_starting(plan->run))
        return give_up(report, "agent-starting");
    return !agent_is_paused(plan->run) || give_up(report, "agent-paused");
}

static bool may_begin(const struct fence_plan *plan, struct fence_report *report) {
    for (unsigned i = 0; i < plan->request.count; i++)
        if (report_vm(report, plan->request.vms[i]) == NULL)
            return give_up(report, "too-many");
    if (!same_incarnation(plan, report) || !is_silent_for_good(plan, report))
        return false;
    /* The barrier before the first listing: what gets past it started before, and is there to be listed. */
    if (plan->request.token > 0 && !barrier_raise(plan->run, plan->request.token))
        return give_up(report, "barrier");
    if (proc_usable() != NULL)
        return give_up(report, "proc");
    found_recall(plan->run, &plan->request);
    return true;
}

static void ask_libvirt(const struct fence_plan *plan) {
    for (unsigned i = 0; i < targets.count; i++)
        memcpy(victims[i], targets.items[i].identity.uuid, sizeof victims[i]);
    virsh_destroy(plan->virsh, plan->uri, (const char(*)[UUID_CHARS + 1])victims, targets.count,
                  earlier(raw_now() + VIRSH_NS, plan->deadline_ns));
}

/* One look and one blow. False: the run is over, and the report says why. */
static bool strike(const struct fence_plan *plan, bool first, int64_t *until, struct fence_report *report) {
    static struct listing listing;
    if (!listing_read(&plan->request, false, &listing) || !targets_add(&targets, &listing))
        return give_up(report, "proc");
    if (!same_incarnation(plan, report))
        return false;
    found_keep(plan->run, &plan->request, &targets); /* before the blow: from then on nobody finds them */
    if (first) {
        if (!is_silent_for_good(plan, report))
            return false;
        if (!plan->only) /* there is no libvirt behind such VMs, and this machine's own has others */
            ask_libvirt(plan);
        *until = earlier(raw_now() + DEATH_NS, plan->deadline_ns - CLOSING_NS);
    }
    /* Whoever asked has stopped waiting by now: a helper that was frozen and wakes an hour later kills nobody. */
    if (raw_now() >= plan->deadline_ns)
        return give_up(report, "timeout");
    targets_kill(&targets);
    targets_await(&targets, *until);
    return true;
}

static void settle(void) {
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = SETTLE_NS};
    (void)nanosleep(&pause, NULL); /* an early end is as good */
}

void fence_run(const struct fence_plan *plan, struct fence_report *report) {
    struct listing *last = &listings[0];
    struct listing *before = &listings[1];
    int64_t until = plan->deadline_ns;
    unsigned clean = 0;
    unsigned fresh = 0; /* where the targets of the last blow begin */
    if (!may_begin(plan, report))
        return;
    for (unsigned round = 0;; round++) {
        struct listing *swap = before;
        before = last;
        last = swap;
        fresh = targets.count;
        if (!strike(plan, round == 0, &until, report))
            return;
        /* What had to be killed after a clean listing was started in between: somebody restarts it, as quickly as it
         * ends, and each listing right behind a blow is clean. */
        if (targets.count > fresh)
            clean = 0;
        if (!listing_read(&plan->request, true, last)) {
            report_end(report, VERDICT_AMBIGUOUS, "proc");
            return;
        }
        /* /proc is not read in one piece: a process that forks while it is read can be behind the reader with its old
         * pid and before it with its new one. Two clean listings in a row, some time apart, or it is not proven. */
        clean = verdict_is_clean(&targets, last) ? clean + 1 : 0;
        if (clean == 2 || (round > 0 && raw_now() >= until))
            break;
        settle();
    }
    verdict_reach(&targets, clean == 2 ? targets.count : fresh, clean == 2, last, before, report);
}
