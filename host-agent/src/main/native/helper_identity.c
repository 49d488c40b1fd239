#include "helper_identity.h"

#include <stdio.h>
#include <string.h>

#include "helper_proc.h"

#define MAX_EXTRA 8
#define COMM_CHARS 15 /* what the kernel keeps of a name */

static const char *extra[MAX_EXTRA];
static unsigned extras;
static bool only_extra;

bool identity_allow(const char *name) {
    if (extras == MAX_EXTRA || !word_is_id(name))
        return false;
    extra[extras++] = name;
    return true;
}

void identity_only_allowed(void) { only_extra = true; }

bool identity_allows_any(void) { return extras > 0 || !only_extra; }

static bool starts_with(const char *text, const char *head) { return strncmp(text, head, strlen(head)) == 0; }

static bool is_qemu_program(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    for (unsigned i = 0; i < extras; i++)
        if (strcmp(name, extra[i]) == 0)
            return true;
    if (only_extra)
        return false;
    return starts_with(name, "qemu-system-") || strcmp(name, "qemu-kvm") == 0 || strcmp(name, "kvm") == 0 ||
           starts_with(path, "/usr/bin/qemu-");
}

/* The name is what an exiting process still has when its memory, and with it program and arguments, is gone. It may
 * be anything a process called itself, so it is good enough to doubt, never to kill. */
static bool is_qemu_name(const char *comm) {
    for (unsigned i = 0; i < extras; i++)
        if (strncmp(comm, extra[i], COMM_CHARS) == 0)
            return true;
    if (only_extra)
        return false;
    return starts_with(comm, "qemu-") || strcmp(comm, "kvm") == 0;
}

static bool is_libvirt_daemon(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    return strcmp(name, "libvirtd") == 0 || strcmp(name, "virtqemud") == 0;
}

static bool wanted(const struct fence_request *request, const char *uuid) {
    for (unsigned i = 0; i < request->kept; i++)
        if (strcmp(request->keep[i], uuid) == 0)
            return false;
    for (unsigned i = 0; i < request->count; i++)
        if (strcmp(request->vms[i], uuid) == 0)
            return true;
    return request->all;
}

/* An argument that is "-uuid" as a whole, followed by one that is a UUID as a whole. */
static bool find_uuid(const char *arguments, size_t size, const struct fence_request *request, char *uuid) {
    const char *end = arguments + size;
    bool named = false;
    for (const char *at = arguments; at < end; at += strlen(at) + 1) {
        if (named && strlen(at) == UUID_CHARS && word_uuid(at, uuid) && wanted(request, uuid))
            return true;
        named = strcmp(at, "-uuid") == 0 || strcmp(at, "--uuid") == 0;
    }
    return false;
}

static char arguments[512 * 1024];

static enum likeness by_arguments(pid_t tid, bool qemu, const struct fence_request *request, struct identity *id) {
    size_t size = 0;
    enum proc_read read = proc_arguments(id->pid, tid, arguments, sizeof arguments, &size);
    if (read == PROC_OK && find_uuid(arguments, size, request, id->uuid))
        return qemu ? LIKE_VM : LIKE_FOREIGN;
    /* A qemu without arguments is about to end; one with more than we can read may name its VM behind that. */
    if (qemu && (read != PROC_OK || size >= sizeof arguments - 1))
        return LIKE_UNNAMED;
    return LIKE_NOTHING;
}

static enum likeness judge(const struct proc_stat *stat, pid_t tid, const struct fence_request *request, bool strict,
                           struct identity *id) {
    char path[4096];
    enum proc_read read = proc_exe(id->pid, tid, path, sizeof path);
    /* No program but still there: it is exiting, and may be held up in the kernel by the very disk it must not write
     * to any more. */
    if (read == PROC_GONE)
        return is_qemu_name(stat->comm) ? LIKE_UNNAMED : LIKE_NOTHING;
    if (read == PROC_OK && is_qemu_program(path))
        return by_arguments(tid, true, request, id);
    /* Of a cell whose hosts share one process table, the other programs are other hosts' VMs, or this machine's own. */
    if (!strict || only_extra)
        return LIKE_NOTHING;
    /* libvirt's daemon has many threads, a fork of it one. It stays that until libvirt lets it become qemu, which may
     * wait for a hanging storage; its hook has already said yes, so the barrier comes too late for it. */
    if (read == PROC_OK && is_libvirt_daemon(path) && stat->threads == 1)
        return LIKE_STARTING;
    /* Only the verifying listing reads the arguments of every process: such a read can hang on a process whose memory
     * is locked up in the kernel, and by then the kills are done. */
    return by_arguments(tid, false, request, id);
}

static enum likeness read_once(pid_t pid, const struct fence_request *request, bool strict, struct identity *id,
                               bool *torn) {
    struct proc_stat stat;
    struct proc_stat again;
    pid_t tid = pid;
    *torn = false;
    enum proc_read read = proc_stat_read(pid, pid, &stat);
    if (read == PROC_OK && stat.kernel)
        return LIKE_NOTHING;
    if (read == PROC_OK)
        read = proc_living_thread(pid, &tid, &id->state);
    if (read != PROC_OK)
        return read == PROC_GONE ? LIKE_NOTHING : LIKE_UNNAMED;
    id->start = stat.start;
    enum likeness likeness = judge(&stat, tid, request, strict, id);
    /* Race closed here: the process ended and another took its pid between our reads; program and arguments would be
     * of two processes. One start time before and after means that all we read was one process. */
    *torn = proc_stat_read(pid, pid, &again) == PROC_OK && again.start != stat.start;
    return likeness;
}

void identity_read(pid_t pid, const struct fence_request *request, bool strict, struct identity *identity) {
    bool torn = true;
    memset(identity, 0, sizeof *identity);
    identity->pid = pid;
    for (int tries = 0; torn && tries < 3; tries++)
        identity->likeness = read_once(pid, request, strict, identity, &torn);
    if (torn)
        identity->likeness = LIKE_UNNAMED;
    if (identity->likeness != LIKE_VM && identity->likeness != LIKE_FOREIGN)
        identity->uuid[0] = '\0'; /* what the search left there */
}

bool identity_holds(const struct identity *identity) {
    char path[4096];
    char state;
    struct proc_stat stat;
    pid_t tid = identity->pid;
    if (proc_stat_read(identity->pid, identity->pid, &stat) != PROC_OK || stat.start != identity->start)
        return false;
    if (proc_living_thread(identity->pid, &tid, &state) != PROC_OK)
        return false;
    return proc_exe(identity->pid, tid, path, sizeof path) == PROC_OK && is_qemu_program(path);
}
