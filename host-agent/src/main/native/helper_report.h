/* What the fence helper is asked and what it has found out; both are fixed in size. */
#ifndef QF_HELPER_REPORT_H
#define QF_HELPER_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "words.h"

#define HELPER_MAX_VMS 4096
#define HELPER_MAX_KEPT 256

/* Zeroed memory says "ambiguous": only the end of a whole run says otherwise. */
enum verdict { VERDICT_AMBIGUOUS, VERDICT_ALIVE, VERDICT_DEAD };

struct fence_request {
    char boot[UUID_CHARS + 1];
    uint64_t counter;
    uint64_t token; /* 0: none was given (--self only) */
    bool all;
    unsigned count;
    char vms[HELPER_MAX_VMS][UUID_CHARS + 1];
    unsigned kept; /* VMs of class ignore: neither ended nor looked for */
    char keep[HELPER_MAX_KEPT][UUID_CHARS + 1];
};

struct vm_finding {
    char vm[UUID_CHARS + 1];
    enum verdict verdict;
    pid_t pid;
    char detail[96];
};

/* Lies in memory shared by the worker, who fills it, and the supervisor, who answers even if the worker hangs. */
struct fence_report {
    char boot[UUID_CHARS + 1];
    uint64_t counter;
    enum verdict verdict;
    char reason[24];
    unsigned count;
    struct vm_finding vms[HELPER_MAX_VMS];
};

/* The finding of a VM, added as ambiguous if it is new. NULL: there is no room, the caller gives up. */
struct vm_finding *report_vm(struct fence_report *report, const char *vm);

/* The overall verdict. */
void report_end(struct fence_report *report, enum verdict verdict, const char *reason);

/* The verdict of one VM. */
void report_judge(struct vm_finding *finding, enum verdict verdict, pid_t pid, const char *detail);

/* The answer as one line of JSON on fd. */
bool report_print(const struct fence_report *report, int fd);

#endif
