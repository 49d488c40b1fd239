#include "lane_probe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exits.h"

/* Accepting O_DIRECT at open is not yet doing it: only a read tells. */
static bool first_block(const struct lane_open *open, struct lane_outcome *outcome) {
    static _Alignas(LANE_BLOCK) unsigned char block[LANE_BLOCK];
    ssize_t n = pread(open->fd, block, sizeof block, 0);
    if (n == (ssize_t)sizeof block)
        return true;
    outcome->error = n < 0 ? errno : LANE_SHORT;
    (void)snprintf(outcome->text, sizeof outcome->text, "the first block cannot be read: %s",
                   n < 0 ? strerror(errno) : "the storage is too short");
    return false;
}

int lane_probe(const char *storage, const struct lane_target *target) {
    struct lane_open open;
    struct lane_outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    outcome.error = lane_target_open(target, &open, &outcome);
    bool usable = outcome.error == 0 && first_block(&open, &outcome);
    if (open.fd >= 0)
        (void)close(open.fd); /* only read from */
    /* The text holds our words and strerror's only: nothing in it needs escaping. */
    int printed = printf("{\"storage\":\"%s\",\"usable\":%s,\"error\":%" PRId32 ",\"size\":%" PRIu64
                         ",\"blockDevice\":%s,\"direct\":%s,\"text\":\"%s\"}\n",
                         storage, usable ? "true" : "false", outcome.error, open.size,
                         open.block_device ? "true" : "false", usable && open.direct ? "true" : "false",
                         outcome.text);
    if (printed < 0 || fflush(stdout) != 0)
        return EXIT_UNAVAILABLE;
    return usable ? EXIT_OK : EXIT_UNAVAILABLE;
}
