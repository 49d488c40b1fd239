/* Test program: stands in for a qemu. Compiled under the name that a test needs.
 *
 * sleeper [-uuid U] ...                  sleeps until it is killed
 * sleeper ... --leader-ends              its first thread ends, a second one sleeps on
 * sleeper ... --name NAME                calls itself NAME
 * sleeper ... --open FILE                keeps the file open
 * sleeper ... --write FILE               writes one block and then sleeps; the write may hang */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void *sleep_on(void *unused) {
    for (;;)
        pause();
    return unused;
}

static void open_file(const char *path) {
    if (open(path, O_WRONLY) < 0)
        exit(1);
}

static void write_block(const char *path) {
    static _Alignas(4096) char block[4096];
    int fd = open(path, O_WRONLY | O_DIRECT | O_DSYNC);
    memset(block, 'Q', sizeof block);
    if (fd < 0 || write(fd, block, sizeof block) != (ssize_t)sizeof block)
        exit(1);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        pthread_t thread;
        if (strcmp(argv[i], "--leader-ends") == 0) {
            if (pthread_create(&thread, NULL, sleep_on, NULL) != 0)
                return 1;
            pthread_exit(NULL);
        }
        if (strcmp(argv[i], "--name") == 0 && i + 1 < argc && prctl(PR_SET_NAME, argv[i + 1]) != 0)
            return 1;
        if (strcmp(argv[i], "--open") == 0 && i + 1 < argc)
            open_file(argv[i + 1]);
        if (strcmp(argv[i], "--write") == 0 && i + 1 < argc)
            write_block(argv[i + 1]);
    }
    (void)sleep_on(NULL);
}
