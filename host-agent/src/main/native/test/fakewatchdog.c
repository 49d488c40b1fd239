/* Test library for LD_PRELOAD: a FAKE watchdog device, for machines that have none. It makes the file named by
 * FAKE_WATCHDOG, in truth a FIFO, look like a character device that answers the watchdog ioctls. What is written to
 * it goes to the FIFO. It shows what the keeper asks of a device, not what a device does.
 *
 * FAKE_OPTIONS   the option bits of WDIOC_GETSUPPORT (decimal)
 * FAKE_TIMEOUT   the seconds that WDIOC_GETTIMEOUT tells; 0: what was set
 * FAKE_IDENTITY  what the device calls itself; default: nothing
 * FAKE_BOOT      the bits of WDIOC_GETBOOTSTATUS; without it the driver does not know
 * FAKE_BUSY      set: opening it fails with EBUSY
 * FAKE_NOWAYOUT  a file that is read in place of sysfs's nowayout */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int timeout;

int stat(const char *restrict path, struct stat *restrict st) {
    int (*real)(const char *, struct stat *) = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "stat");
    const char *fake = getenv("FAKE_WATCHDOG");
    int result = real(path, st);
    if (result == 0 && fake != NULL && strcmp(path, fake) == 0)
        st->st_mode = S_IFCHR | 0600;
    return result;
}

int open(const char *path, int flags, ...) {
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    const char *fake = getenv("FAKE_WATCHDOG");
    const char *nowayout = getenv("FAKE_NOWAYOUT");
    const char *name = strrchr(path, '/');
    va_list args;
    va_start(args, flags);
    int mode = (flags & O_CREAT) != 0 ? va_arg(args, int) : 0;
    va_end(args);
    if (getenv("FAKE_BUSY") != NULL && fake != NULL && strcmp(path, fake) == 0) {
        errno = EBUSY;
        return -1;
    }
    if (nowayout != NULL && name != NULL && strcmp(name, "/nowayout") == 0)
        return real(nowayout, flags);
    return real(path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list args;
    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);
    (void)fd;
    if (request == WDIOC_GETSUPPORT) {
        struct watchdog_info *info = argument;
        memset(info, 0, sizeof *info);
        info->options = (unsigned)atoi(getenv("FAKE_OPTIONS"));
        if (getenv("FAKE_IDENTITY") != NULL)
            strncpy((char *)info->identity, getenv("FAKE_IDENTITY"), sizeof info->identity);
        return 0;
    }
    if (request == WDIOC_GETBOOTSTATUS && getenv("FAKE_BOOT") != NULL) {
        *(int *)argument = atoi(getenv("FAKE_BOOT"));
        return 0;
    }
    if (request == WDIOC_SETTIMEOUT) {
        timeout = *(int *)argument;
        return 0;
    }
    if (request == WDIOC_GETTIMEOUT) {
        int fixed = atoi(getenv("FAKE_TIMEOUT"));
        *(int *)argument = fixed == 0 ? timeout : fixed;
        return 0;
    }
    errno = ENOTTY;
    return -1;
}
