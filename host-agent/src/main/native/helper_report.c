#include "helper_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "descriptors.h"

static const char *verdict_name(enum verdict verdict) {
    static const char *const names[] = {"ambiguous", "stillAlive", "confirmedDead"};
    return names[verdict];
}

struct vm_finding *report_vm(struct fence_report *report, const char *vm) {
    for (unsigned i = 0; i < report->count; i++)
        if (strcmp(report->vms[i].vm, vm) == 0)
            return &report->vms[i];
    if (report->count == HELPER_MAX_VMS)
        return NULL;
    struct vm_finding *finding = &report->vms[report->count];
    memset(finding, 0, sizeof *finding);
    memcpy(finding->vm, vm, UUID_CHARS + 1);
    (void)snprintf(finding->detail, sizeof finding->detail, "not judged");
    report->count++; /* last: the supervisor may look at any moment */
    return finding;
}

void report_end(struct fence_report *report, enum verdict verdict, const char *reason) {
    report->verdict = verdict;
    (void)snprintf(report->reason, sizeof report->reason, "%s", reason);
}

void report_judge(struct vm_finding *finding, enum verdict verdict, pid_t pid, const char *detail) {
    finding->verdict = verdict;
    finding->pid = pid;
    (void)snprintf(finding->detail, sizeof finding->detail, "%s", detail);
}

/* Room for the head and for each VM's entry at its longest. */
static char line[256 + HELPER_MAX_VMS * 256];

bool report_print(const struct fence_report *report, int fd) {
    /* Texts are our own words and file names reduced to safe characters: nothing in them needs escaping. */
    int used = snprintf(line, sizeof line, "{\"v\":1,\"bootId\":\"%s\",\"counter\":%" PRIu64
                        ",\"verdict\":\"%s\",\"reason\":\"%s\",\"vms\":[",
                        report->boot, report->counter, verdict_name(report->verdict), report->reason);
    if (used < 0)
        return false;
    size_t at = (size_t)used;
    for (unsigned i = 0; i < report->count; i++) {
        const struct vm_finding *vm = &report->vms[i];
        used = snprintf(line + at, sizeof line - at,
                        "%s{\"vm\":\"%s\",\"verdict\":\"%s\",\"pid\":%ld,\"detail\":\"%s\"}", i == 0 ? "" : ",",
                        vm->vm, verdict_name(vm->verdict), (long)vm->pid, vm->detail);
        if (used < 0 || (size_t)used >= sizeof line - at)
            return false;
        at += (size_t)used;
    }
    used = snprintf(line + at, sizeof line - at, "]}\n");
    if (used < 0 || (size_t)used >= sizeof line - at)
        return false;
    return write_whole(fd, line, at + (size_t)used);
}
