/*
 * qf-loopvm: the "VM" of a loopback cell, a plain process, and one half of the two-writer detector.
 *
 *   qf-loopvm -uuid UUID -name guest=NAME -host HOST -slot N -disk FILE
 *
 * Writes what the lab's real guest writes: every 200 ms one block of 4096 bytes to its host's own place on the shared
 * file, with the host's name, a nonce of this start and a counter. Two hosts that run the same VM write side by side.
 * Block: "QFGUEST1 host=h1 nonce=0123456789abcdef counter=17\n", zero padded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define BLOCK 4096

static const char *value_of(int argc, char **argv, const char *option) {
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], option)) return argv[i + 1];
    return NULL;
}

int main(int argc, char **argv) {
    static char block[BLOCK];
    unsigned long long nonce = 0;
    const char *host = value_of(argc, argv, "-host"), *slot = value_of(argc, argv, "-slot");
    const char *disk = value_of(argc, argv, "-disk");
    if (!host || !slot || !disk || !value_of(argc, argv, "-uuid") || atol(slot) < 1) {
        fputs("usage: qf-loopvm -uuid UUID -name guest=NAME -host HOST -slot N -disk FILE\n", stderr);
        return 64;
    }
    int fd = open(disk, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || getrandom(&nonce, sizeof nonce, 0) != sizeof nonce) {
        fprintf(stderr, "qf-loopvm: %s: %s\n", disk, strerror(errno));
        return 69;
    }
    for (unsigned long counter = 1;; counter++) {
        memset(block, 0, sizeof block);
        snprintf(block, sizeof block, "QFGUEST1 host=%s nonce=%016llx counter=%lu\n", host, nonce, counter);
        if (pwrite(fd, block, sizeof block, BLOCK * atol(slot)) != BLOCK) perror("qf-loopvm: a write failed");
        usleep(200000);
    }
}
