#include "keeper_shm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static struct keeper_shm *map(int fd) {
    void *at = mmap(NULL, KEEPER_SHM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

/* Race closed here: the holder of the lock is between flock and the store of its pid (it still forks). Its pid is a
 * courtesy for the message, so the wait is short and bounded. */
static uint64_t pid_of_the_other(int fd) {
    struct stat st;
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10 * 1000 * 1000};
    for (int tries = 0; tries < 200; tries++) {
        if (fstat(fd, &st) == 0 && st.st_size >= KEEPER_SHM_SIZE) { /* mapping a shorter file would fault */
            struct keeper_shm *shm = map(fd);
            if (shm == NULL)
                return 0;
            uint64_t pid = atomic_load_explicit(&shm->keeper_pid, memory_order_acquire);
            if (munmap(shm, KEEPER_SHM_SIZE) != 0 || pid != 0)
                return pid;
        }
        if (nanosleep(&pause, NULL) != 0)
            return 0;
    }
    return 0;
}

/* What an earlier keeper of this boot left is kept: the latch above all. A keeper that was killed and started again
 * must not feed for an incarnation that had already expired. */
static bool adopt(struct keeper_shm *shm, const char **why) {
    uint64_t magic = atomic_load(&shm->magic);
    if (magic == 0) {
        atomic_store(&shm->layout, KEEPER_LAYOUT);
        atomic_store(&shm->expiry_ns, KEEPER_NO_EXPIRY);
        /* Last, so that a half-initialised page is never taken for a whole one: its expiry would read 0. */
        atomic_store(&shm->magic, KEEPER_MAGIC);
        return true;
    }
    if (magic != KEEPER_MAGIC) {
        *why = "the file is not a keeper's";
        return false;
    }
    if (atomic_load(&shm->layout) != KEEPER_LAYOUT) {
        *why = "the file has a layout of another version";
        return false;
    }
    return true;
}

/* The keeper's own words of the past that must not be read as the present. Before the lock is of use to anybody. */
static void forget_predecessor(struct keeper_shm *shm) {
    uint64_t kept = atomic_load(&shm->flags) & KEEPER_FLAG_ZERO_LATCHED;
    atomic_store(&shm->flags, kept);
    atomic_store(&shm->keeper_pid, 0);
    atomic_store(&shm->wd_timeout_ms, 0);
    atomic_store(&shm->kind, KEEPER_KIND_NONE);
    atomic_store(&shm->stop_request, 0); /* it was meant for the predecessor */
    atomic_store(&shm->boot_status, KEEPER_BOOT_UNKNOWN);
    atomic_store(&shm->asked_ms, 0);
    atomic_store(&shm->worst_gap_ns, 0);
    memset(shm->identity, 0, sizeof shm->identity);
}

enum keeper_claim keeper_shm_claim(const char *path, struct keeper_page *page, uint64_t *pid, const char **why) {
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        *why = strerror(errno);
        return KEEPER_FAILED;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            *pid = pid_of_the_other(fd);
            return KEEPER_RUNNING;
        }
        *why = strerror(errno);
        return KEEPER_FAILED;
    }
    if (fstat(fd, &st) != 0 || (st.st_size < KEEPER_SHM_SIZE && ftruncate(fd, KEEPER_SHM_SIZE) != 0) ||
        (page->shm = map(fd)) == NULL) {
        *why = strerror(errno);
        return KEEPER_FAILED;
    }
    if (!adopt(page->shm, why))
        return KEEPER_FAILED;
    forget_predecessor(page->shm);
    page->lock = fd; /* stays open: it is the lock */
    return KEEPER_CLAIMED;
}

bool keeper_shm_inherit(int lock, struct keeper_page *page, const char **why) {
    struct stat st;
    if (fstat(lock, &st) != 0 || st.st_size < KEEPER_SHM_SIZE || (page->shm = map(lock)) == NULL) {
        *why = "the page that was handed over cannot be mapped";
        return false;
    }
    page->lock = lock;
    return adopt(page->shm, why);
}

int keeper_shm_in_memory(const char *path) {
    struct statfs fs;
    if (statfs(path, &fs) != 0)
        return 0;
    return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC;
}
