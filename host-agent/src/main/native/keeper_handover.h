/* How a newer keeper takes page and watchdog over from the one that runs, without a moment in which nobody holds the
 * device: the descriptors go over a local socket, and the old one lets go only when the new one is ready to feed. */
#ifndef QF_KEEPER_HANDOVER_H
#define QF_KEEPER_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper_shm.h"
#include "keeper_watchdog.h"

/* The running keeper's side. */
struct keeper_door {
    int listener; /* -1: nobody can ask */
    int guest;    /* -1: nobody has asked */
    int64_t guest_since_ns;
};

/* Beside the page, for its owner alone. Without one the keeper works, it only cannot be taken over. */
bool keeper_door_open(struct keeper_door *door, const char *shm, const char **why);

/* One look a tick; never waits. True: the guest owns page and watchdog, and the caller touches neither any more. */
bool keeper_door_look(struct keeper_door *door, const struct keeper_page *page,
                      const struct keeper_watchdog *watchdog);

/* After an orderly stop. */
void keeper_door_close(struct keeper_door *door);

/* The newer keeper's side: connects, and receives page and watchdog. Nothing is ours yet. False: *why. */
bool keeper_handover_ask(const char *shm, struct keeper_page *page, struct keeper_watchdog *watchdog, int *conversation,
                         const char **why);

/* Says that we are ready, and waits for the old one to let go. False: it did not, and goes on feeding. */
bool keeper_handover_take(int conversation);

#endif
