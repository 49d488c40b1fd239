/*
 * qf-stallfs: a pass-through FUSE server that can be told to misbehave like a shared storage does.
 *
 *   qf-stallfs --backing DIR --mount DIR --control SOCKET [--log FILE] [--cached]
 *   qf-stallfs --to SOCKET COMMAND...
 *
 * A hung request has been TAKEN from the kernel and its answer is withheld. The caller therefore is in true D state
 * once it was signalled (the kernel lets a process die only while the server has not taken its request), and the
 * write can land long after its author was killed, as on a real fabric.
 *
 * Nothing is cached: every open is direct I/O, attributes and names live for 0 s, O_DIRECT and O_DSYNC go down to
 * the backing file as they are. --cached is for a host's private disk (mmap works there); writes still pass through
 * at once.
 *
 * Commands, one line each over the control socket; PREFIX is a path below the mount ("/quorumfence.cell"), default all:
 *   hang [all|writes] [PREFIX]          withhold the answers from now on
 *   land [PREFIX]                       carry out what is withheld; later requests still hang
 *   drop [PREFIX]                       answer what is withheld with EIO, nothing lands; later requests still hang
 *   release [drop] [PREFIX]             land (or drop) what is withheld and hang no more
 *   fail EIO|EROFS|ENOSPC|... [all|writes] [PREFIX]
 *   slow MS [all|writes] [PREFIX]
 *   ok [PREFIX]                         forget the rules for PREFIX (all without it) and land what is withheld
 *   status                              one JSON line
 * Several rules may stand; the longest matching prefix wins, the later one among equals.
 */
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include "stallfs.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <fuse3/fuse_lowlevel.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <dirent.h>

static int backing = -1; /* O_PATH descriptor of the backing directory */
static int cached;

/* Paths arrive absolute within the mount; "/" itself is the backing directory. */
static const char *below(const char *path) { return path[1] ? path + 1 : "."; }

#define GATE(path, op, off, len)                                                                                       \
    do {                                                                                                               \
        int gate_errno = gate_pass(path, op, off, len);                                                                \
        if (gate_errno) return -gate_errno;                                                                            \
    } while (0)
#define ANSWER(call) return (call) == -1 ? -errno : 0

static void *fs_init(struct fuse_conn_info *conn, struct fuse_config *cfg) {
    conn->want &= ~(FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_ASYNC_DIO | FUSE_CAP_ASYNC_READ | FUSE_CAP_AUTO_INVAL_DATA);
    conn->max_readahead = 0;
    cfg->direct_io = !cached;
    cfg->kernel_cache = 0;
    cfg->entry_timeout = cfg->attr_timeout = cfg->negative_timeout = 0;
    cfg->nullpath_ok = 0;
    cfg->hard_remove = 1;
    cfg->use_ino = 1;
    return NULL;
}

static int fs_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
    GATE(path, OP_OTHER, 0, 0);
    if (fi) ANSWER(fstat((int)fi->fh, st));
    ANSWER(fstatat(backing, below(path), st, AT_SYMLINK_NOFOLLOW));
}

static int fs_readlink(const char *path, char *buf, size_t size) {
    GATE(path, OP_OTHER, 0, 0);
    ssize_t n = readlinkat(backing, below(path), buf, size - 1);
    if (n < 0) return -errno;
    buf[n] = 0;
    return 0;
}

