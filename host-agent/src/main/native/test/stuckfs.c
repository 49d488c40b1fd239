/* Test program: a FUSE file system with one file, "f", which is a file elsewhere. It can TAKE a write and withhold the
 * answer: the writer then sits in the kernel in uninterruptible sleep, SIGKILL or not, and the write lands late.
 *
 * stuckfs BACKING DIR    prints "ready" once mounted
 * SIGUSR1                writes, and the flushes of a close, are withheld from now on; "held" is printed for each
 * SIGUSR2                the withheld ones are done and answered, new ones again at once
 * SIGTERM                unmounts and ends (the kernel fails what is still open)
 *
 * Speaks to /dev/fuse itself, so that the tests need no library. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_WRITE (128 * 1024)
#define MAX_HELD 64

struct held {
    uint64_t unique;
    struct fuse_write_in in;
    char *data;
};

static int fuse;
static int backing;
static bool holding;
static struct held held[MAX_HELD];
static int held_count;

static void answer(uint64_t unique, int error, const void *data, size_t size) {
    struct fuse_out_header head = {.len = (uint32_t)(sizeof head + size), .error = -error, .unique = unique};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, size}};
    if (writev(fuse, parts, 2) < 0 && errno != ENOENT)
        perror("stuckfs: answer");
}

static void attributes(uint64_t node, struct fuse_attr *attr) {
    struct stat st;
    memset(attr, 0, sizeof *attr);
    attr->ino = node;
    attr->nlink = 1;
    attr->mode = S_IFDIR | 0755;
    attr->blksize = 4096;
    if (node == 2 && fstat(backing, &st) == 0) {
        attr->mode = S_IFREG | 0644;
        attr->size = (uint64_t)st.st_size;
        attr->blocks = (uint64_t)st.st_blocks;
    }
}

static void do_write(uint64_t unique, const struct fuse_write_in *in, const char *data) {
    struct fuse_write_out out = {0};
    ssize_t n = pwrite(backing, data, in->size, (off_t)in->offset);
    out.size = n < 0 ? 0 : (uint32_t)n;
    answer(unique, n < 0 ? errno : 0, &out, n < 0 ? 0 : sizeof out);
}

/* A flush has no data (in == NULL). */
static void hold(uint64_t unique, const struct fuse_write_in *in, const char *data) {
    struct held *h = &held[held_count++];
    if (held_count == MAX_HELD)
        exit(1);
    h->unique = unique;
    h->data = NULL;
    if (in != NULL) {
        h->in = *in;
        h->data = malloc(in->size);
        if (h->data == NULL)
            exit(1);
        memcpy(h->data, data, in->size);
    }
    printf("held\n");
}

static void release_all(void) {
    holding = false;
    for (int i = 0; i < held_count; i++) {
        if (held[i].data == NULL)
            answer(held[i].unique, 0, NULL, 0);
        else
            do_write(held[i].unique, &held[i].in, held[i].data);
        free(held[i].data);
    }
    held_count = 0;
}

static void do_read(uint64_t unique, const struct fuse_read_in *in) {
    static char data[MAX_WRITE];
    ssize_t n = pread(backing, data, in->size < MAX_WRITE ? in->size : MAX_WRITE, (off_t)in->offset);
    answer(unique, n < 0 ? errno : 0, data, n < 0 ? 0 : (size_t)n);
}

static void serve(struct fuse_in_header *head, const char *body) {
    struct fuse_init_out init = {.major = 7, .minor = 31, .max_write = MAX_WRITE, .flags = FUSE_BIG_WRITES};
    struct fuse_entry_out entry = {.nodeid = 2};
    struct fuse_attr_out attr = {0};
    struct fuse_open_out open = {0};
    const struct fuse_write_in *write = (const void *)body;
    switch (head->opcode) {
    case FUSE_INIT: answer(head->unique, 0, &init, sizeof init); break;
    case FUSE_LOOKUP:
        attributes(2, &entry.attr);
        answer(head->unique, strcmp(body, "f") == 0 ? 0 : ENOENT, &entry, strcmp(body, "f") == 0 ? sizeof entry : 0);
        break;
    case FUSE_SETATTR:
    case FUSE_GETATTR:
        attributes(head->nodeid, &attr.attr);
        answer(head->unique, 0, &attr, sizeof attr);
        break;
    case FUSE_OPEN:
    case FUSE_OPENDIR: answer(head->unique, 0, &open, sizeof open); break;
    case FUSE_READ: do_read(head->unique, (const void *)body); break;
    case FUSE_WRITE:
        if (holding)
            hold(head->unique, write, body + sizeof *write);
        else
            do_write(head->unique, write, body + sizeof *write);
        break;
    case FUSE_FLUSH:
        if (holding)
            hold(head->unique, NULL, NULL);
        else
            answer(head->unique, 0, NULL, 0);
        break;
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FSYNC: answer(head->unique, 0, NULL, 0); break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: break; /* want no answer */
    default: answer(head->unique, ENOSYS, NULL, 0);
    }
}

static int mount_at(const char *dir) {
    char options[128];
    fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fuse < 0)
        return -1;
    (void)snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
    return mount("stuckfs", dir, "fuse", MS_NOSUID | MS_NODEV, options);
}

/* False: SIGTERM. */
static bool on_signal(int signals) {
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    if (info.ssi_signo == SIGUSR1) {
        holding = true;
        printf("holding\n");
    }
    if (info.ssi_signo == SIGUSR2) {
        release_all();
        printf("released\n");
    }
    return info.ssi_signo != SIGTERM;
}

int main(int argc, char **argv) {
    static char request[MAX_WRITE + 4096];
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 3 || (backing = open(argv[1], O_RDWR | O_CLOEXEC)) < 0 ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0 || mount_at(argv[2]) != 0) {
        perror("stuckfs");
        return 1;
    }
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    printf("ready\n");
    for (bool run = true; run;) {
        struct pollfd p[2] = {{fuse, POLLIN, 0}, {signals, POLLIN, 0}};
        if (poll(p, 2, -1) < 0)
            break;
        if ((p[1].revents & POLLIN) != 0)
            run = on_signal(signals);
        if ((p[0].revents & POLLERR) != 0)
            return 0; /* unmounted by somebody else */
        if ((p[0].revents & POLLIN) == 0)
            continue;
        ssize_t n = read(fuse, request, sizeof request);
        if (n < 0 && errno == ENODEV)
            return 0;
        if (n >= (ssize_t)sizeof(struct fuse_in_header))
            serve((void *)request, request + sizeof(struct fuse_in_header));
    }
    return umount2(argv[2], MNT_DETACH) == 0 ? 0 : 1;
}
