/* Which VM a process is. Judged by its program and its arguments, one by one; never by a pattern over its command
 * line, which would also fit the shell, the editor or the `grep` that speaks of the VM. */
#ifndef QF_HELPER_IDENTITY_H
#define QF_HELPER_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper_report.h"

enum likeness {
    LIKE_NOTHING,  /* no VM, or one that was not asked for */
    LIKE_VM,       /* a qemu by its program, with -uuid of a VM that was asked for */
    LIKE_UNNAMED,  /* a qemu by its program or its name, but it does not (any more) say which */
    LIKE_FOREIGN,  /* no qemu we know, but it has -uuid of a VM that was asked for: never killed, never ignored */
    LIKE_STARTING, /* a fork of libvirt's daemon that has not become another program yet: a start may be in flight */
};

struct identity {
    enum likeness likeness;
    pid_t pid;
    uint64_t start; /* with the pid: this very process */
    char state;     /* of a thread that still lives */
    char uuid[UUID_CHARS + 1];
};

/* One more program name that counts as a qemu. False: not a plain name, or too many. */
bool identity_allow(const char *name);

/* From here on nothing but the allowed names is a VM, qemu neither: for a cell of plain processes, whose hosts share a
 * machine with each other and with VMs that are none of theirs. */
void identity_only_allowed(void);

/* Is there any name left that a VM can have? */
bool identity_allows_any(void);

/* strict: look at programs that are no qemu too (LIKE_FOREIGN, LIKE_STARTING). */
void identity_read(pid_t pid, const struct fence_request *request, bool strict, struct identity *identity);

/* Is it still the same process, and still a qemu by its program? */
bool identity_holds(const struct identity *identity);

#endif
