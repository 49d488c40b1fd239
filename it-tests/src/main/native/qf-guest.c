/*
 * qf-guest: the only program in a lab VM, its PID 1, and one half of the two-writer detector.
 *
 * Every 200 ms it writes one 4096-byte block to its own place on the shared disk, O_DIRECT: which host it runs on, a
 * nonce of this boot, a counter. The place is chosen by host (qf.slot=N on the kernel command line), so two hosts that
 * run the same VM write side by side, and whoever samples the disk from outside sees both counters move.
 * Block: "QFGUEST1 host=h1 nonce=0123456789abcdef counter=17 uptime=1.234\n", zero padded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char command_line[4096];

static void say(const char *text) {
    int error = errno, fd = open("/dev/console", O_WRONLY);
    if (fd < 0) return;
    dprintf(fd, "qf-guest: %s (errno %d, %s)\n", text, error, strerror(error));
    close(fd);
}

static const char *parameter(const char *name, const char *fallback) {
    static char value[4][128];
    static int turn;
    const char *at = strstr(command_line, name);
    if (!at) return fallback;
    char *out = value[turn++ % 4];
    sscanf(at + strlen(name), "%127s", out);
    return out;
}

/* The initramfs holds the modules in the order in which they must be loaded, named 00.ko, 01.ko, ... */
static void load_modules(void) {
    for (int i = 0; i < 32; i++) {
        char path[32];
        snprintf(path, sizeof path, "/modules/%02d.ko", i);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return;
        if (syscall(SYS_finit_module, fd, "", 0)) say("a module did not load");
        close(fd);
    }
}

static double uptime(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_for_ever(int disk, int slot, const char *host) {
    unsigned char seed[8] = {0};
    void *block = NULL;
    if (getrandom(seed, sizeof seed, GRND_NONBLOCK) < (ssize_t)sizeof seed) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        memcpy(seed, &t.tv_nsec, sizeof seed);
    }
    if (posix_memalign(&block, 4096, 4096)) return;
    for (unsigned long counter = 1;; counter++) {
        memset(block, 0, 4096);
        snprintf(block, 4096, "QFGUEST1 host=%s nonce=%02x%02x%02x%02x%02x%02x%02x%02x counter=%lu uptime=%.3f\n", host,
                 seed[0], seed[1], seed[2], seed[3], seed[4], seed[5], seed[6], seed[7], counter, uptime());
        if (pwrite(disk, block, 4096, 4096L * slot) != 4096) say("a write failed");
        usleep(200000);
    }
}

int main(void) {
    mkdir("/proc", 0755), mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    int fd = open("/proc/cmdline", O_RDONLY);
    if (fd >= 0 && read(fd, command_line, sizeof command_line - 1) < 0) say("no command line");
    load_modules();
    const char *host = parameter("qf.host=", "?");
    int slot = atoi(parameter("qf.slot=", "0")), disk = -1;
    for (int tries = 0; disk < 0 && tries < 1000; tries++) {
        disk = open("/dev/vda", O_WRONLY | O_DIRECT | O_DSYNC);
        if (disk < 0) usleep(5000);
    }
    if (disk < 0) say("no disk /dev/vda");
    else say("writing");
    write_for_ever(disk, slot, host);
    reboot(LINUX_REBOOT_CMD_POWER_OFF);
    return 0;
}