static int fs_mkdir(const char *path, mode_t mode) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(mkdirat(backing, below(path), mode));
}
static int fs_mknod(const char *path, mode_t mode, dev_t dev) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(mknodat(backing, below(path), mode, dev));
}
static int fs_unlink(const char *path) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(unlinkat(backing, below(path), 0));
}
static int fs_rmdir(const char *path) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(unlinkat(backing, below(path), AT_REMOVEDIR));
}
static int fs_symlink(const char *target, const char *path) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(symlinkat(target, backing, below(path)));
}
static int fs_link(const char *from, const char *to) {
    GATE(to, OP_WRITE, 0, 0);
    ANSWER(linkat(backing, below(from), backing, below(to), 0));
}
static int fs_rename(const char *from, const char *to, unsigned flags) {
    GATE(from, OP_WRITE, 0, 0);
    ANSWER(renameat2(backing, below(from), backing, below(to), flags));
}
static int fs_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, 0, 0);
    if (fi) ANSWER(fchmod((int)fi->fh, mode));
    ANSWER(fchmodat(backing, below(path), mode, 0));
}
static int fs_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, 0, 0);
    if (fi) ANSWER(fchown((int)fi->fh, uid, gid));
    ANSWER(fchownat(backing, below(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}
static int fs_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, 0, 0);
    if (fi) ANSWER(futimens((int)fi->fh, times));
    ANSWER(utimensat(backing, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, size, 0);
    if (fi) ANSWER(ftruncate((int)fi->fh, size));
    int fd = openat(backing, below(path), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    int answer = ftruncate(fd, size) ? -errno : 0;
    close(fd);
    return answer;
}

static int open_backing(const char *path, struct fuse_file_info *fi, int flags, mode_t mode) {
    /* O_APPEND stays with the kernel above, which sends absolute offsets. */
    flags = (flags & ~(O_APPEND | O_NOFOLLOW)) | O_CLOEXEC;
    int fd = openat(backing, below(path), flags, mode);
    if (fd < 0 && errno == EINVAL && (flags & O_DIRECT)) fd = openat(backing, below(path), flags & ~O_DIRECT, mode);
    if (fd < 0) return -errno;
    fi->fh = (uint64_t)fd;
    return 0;
}
static int fs_open(const char *path, struct fuse_file_info *fi) {
    GATE(path, fi->flags & O_TRUNC ? OP_WRITE : OP_OTHER, 0, 0);
    return open_backing(path, fi, fi->flags & ~(O_CREAT | O_EXCL), 0);
}
static int fs_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, 0, 0);
    return open_backing(path, fi, fi->flags | O_CREAT, mode);
}

/* The kernel hands data over at any address; a backing file opened O_DIRECT needs an aligned one. */
static char *aligned(size_t size) {
    void *p = NULL;
    return posix_memalign(&p, 4096, (size + 4095) & ~(size_t)4095) ? NULL : p;
}

static int fs_read(const char *path, char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
    GATE(path, OP_READ, off, size);
    char *block = aligned(size);
    if (!block) return -ENOMEM;
    ssize_t n = pread((int)fi->fh, block, size, off);
    int answer = n < 0 ? -errno : (int)n;
    if (n > 0) memcpy(buf, block, (size_t)n);
    free(block);
    return answer;
}

static int fs_write(const char *path, const char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
    char *block = aligned(size);
    if (!block) return -ENOMEM;
    memcpy(block, buf, size);
    int refused = gate_pass(path, OP_WRITE, off, size);
    int answer = -refused;
    if (!refused) {
        ssize_t n = pwrite((int)fi->fh, block, size, off);
        answer = n < 0 ? -errno : (int)n;
    }
    free(block);
    return answer;
}

static int fs_statfs(const char *path, struct statvfs *st) {
    GATE(path, OP_OTHER, 0, 0);
    ANSWER(fstatvfs(backing, st));
}
static int fs_flush(const char *path, struct fuse_file_info *fi) {
    (void)path, (void)fi; /* a close never hangs by itself here: the writes before it did */
    return 0;
}
static int fs_release(const char *path, struct fuse_file_info *fi) {
    (void)path;
    close((int)fi->fh);
    return 0;
}
static int fs_fsync(const char *path, int datasync, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, 0, 0);
    ANSWER(datasync ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}
static int fs_fallocate(const char *path, int mode, off_t off, off_t len, struct fuse_file_info *fi) {
    GATE(path, OP_WRITE, off, (size_t)len);
    ANSWER(fallocate((int)fi->fh, mode, off, len));
}
static off_t fs_lseek(const char *path, off_t off, int whence, struct fuse_file_info *fi) {
    GATE(path, OP_OTHER, off, 0);
    off_t at = lseek((int)fi->fh, off, whence);
    return at < 0 ? -errno : at;
}

