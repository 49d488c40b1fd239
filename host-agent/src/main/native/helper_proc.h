/* One process as /proc shows it. */
#ifndef QF_HELPER_PROC_H
#define QF_HELPER_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum proc_read { PROC_OK, PROC_GONE, PROC_UNREADABLE };

struct proc_stat {
    char comm[64];
    char state;      /* R S D Z T t X ... as in proc(5) */
    bool kernel;     /* a kernel thread: has no program */
    long threads;
    uint64_t start;  /* clock ticks after boot; with the pid it names one process of this boot */
};

/* tid == pid for the process (its leader), else one of its threads. */
enum proc_read proc_stat_read(pid_t pid, pid_t tid, struct proc_stat *stat);

/* Path of the program, terminated, without the kernel's " (deleted)". GONE: no program (any more). */
enum proc_read proc_exe(pid_t pid, pid_t tid, char *into, size_t room);

/* The arguments, each terminated; *size bytes. GONE: none (any more). Truncated at the room. */
enum proc_read proc_arguments(pid_t pid, pid_t tid, char *into, size_t room, size_t *size);

/* A thread that has not ended, the leader if it has not. GONE: there is none: the process is a mere zombie, or no
 * longer there at all. */
enum proc_read proc_living_thread(pid_t pid, pid_t *tid, char *state);

/* NULL if /proc is the real one and shows every process, else what is wrong. */
const char *proc_usable(void);

#endif
