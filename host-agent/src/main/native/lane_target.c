#include "lane_target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U /* Linux 5.8 */
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x00002000 /* Linux 5.8 */
#endif

/* struct statx of an older libc lacks stx_mnt_id; the kernel's layout has it as this 64-bit word. */
#define STATX_MNT_ID_OFFSET 144

static int32_t refuse(struct lane_outcome *outcome, int32_t code, const char *what, int error) {
    if (error == 0)
        (void)snprintf(outcome->text, sizeof outcome->text, "%s", what);
    else
        (void)snprintf(outcome->text, sizeof outcome->text, "%s: %s", what, strerror(error));
    return code;
}

/* Which mount an open descriptor is on, and whether it is that mount's root. DONT_SYNC: the answer is the kernel's
 * own, no question to a remote server is needed for it. */
static bool mount_of(int fd, uint64_t *id, bool *root) {
    struct statx st;
    memset(&st, 0, sizeof st);
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &st) != 0)
        return false;
    if ((st.stx_mask & STATX_MNT_ID) == 0 || (st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) {
        errno = EOPNOTSUPP;
        return false;
    }
    memcpy(id, (const char *)&st + STATX_MNT_ID_OFFSET, sizeof *id);
    *root = (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return true;
}

/* Opens the mount directory and keeps it open: the descriptor pins the mount, so its id cannot be given to another
 * mount while we compare. */
static int32_t pin_mount(const char *dir, int *pin, uint64_t *id, struct lane_outcome *outcome) {
    bool root = false;
    *pin = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*pin < 0)
        return refuse(outcome, errno == ENOENT || errno == ENOTDIR ? LANE_NOT_MOUNTED : LANE_CANNOT_OPEN,
                      "the mount directory cannot be opened", errno);
    if (!mount_of(*pin, id, &root))
        return refuse(outcome, LANE_CANNOT_OPEN, "the mount cannot be checked", errno);
    if (!root)
        return refuse(outcome, LANE_NOT_MOUNTED, "nothing is mounted on the mount directory", 0);
    return 0;
}

/* EINVAL: a file system that has no O_DIRECT. Then the op is served through the page cache, see lane_steps.c. Never
 * O_CREAT: below an empty mount directory it would make the file that must not be there. */
static int open_path(const char *path, bool *direct) {
    int fd = open(path, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);
    *direct = fd >= 0;
    if (fd < 0 && errno == EINVAL)
        fd = open(path, O_RDWR | O_DSYNC | O_CLOEXEC);
    return fd;
}

static int32_t measure(struct lane_open *open, struct lane_outcome *outcome) {
    struct stat st;
    if (fstat(open->fd, &st) != 0)
        return refuse(outcome, LANE_CANNOT_OPEN, "the size cannot be read", errno);
    open->block_device = S_ISBLK(st.st_mode);
    if (S_ISREG(st.st_mode)) {
        open->size = (uint64_t)st.st_size;
        return 0;
    }
    if (!open->block_device)
        return refuse(outcome, LANE_CANNOT_OPEN, "neither a regular file nor a block device", 0);
    if (ioctl(open->fd, BLKGETSIZE64, &open->size) != 0)
        return refuse(outcome, LANE_CANNOT_OPEN, "the size of the device cannot be read", errno);
    return 0;
}

/* Race closed here: the storage is unmounted between the check of the directory and the open of the file. The open
 * then lands on the file system below, whose mount id differs from the pinned one. Checking the opened file itself
 * leaves no gap: once open, it stays on its mount. */
static int32_t check_same_mount(int fd, uint64_t pinned, struct lane_outcome *outcome) {
    uint64_t id = 0;
    bool root = false;
    if (!mount_of(fd, &id, &root))
        return refuse(outcome, LANE_CANNOT_OPEN, "the mount of the file cannot be checked", errno);
    if (id != pinned)
        return refuse(outcome, LANE_NOT_MOUNTED, "the file is not on the mount", 0);
    return 0;
}

static int32_t open_pinned(const struct lane_target *target, const uint64_t *pinned, struct lane_open *open,
                           struct lane_outcome *outcome) {
    open->fd = open_path(target->path, &open->direct);
    if (open->fd < 0)
        return refuse(outcome, LANE_CANNOT_OPEN, "the storage cannot be opened", errno);
    int32_t error = pinned == NULL ? 0 : check_same_mount(open->fd, *pinned, outcome);
    if (error == 0)
        error = measure(open, outcome);
    if (error != 0) {
        (void)close(open->fd); /* nothing was written */
        open->fd = -1;
    }
    return error;
}

int32_t lane_target_open(const struct lane_target *target, struct lane_open *open, struct lane_outcome *outcome) {
    int pin = -1;
    uint64_t id = 0;
    int32_t error = 0;
    memset(open, 0, sizeof *open);
    open->fd = -1;
    if (target->mount != NULL)
        error = pin_mount(target->mount, &pin, &id, outcome);
    if (error == 0)
        error = open_pinned(target, target->mount == NULL ? NULL : &id, open, outcome);
    if (pin >= 0)
        (void)close(pin); /* O_PATH: holds no data */
    return error;
}
