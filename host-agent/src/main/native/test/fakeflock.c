/* Test library for LD_PRELOAD: another process is quicker. Between the open of the lock file LOCK_FILE and the lock on
 * it, that file is moved away and a new one takes its name. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int flock(int fd, int operation) {
    int (*real)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
    const char *file = getenv("LOCK_FILE");
    char away[4096];
    if (file != NULL) {
        (void)snprintf(away, sizeof away, "%s.away", file);
        if (rename(file, away) != 0)
            abort();
        int other = open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (other < 0 || close(other) != 0)
            abort();
    }
    return real(fd, operation);
}
