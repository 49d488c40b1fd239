/* What qf-hook has to know: which VM, whether a process of it is left, and what the agent says. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "helper_list.h"
#include "hook.h"
#include "rawclock.h"

static int left_ms(int64_t deadline_ns) {
    int64_t left = deadline_ns - raw_now();
    return left <= 0 ? 0 : (int)(left / QF_NS_PER_MS) + 1;
}

/* Ready for reading or writing (or ended) by the deadline. */
static bool ready(int fd, short what, int64_t deadline_ns) {
    struct pollfd p = {.fd = fd, .events = what};
    int n;
    do {
        n = poll(&p, 1, left_ms(deadline_ns));
    } while (n < 0 && errno == EINTR);
    return n == 1;
}

/* A definition of a large VM has some 100 KiB. The UUID stands at the beginning, right after the name. */
static char xml[1024 * 1024];
static bool xml_whole;

static const char uuid_end[] = "</uuid>";
static const char mark[] = "<qf:arrival xmlns:qf=\"urn:quorumfence:hook:1\" reservation=\"";

bool xml_uuid(int fd, int64_t deadline_ns, char uuid[UUID_CHARS + 1]) {
    static const char tag[] = "<uuid>";
    size_t size = 0;
    char rest[4096];
    ssize_t n = 1;
    xml_whole = true;
    while (n > 0) {
        bool room = size < sizeof xml - 1;
        if (!ready(fd, POLLIN, deadline_ns))
            return false;
        n = room ? read(fd, xml + size, sizeof xml - 1 - size) : read(fd, rest, sizeof rest);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0 && room)
            size += (size_t)n;
        else if (n > 0)
            xml_whole = false;
    }
    xml[size] = '\0';
    const char *at = n == 0 ? strstr(xml, tag) : NULL;
    if (at == NULL || strlen(at) < sizeof tag - 1 + UUID_CHARS + 1)
        return false;
    at += sizeof tag - 1;
    return word_uuid(at, uuid) && at[UUID_CHARS] == '<';
}

uint64_t xml_reservation(void) {
    char word[24];
    uint64_t number = 0;
    const char *at = strstr(xml, mark); /* the first one: libvirt drops others of this namespace */
    size_t digits = at == NULL ? 0 : strspn(at + sizeof mark - 1, "0123456789");
    if (digits == 0 || digits >= sizeof word || at[sizeof mark - 1 + digits] != '"')
        return 0;
    memcpy(word, at + sizeof mark - 1, digits);
    word[digits] = '\0';
    return word_number(word, &number) ? number : 0;
}

/* The end of the opening tag of the domain's own metadata, or NULL. Text cannot hold a '<', nor an attribute a '>'. */
static const char *metadata(void) {
    const char *at = strstr(xml, "<metadata");
    while (at != NULL && strchr("/> \t\r\n", at[sizeof "<metadata" - 1]) == NULL)
        at = strstr(at + 1, "<metadata"); /* <metadata_cache> */
    return at == NULL ? NULL : strchr(at, '>');
}

bool xml_marked(int fd, uint64_t reservation) {
    char text[200];
    const char *open = metadata();
    const char *end = strstr(xml, uuid_end);
    const char *at = open != NULL ? open + 1 : end == NULL ? NULL : end + sizeof uuid_end - 1;
    if (!xml_whole || at == NULL || (open != NULL && open[-1] == '/'))
        return false;
    (void)snprintf(text, sizeof text, "%s\n    %s%" PRIu64 "\"/>%s", open == NULL ? "\n  <metadata>" : "", mark,
                   reservation, open == NULL ? "\n  </metadata>" : "");
    return write_whole(fd, xml, (size_t)(at - xml)) && write_whole(fd, text, strlen(text)) &&
           write_whole(fd, at, strlen(at));
}

int64_t remains_of(const char *uuid, int64_t until_ns) {
    static struct fence_request request;
    static struct listing listing;
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 50 * QF_NS_PER_MS};
    request.count = 1;
    (void)snprintf(request.vms[0], sizeof request.vms[0], "%s", uuid);
    for (;;) {
        int64_t found = listing_read(&request, false, &listing) ? 0 : -1;
        for (unsigned i = 0; i < listing.count; i++)
            if (listing.found[i].likeness == LIKE_VM || listing.found[i].likeness == LIKE_UNNAMED)
                found = listing.found[i].pid;
        /* One that is ending is soon gone; one of another VM that begins soon has its arguments. */
        if (found == 0 || raw_now() >= until_ns || nanosleep(&pause, NULL) != 0)
            return found;
    }
}

static int connected(const struct hook_conf *conf, int64_t deadline_ns, const char **why) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", conf->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        *why = "no socket can be made";
        return -1;
    }
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 20 * QF_NS_PER_MS};
    while (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        /* EAGAIN: an agent that is paused, with others waiting before us. */
        if (errno != EAGAIN || raw_now() >= deadline_ns || nanosleep(&pause, NULL) != 0) {
            *why = errno == EAGAIN ? "the agent does not answer" : "no agent runs here";
            (void)close(fd); /* never connected */
            return -1;
        }
    }
    return fd;
}

bool agent_ask(const struct hook_conf *conf, const char *line, int64_t deadline_ns, char *answer, unsigned room,
               const char **why) {
    size_t used = 0;
    int fd = connected(conf, deadline_ns, why);
    if (fd < 0)
        return false;
    *why = "the agent does not answer";
    /* The line is far smaller than a socket's buffer: it goes out whole or not at all. */
    bool whole = send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line);
    bool ended = false;
    while (whole && !ended && used < room - 1 && ready(fd, POLLIN, deadline_ns)) {
        ssize_t n = recv(fd, answer + used, room - 1 - used, 0);
        if (n > 0)
            used += (size_t)n;
        ended = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN) ||
                (used > 0 && answer[used - 1] == '\n');
    }
    (void)close(fd); /* the answer is in, or is not waited for */
    answer[used] = '\0';
    if (used == 0 || answer[used - 1] != '\n')
        return false;
    answer[used - 1] = '\0';
    return true;
}
