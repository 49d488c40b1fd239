/* Test library for LD_PRELOAD: a FAKE watchdog device, for machines that have none. It makes the file named by
 * FAKE_WATCHDOG, in truth a FIFO, look like a character device that answers the watchdog ioctls. What is written to
 * it goes to the FIFO. It shows what the keeper asks of a device, not what a device does.
 *
 * FAKE_OPTIONS   the option bits of WDIOC_GETSUPPORT (decimal)
 * FAKE_TIMEOUT   the seconds that WDIOC_GETTIMEOUT tells; 0: what was set */
#include <dlfcn.h>
#include <errno.h>
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