static int fs_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t off, struct fuse_file_info *fi,
                      enum fuse_readdir_flags flags) {
    (void)off, (void)fi, (void)flags;
    GATE(path, OP_OTHER, 0, 0);
    int fd = openat(backing, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) return -errno;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st = {.st_ino = e->d_ino, .st_mode = (mode_t)e->d_type << 12};
        fill(buf, e->d_name, &st, 0, 0);
    }
    closedir(dir);
    return 0;
}

static const struct fuse_operations OPERATIONS = {
    .init = fs_init,       .getattr = fs_getattr, .readlink = fs_readlink, .mkdir = fs_mkdir,
    .mknod = fs_mknod,     .unlink = fs_unlink,   .rmdir = fs_rmdir,       .symlink = fs_symlink,
    .link = fs_link,       .rename = fs_rename,   .chmod = fs_chmod,       .chown = fs_chown,
    .utimens = fs_utimens, .open = fs_open,       .create = fs_create,     .truncate = fs_truncate,
    .read = fs_read,       .write = fs_write,     .statfs = fs_statfs,     .flush = fs_flush,
    .release = fs_release, .fsync = fs_fsync,     .readdir = fs_readdir,   .fallocate = fs_fallocate,
    .lseek = fs_lseek,
};

static int usage(void) {
    fputs("usage: qf-stallfs --backing DIR --mount DIR --control SOCKET [--log FILE] [--cached]\n"
          "       qf-stallfs --to SOCKET COMMAND...\n",
          stderr);
    return 2;
}

static int serve(const char *mount_dir, const char *control, const char *log) {
    char *argv[] = {"qf-stallfs", "-o", "fsname=qf-stallfs,subtype=qf-stallfs,allow_other,default_permissions", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(3, argv);
    struct fuse *fuse = fuse_new(&args, &OPERATIONS, sizeof OPERATIONS, NULL);
    if (!fuse || fuse_mount(fuse, mount_dir)) return 1;
    /* After the fork: the control thread must live in the daemon. The mount exists when the caller continues. */
    if (fuse_daemonize(0) || gate_listen(control, log)) return 1;
    signal(SIGPIPE, SIG_IGN);
    struct fuse_loop_config *loop = fuse_loop_cfg_create();
    /* A withheld request keeps its thread; the rest of the storage must go on. */
    fuse_loop_cfg_set_max_threads(loop, 2000);
    fuse_loop_cfg_set_idle_threads(loop, 8);
    fuse_loop_cfg_set_clone_fd(loop, 0);
    int failed = fuse_loop_mt(fuse, loop);
    fuse_unmount(fuse);
    return failed ? 1 : 0;
}

int main(int argc, char **argv) {
    const char *dir = NULL, *mount_dir = NULL, *control = NULL, *log = NULL;
    if (argc > 3 && !strcmp(argv[1], "--to")) return gate_send(argv[2], argc - 3, argv + 3);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--cached")) {
            cached = 1;
            continue;
        }
        if (i + 1 == argc) return usage();
        if (!strcmp(argv[i], "--backing")) dir = argv[++i];
        else if (!strcmp(argv[i], "--mount")) mount_dir = argv[++i];
        else if (!strcmp(argv[i], "--control")) control = argv[++i];
        else if (!strcmp(argv[i], "--log")) log = argv[++i];
        else return usage();
    }
    if (!dir || !mount_dir || !control) return usage();
    backing = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (backing < 0) {
        fprintf(stderr, "qf-stallfs: cannot open the backing directory %s: %s\n", dir, strerror(errno));
        return 1;
    }
    /* fstatvfs wants a real descriptor */
    int real = openat(backing, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (real >= 0) backing = real;
    umask(0);
    return serve(mount_dir, control, log);
}
