#include "helper_proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "descriptors.h"
#include "words.h"

#define PF_KTHREAD 0x00200000U

static enum proc_read verdict_of(int error) {
    return error == ENOENT || error == ESRCH ? PROC_GONE : PROC_UNREADABLE;
}

static void path_of(char *into, size_t room, pid_t pid, pid_t tid, const char *name) {
    if (pid == tid)
        (void)snprintf(into, room, "/proc/%ld/%s", (long)pid, name);
    else
        (void)snprintf(into, room, "/proc/%ld/task/%ld/%s", (long)pid, (long)tid, name);
}

static enum proc_read read_file(pid_t pid, pid_t tid, const char *name, char *into, size_t room, size_t *size) {
    char path[96];
    path_of(path, sizeof path, pid, tid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return verdict_of(errno);
    ssize_t n = read_whole(fd, into, room);
    int error = errno;
    (void)close(fd); /* only read from */
    if (n < 0)
        return verdict_of(error);
    *size = (size_t)n;
    return n == 0 ? PROC_GONE : PROC_OK;
}

/* "pid (comm) S ppid ...": comm may hold spaces and parentheses, so the LAST ')' ends it. */
static bool parse_stat(char *text, struct proc_stat *stat) {
    char *open = strchr(text, '(');
    char *close = strrchr(text, ')');
    if (open == NULL || close == NULL || close < open)
        return false;
    *close = '\0';
    (void)snprintf(stat->comm, sizeof stat->comm, "%s", open + 1);
    char *next = NULL;
    int field = 3;
    for (char *word = strtok_r(close + 1, " \n", &next); word != NULL; word = strtok_r(NULL, " \n", &next), field++) {
        if (field == 3)
            stat->state = word[0];
        if (field == 9)
            stat->kernel = (strtoul(word, NULL, 10) & PF_KTHREAD) != 0;
        if (field == 20)
            stat->threads = strtol(word, NULL, 10);
        if (field == 22)
            return word_number(word, &stat->start);
    }
    return false;
}

enum proc_read proc_stat_read(pid_t pid, pid_t tid, struct proc_stat *stat) {
    char text[1024];
    size_t size = 0;
    enum proc_read result = read_file(pid, tid, "stat", text, sizeof text - 1, &size);
    if (result != PROC_OK)
        return result;
    text[size] = '\0';
    memset(stat, 0, sizeof *stat);
    return parse_stat(text, stat) ? PROC_OK : PROC_UNREADABLE;
}

enum proc_read proc_exe(pid_t pid, pid_t tid, char *into, size_t room) {
    static const char deleted[] = " (deleted)";
    char path[96];
    path_of(path, sizeof path, pid, tid, "exe");
    ssize_t n = readlink(path, into, room);
    if (n < 0)
        return verdict_of(errno);
    if ((size_t)n >= room)
        return PROC_UNREADABLE;
    into[n] = '\0';
    /* A package upgrade replaces the file under running VMs; they are the same VMs. */
    size_t tail = sizeof deleted - 1;
    if ((size_t)n > tail && strcmp(into + n - tail, deleted) == 0)
        into[(size_t)n - tail] = '\0';
    return PROC_OK;
}

enum proc_read proc_arguments(pid_t pid, pid_t tid, char *into, size_t room, size_t *size) {
    enum proc_read result = read_file(pid, tid, "cmdline", into, room - 1, size);
    into[result == PROC_OK ? *size : 0] = '\0';
    return result;
}

static bool ended(char state) { return state == 'Z' || state == 'X' || state == 'x'; }

enum proc_read proc_living_thread(pid_t pid, pid_t *tid, char *state) {
    char path[64];
    struct proc_stat stat;
    enum proc_read result = proc_stat_read(pid, pid, &stat);
    if (result != PROC_OK)
        return result;
    *tid = pid;
    *state = stat.state;
    if (!ended(stat.state))
        return PROC_OK;
    /* The leader has ended. Its threads may not have: a thread in the kernel, waiting for a disk, keeps writing to
     * that disk under a process that `ps` calls a zombie. */
    (void)snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        return verdict_of(errno);
    const struct dirent *entry;
    result = PROC_GONE;
    while (result == PROC_GONE && (errno = 0, entry = readdir(tasks)) != NULL) {
        uint64_t id = 0;
        if (!word_number(entry->d_name, &id))
            continue; /* "." and ".." */
        result = proc_stat_read(pid, (pid_t)id, &stat);
        if (result == PROC_OK && ended(stat.state))
            result = PROC_GONE;
        *tid = (pid_t)id;
        *state = stat.state;
    }
    if (result == PROC_GONE && errno != 0 && errno != ENOENT && errno != ESRCH)
        result = PROC_UNREADABLE; /* the listing of the threads itself broke off */
    (void)closedir(tasks); /* only read from */
    return result;
}

const char *proc_usable(void) {
    struct statfs fs;
    struct proc_stat stat;
    char self[32];
    char expected[32];
    /* An empty or foreign directory at /proc lists no process at all: the emptiest proof of absence there is. */
    if (statfs("/proc", &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC)
        return "/proc is not a proc file system";
    ssize_t n = readlink("/proc/self", self, sizeof self - 1);
    (void)snprintf(expected, sizeof expected, "%ld", (long)getpid());
    if (n < 0)
        return "/proc/self cannot be read";
    self[n] = '\0';
    /* The /proc of another PID namespace shows other processes than the ones we could kill. */
    if (strcmp(self, expected) != 0)
        return "/proc is of another PID namespace";
    /* Mounted with hidepid, it hides the processes of others from all but root. */
    if (proc_stat_read(1, 1, &stat) != PROC_OK)
        return "/proc does not show every process";
    return NULL;
}
