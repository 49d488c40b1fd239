#include "keeper_handover.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "rawclock.h"

#define HANDOVER_MAGIC UINT64_C(0x314F48464B514651)
#define GUEST_LIMIT_NS (INT64_C(5) * QF_NS_PER_S)

static const char word_ready = 'R';
static const char word_yours = 'Y';

/* What goes with the descriptors; a newer version may append. */
struct handover {
    uint64_t magic;
    uint64_t kind;
    uint64_t timeout_ms;
    uint64_t nowayout;
    uint64_t has_watchdog;
};

static char door_path[sizeof((struct sockaddr_un *)0)->sun_path];

static bool address_of(const char *shm, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    int length = snprintf(address->sun_path, sizeof address->sun_path, "%s.door", shm);
    return length > 0 && (size_t)length < sizeof address->sun_path;
}

bool keeper_door_open(struct keeper_door *door, const char *shm, const char **why) {
    struct sockaddr_un address;
    door->listener = -1;
    door->guest = -1;
    if (!address_of(shm, &address)) {
        *why = "the path of its page is too long for a socket beside it";
        return false;
    }
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        *why = strerror(errno);
        return false;
    }
    (void)unlink(address.sun_path); /* a predecessor's: the lock of the page is ours, so nobody listens there */
    mode_t before = umask(0177);
    bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0;
    if (!bound)
        *why = strerror(errno);
    (void)umask(before); /* it returns the old mask and cannot fail */
    if (!bound) {
        (void)close(fd); /* nothing was said over it */
        return false;
    }
    memcpy(door_path, address.sun_path, sizeof door_path);
    door->listener = fd;
    return true;
}

void keeper_door_close(struct keeper_door *door) {
    if (door->listener >= 0) {
        (void)unlink(door_path);        /* a left-over is removed by the next keeper */
        (void)close(door->listener);
        door->listener = -1;
    }
}

static void show_out(struct keeper_door *door) {
    (void)close(door->guest); /* a guest that went, or that we do not want */
    door->guest = -1;
}

static bool send_all(int to, const struct keeper_page *page, const struct keeper_watchdog *watchdog) {
    struct handover words = {HANDOVER_MAGIC, watchdog->kind, watchdog->timeout_ms, watchdog->nowayout ? 1 : 0,
                             watchdog->fd >= 0 ? 1 : 0};
    int fds[2] = {page->lock, watchdog->fd};
    size_t count = watchdog->fd >= 0 ? 2 : 1;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {&words, sizeof words};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
    return sendmsg(to, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof words;
}

/* The directory is its owner's alone, and this asks once more: whoever gets the device could keep the host from ever
 * being reset. */
static bool is_one_of_us(int fd) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

static void let_in(struct keeper_door *door, const struct keeper_page *page, const struct keeper_watchdog *watchdog) {
    int fd = accept4(door->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return; /* EAGAIN nearly always */
    door->guest = fd;
    door->guest_since_ns = raw_now();
    if (!is_one_of_us(fd) || !send_all(fd, page, watchdog))
        show_out(door);
}

bool keeper_door_look(struct keeper_door *door, const struct keeper_page *page,
                      const struct keeper_watchdog *watchdog) {
    char word = 0;
    if (door->listener < 0)
        return false;
    if (door->guest < 0) {
        let_in(door, page, watchdog);
        return false;
    }
    ssize_t n = recv(door->guest, &word, 1, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (raw_now() - door->guest_since_ns > GUEST_LIMIT_NS)
            show_out(door);
        return false;
    }
    if (n != 1 || word != word_ready) {
        show_out(door); /* it died before it was ready: nothing has changed */
        return false;
    }
    atomic_store(&page->shm->handovers, atomic_load(&page->shm->handovers) + 1);
    /* From the moment this is sent both page and device are the guest's. */
    if (send(door->guest, &word_yours, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
        return true;
    show_out(door);
    return false;
}

static bool receive(int from, struct handover *words, int fds[2], size_t *count) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {words, sizeof *words};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) < (ssize_t)sizeof *words || words->magic != HANDOVER_MAGIC)
        return false;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len < CMSG_LEN(sizeof(int)))
        return false;
    *count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), *count * sizeof(int));
    return *count == (words->has_watchdog == 1 ? 2 : 1);
}

bool keeper_handover_ask(const char *shm, struct keeper_page *page, struct keeper_watchdog *watchdog, int *conversation,
                         const char **why) {
    struct sockaddr_un address;
    struct handover words;
    int fds[2] = {-1, -1};
    size_t count = 0;
    const struct timeval limit = {.tv_sec = 4, .tv_usec = 0};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || !address_of(shm, &address) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        *why = "no keeper there can be asked: none runs, or it is too old to hand over";
        return false;
    }
    if (!receive(fd, &words, fds, &count)) {
        *why = "the running keeper did not hand over";
        return false;
    }
    if (words.kind != watchdog->kind) {
        *why = "the running keeper guards with another kind of watchdog; the kind changes with a boot";
        return false;
    }
    watchdog->timeout_ms = words.timeout_ms;
    watchdog->nowayout = words.nowayout == 1;
    watchdog->fd = count == 2 ? fds[1] : -1;
    *conversation = fd;
    return keeper_shm_inherit(fds[0], page, why);
}

bool keeper_handover_take(int conversation) {
    char word = 0;
    return send(conversation, &word_ready, 1, MSG_NOSIGNAL) == 1 && recv(conversation, &word, 1, 0) == 1 &&
           word == word_yours;
}
