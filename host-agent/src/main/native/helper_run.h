/* The fence itself: check, bar, list, kill, verify. */
#ifndef QF_HELPER_RUN_H
#define QF_HELPER_RUN_H

#include "helper_report.h"

struct fence_plan {
    const char *run;
    const char *uri;
    const char *virsh;
    bool self;           /* asked by this host's own agent */
    bool only;           /* the host is a group of plain processes: no libvirt is asked */
    int64_t deadline_ns; /* RAW: nothing is killed after it */
    struct fence_request request;
};

/* Fills the report. May hang in /proc, so it runs in a process that its caller can do without. */
void fence_run(const struct fence_plan *plan, struct fence_report *report);

#endif
