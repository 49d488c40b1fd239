#include "keeper_watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Any byte feeds a watchdog, 'V' excepted: that one announces an orderly close. */
static const char feed_byte = '.';
static const char disarm_byte = 'V';

/* What the kernel's software watchdog calls itself. */
static const char softdog[] = "Software Watchdog";

/* What the device must be for its promise to hold. Each of these would let a host live on that others count as
 * reset, so each is a refusal and not a warning. */
static const char *judge_device(struct keeper_watchdog *watchdog) {
    struct watchdog_info info;
    memset(&info, 0, sizeof info);
    if (ioctl(watchdog->fd, WDIOC_GETSUPPORT, &info) != 0)
        return "it is not a watchdog device";
    _Static_assert(sizeof info.identity == KEEPER_IDENTITY_SIZE, "the kernel's identity has 32 bytes");
    memcpy(watchdog->identity, info.identity, KEEPER_IDENTITY_SIZE);
    watchdog->identity[KEEPER_IDENTITY_SIZE - 1] = 0;
    if (strcmp(watchdog->identity, softdog) == 0 && !watchdog->accept_softdog)
        return "it is softdog, which a locked-up CPU can stop; only watchdog.accept: softdog lets it count";
    if ((info.options & WDIOF_MAGICCLOSE) == 0)
        return "this watchdog disarms when its owner dies (no magic close)";
    if ((info.options & WDIOF_ALARMONLY) != 0)
        return "this watchdog raises an alarm and resets nothing";
    return NULL;
}

/* The device counts in whole seconds. Rounded down: a watchdog that bites later than asked breaks the terms that
 * others compute with. What it really took is read back; a device that does not tell is none. */
static const char *set_timeout(struct keeper_watchdog *watchdog) {
    int seconds = (int)(watchdog->timeout_ms / 1000);
    if (seconds < 1)
        seconds = 1;
    if (ioctl(watchdog->fd, WDIOC_SETTIMEOUT, &seconds) != 0 && errno != ENOTTY && errno != EOPNOTSUPP &&
        errno != EINVAL)
        return "the timeout cannot be set";
    seconds = 0;
    if (ioctl(watchdog->fd, WDIOC_GETTIMEOUT, &seconds) != 0 || seconds < 1)
        return "the watchdog does not tell its timeout";
    watchdog->timeout_ms = (uint64_t)seconds * 1000;
    return NULL;
}

/* The kernel keeps it beside the device; /dev/watchdog itself is a misc device and a second name of watchdog0. */
static bool is_nowayout(const struct stat *st) {
    char path[96];
    char text[2] = {0, 0};
    int fd = -1;
    int length = snprintf(path, sizeof path, "/sys/dev/char/%u:%u/nowayout", major(st->st_rdev), minor(st->st_rdev));
    if (length > 0 && (size_t)length < sizeof path)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fd = open("/sys/class/watchdog/watchdog0/nowayout", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, 1);
    (void)close(fd); /* it was only read */
    return n == 1 && text[0] == '1';
}

/* Not every driver knows; what it does not say is unknown. */
static uint64_t boot_status(int fd) {
    int status = 0;
    if (ioctl(fd, WDIOC_GETBOOTSTATUS, &status) != 0)
        return KEEPER_BOOT_UNKNOWN;
    return (status & WDIOF_CARDRESET) != 0 ? KEEPER_BOOT_BY_WATCHDOG : KEEPER_BOOT_ORDINARY;
}

static bool open_device(struct keeper_watchdog *watchdog, const char **why) {
    struct stat st;
    /* Looked at before it is opened: opening a tape drive or a terminal by mistake has effects of its own. */
    if (stat(watchdog->path, &st) != 0) {
        *why = strerror(errno);
        return false;
    }
    if (!S_ISCHR(st.st_mode)) {
        *why = "it is not a character device";
        return false;
    }
    watchdog->fd = open(watchdog->path, O_WRONLY | O_CLOEXEC);
    if (watchdog->fd < 0) {
        *why = errno == EBUSY ? "it is busy: another process holds it" : strerror(errno);
        return false;
    }
    watchdog->boot_status = boot_status(watchdog->fd);
    watchdog->nowayout = is_nowayout(&st);
    *why = judge_device(watchdog);
    if (*why == NULL)
        *why = set_timeout(watchdog);
    if (*why == NULL)
        return true;
    /* Opening has armed it. A refusal must not reset the host. */
    if (!keeper_watchdog_disarm(watchdog))
        *why = "the watchdog was refused and cannot be disarmed: the host will be reset";
    return false;
}

/* Never waits for a reader, and a write never waits for room: a lab that does not read must not stop the ticks. */
static void try_fifo(struct keeper_watchdog *watchdog) {
    struct stat st;
    int fd = open(watchdog->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return; /* ENXIO: no reader yet; ENOENT: not made yet. The next tick tries again. */
    if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
        watchdog->fd = fd;
    else
        (void)close(fd); /* not ours to write to */
}

bool keeper_watchdog_open(struct keeper_watchdog *watchdog, const char **why) {
    watchdog->fd = -1;
    watchdog->asked_ms = watchdog->timeout_ms;
    if (watchdog->kind == KEEPER_KIND_DEVICE)
        return open_device(watchdog, why);
    if (watchdog->kind == KEEPER_KIND_FIFO)
        try_fifo(watchdog);
    return true;
}

bool keeper_watchdog_feed(struct keeper_watchdog *watchdog) {
    if (watchdog->fd < 0 && watchdog->kind == KEEPER_KIND_FIFO)
        try_fifo(watchdog);
    if (watchdog->fd < 0)
        return false;
    if (write(watchdog->fd, &feed_byte, 1) == 1)
        return true;
    if (watchdog->kind == KEEPER_KIND_FIFO && errno == EPIPE) {
        (void)close(watchdog->fd); /* its reader is gone; a device is NEVER closed here: that might disarm it */
        watchdog->fd = -1;
    }
    return false;
}

bool keeper_watchdog_disarm(struct keeper_watchdog *watchdog) {
    if (watchdog->fd < 0)
        return true;
    if (write(watchdog->fd, &disarm_byte, 1) != 1 && !(watchdog->kind == KEEPER_KIND_FIFO && errno == EPIPE))
        return false;
    (void)close(watchdog->fd); /* the descriptor is gone whatever close says */
    watchdog->fd = -1;
    return true;
}
