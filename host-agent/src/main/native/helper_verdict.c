#include "helper_verdict.h"

#include <stdio.h>
#include <string.h>

#include "helper_proc.h"
#include "pidfd.h"

bool verdict_is_clean(const struct targets *targets, const struct listing *listing) {
    /* The targets as well: one that is exiting has lost its program and arguments, and perhaps called itself
     * something else, so a listing need not show it. Its descriptor tells. */
    for (unsigned i = 0; i < targets->count; i++)
        if (!pidfd_ended(targets->items[i].pidfd))
            return false;
    return listing->count == 0;
}

static void judge_alive(struct fence_report *report, const char *vm, pid_t pid, char state, bool killed) {
    char detail[96];
    struct vm_finding *finding = report_vm(report, vm);
    if (finding == NULL)
        return; /* no room: the overall verdict still says it */
    if (state == 'D')
        (void)snprintf(detail, sizeof detail, "in uninterruptible sleep (D)");
    else if (killed)
        (void)snprintf(detail, sizeof detail, "survived SIGKILL so far (state %c)", state);
    else
        (void)snprintf(detail, sizeof detail, "not killed (state %c)", state);
    report_judge(finding, VERDICT_ALIVE, pid, detail);
}

/* Returns how many still live. */
static unsigned judge_targets(const struct targets *targets, struct fence_report *report) {
    unsigned alive = 0;
    for (unsigned i = 0; i < targets->count; i++) {
        const struct target *target = &targets->items[i];
        pid_t tid = target->identity.pid;
        char state = target->identity.state;
        if (pidfd_ended(target->pidfd))
            continue;
        alive++;
        /* Whatever this read says, the descriptor said that it lives; only the letter of its state comes from here. */
        (void)proc_living_thread(target->identity.pid, &tid, &state);
        judge_alive(report, target->identity.uuid, target->identity.pid, state, target->killed);
    }
    return alive;
}

/* VMs that the listing shows and that no target stands for: they appeared after the last blow. */
static unsigned judge_listed(const struct targets *targets, const struct listing *listing,
                             struct fence_report *report) {
    unsigned alive = 0;
    for (unsigned i = 0; i < listing->count; i++) {
        const struct identity *found = &listing->found[i];
        if (found->likeness != LIKE_VM || targets_find(targets, found->pid, found->start) != NULL)
            continue;
        alive++;
        judge_alive(report, found->uuid, found->pid, found->state, false);
    }
    return alive;
}

/* What hangs over every VM: a process that might be any of them. NULL: nothing does. */
static const char *doubt_in(const struct targets *targets, const struct listing *listing) {
    for (unsigned i = 0; i < listing->count; i++) {
        const struct identity *found = &listing->found[i];
        if (found->likeness == LIKE_STARTING)
            return "start-in-flight";
        if (found->likeness == LIKE_UNNAMED && targets_find(targets, found->pid, found->start) == NULL)
            return "unnamed-process";
    }
    return NULL;
}

/* The process of this VM in the listing, under its own name or as the target that it was. */
static const struct identity *seen_in(const struct targets *targets, const struct listing *listing, const char *vm) {
    for (unsigned i = 0; i < listing->count; i++) {
        const struct identity *found = &listing->found[i];
        const struct target *target = targets_find(targets, found->pid, found->start);
        if (strcmp(found->uuid, vm) == 0 || (target != NULL && strcmp(target->identity.uuid, vm) == 0))
            return found;
    }
    return NULL;
}

static void judge_dead(const struct targets *targets, struct vm_finding *finding) {
    report_judge(finding, VERDICT_DEAD, 0, "not present");
    for (unsigned i = 0; i < targets->count; i++)
        if (strcmp(targets->items[i].identity.uuid, finding->vm) == 0)
            report_judge(finding, VERDICT_DEAD, targets->items[i].identity.pid,
                         targets->items[i].killed ? "killed" : "ended");
}

/* Whether a process of this VM was found by the last blow, after others of it or after a clean listing. */
static bool came_back(const struct targets *targets, unsigned fresh, const char *vm) {
    for (unsigned i = fresh; i < targets->count; i++)
        if (strcmp(targets->items[i].identity.uuid, vm) == 0)
            return true;
    return false;
}

/* Returns the reason why not all of them are dead, or NULL. */
static const char *judge_rest(const struct targets *targets, unsigned fresh, const struct listing *last,
                              const struct listing *before, struct fence_report *report) {
    const char *doubt = doubt_in(targets, last);
    const char *reason = doubt = doubt != NULL ? doubt : doubt_in(targets, before);
    for (unsigned i = 0; i < report->count; i++) {
        struct vm_finding *finding = &report->vms[i];
        const struct identity *now = seen_in(targets, last, finding->vm);
        if (finding->verdict == VERDICT_ALIVE)
            continue;
        if (now != NULL && now->likeness == LIKE_FOREIGN) {
            report_judge(finding, VERDICT_AMBIGUOUS, now->pid, "named by a program that is no known qemu");
            reason = "foreign-program";
        } else if (doubt != NULL) {
            report_judge(finding, VERDICT_AMBIGUOUS, 0, doubt);
        } else if (now != NULL || seen_in(targets, before, finding->vm) != NULL) {
            report_judge(finding, VERDICT_AMBIGUOUS, 0, "gone only just now");
            reason = "unsettled";
        } else if (came_back(targets, fresh, finding->vm)) {
            report_judge(finding, VERDICT_AMBIGUOUS, 0, "started again by somebody");
            reason = "unsettled";
        } else {
            judge_dead(targets, finding);
        }
    }
    return reason;
}

/* Every VM that was seen has a line of its own, also where all were asked for. False: there is no room. */
static bool enter(const struct targets *targets, const struct listing *listing, struct fence_report *report) {
    for (unsigned i = 0; i < targets->count; i++)
        if (report_vm(report, targets->items[i].identity.uuid) == NULL)
            return false;
    for (unsigned i = 0; i < listing->count; i++)
        if (listing->found[i].uuid[0] != '\0' && report_vm(report, listing->found[i].uuid) == NULL)
            return false;
    return true;
}

void verdict_reach(const struct targets *targets, unsigned fresh, bool settled, const struct listing *last,
                   const struct listing *before, struct fence_report *report) {
    if (!enter(targets, last, report) || !enter(targets, before, report)) {
        report_end(report, VERDICT_AMBIGUOUS, "too-many");
        return;
    }
    unsigned alive = judge_targets(targets, report) + judge_listed(targets, last, report);
    const char *reason = judge_rest(targets, fresh, last, before, report);
    if (reason == NULL && !settled)
        reason = "unsettled";
    if (alive > 0)
        report_end(report, VERDICT_ALIVE, "still-alive");
    else if (reason != NULL)
        report_end(report, VERDICT_AMBIGUOUS, reason);
    else
        report_end(report, VERDICT_DEAD, "gone");
}
