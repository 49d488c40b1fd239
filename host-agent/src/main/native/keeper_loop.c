#include "keeper_loop.h"

#include <time.h>

#include "keeper_rule.h"
#include "rawclock.h"

int64_t keeper_period_ns(uint64_t timeout_ms) {
    uint64_t ms = timeout_ms / 4;
    if (ms > 250)
        ms = 250;
    return (int64_t)(ms < 1 ? 1 : ms) * QF_NS_PER_MS;
}

static void set_flag(struct keeper_shm *shm, uint64_t flag, bool on) {
    uint64_t flags = atomic_load(&shm->flags);
    uint64_t wanted = on ? flags | flag : flags & ~flag;
    if (wanted != flags)
        atomic_store(&shm->flags, wanted); /* load and store apart: nobody else writes this word */
}

static enum keeper_decision decide(struct keeper_shm *shm, uint64_t *incarnation) {
    /* The order of the three reads matters. The clock first: a pause after it is a pause between check and feed,
     * which the "2 * T_wd" of the takeover time covers. Read last, it would turn the same pause into a latch although
     * the agent had renewed meanwhile. The incarnation before the expiry: the agent stores a new incarnation's expiry
     * BEFORE its counter, so whoever sees the new counter sees no expiry that belongs to the old one. */
    int64_t now = raw_now();
    *incarnation = atomic_load_explicit(&shm->incarnation, memory_order_acquire);
    int64_t expiry = atomic_load_explicit(&shm->expiry_ns, memory_order_acquire);
    uint64_t latched = atomic_load_explicit(&shm->latched, memory_order_relaxed); /* our own word */
    bool zero = (atomic_load_explicit(&shm->flags, memory_order_relaxed) & KEEPER_FLAG_ZERO_LATCHED) != 0;
    return keeper_decide(now, expiry, *incarnation, latched, zero);
}

static void latch(struct keeper_shm *shm, uint64_t incarnation) {
    /* The time before the counter: whoever sees the latch finds its time already there. */
    atomic_store_explicit(&shm->latched_at_ns, raw_now(), memory_order_release);
    if (incarnation == 0)
        set_flag(shm, KEEPER_FLAG_ZERO_LATCHED, true);
    else
        atomic_store_explicit(&shm->latched, incarnation, memory_order_release);
}

bool keeper_may_open(struct keeper_shm *shm) {
    uint64_t incarnation = 0;
    enum keeper_decision decision = decide(shm, &incarnation);
    if (decision == KEEPER_LATCH)
        latch(shm, incarnation);
    return decision == KEEPER_FEED;
}

/* The feed follows its check without a second look: a pause in between lets one feed through, late by the length of
 * the pause. No check can close that, only shorten it; T_takeover counts T_wd twice for it. The next tick checks
 * again, so it stays at one. */
static void feed(struct keeper_shm *shm, struct keeper_watchdog *watchdog) {
    bool fed = keeper_watchdog_feed(watchdog);
    set_flag(shm, KEEPER_FLAG_OPEN, watchdog->fd >= 0);
    if (!fed)
        return;
    atomic_store_explicit(&shm->last_feed_ns, raw_now(), memory_order_release);
    atomic_store_explicit(&shm->feeds, atomic_load_explicit(&shm->feeds, memory_order_relaxed) + 1,
                          memory_order_release);
}

/* Orderly stop. Race closed here: the agent arms (stores an expiry) while we are about to disarm. Both sides store
 * first and look second, sequentially consistent: we take the OPEN flag down and then read the expiry, the agent
 * stores the expiry and then reads the OPEN flag. At least one of the two sees the other; never do we leave while
 * the agent believes that it is guarded. */
static bool stop(struct keeper_shm *shm, struct keeper_watchdog *watchdog, bool latched) {
    if (atomic_load(&shm->stop_request) != 1 || atomic_load(&shm->expiry_ns) != KEEPER_NO_EXPIRY)
        return false;
    /* A driver that never disarms would reset a healthy host for our politeness. */
    if (watchdog->nowayout)
        return false;
    /* After a latch the reset is owed: an expiry set back to "none" and a stop must not buy it off. */
    if (latched && watchdog->kind != KEEPER_KIND_NONE)
        return false;
    set_flag(shm, KEEPER_FLAG_OPEN, false);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&shm->expiry_ns) == KEEPER_NO_EXPIRY && keeper_watchdog_disarm(watchdog)) {
        atomic_store(&shm->keeper_pid, 0);
        return true;
    }
    set_flag(shm, KEEPER_FLAG_OPEN, watchdog->fd >= 0);
    return false;
}

/* True: stopped in order. */
static bool tick(struct keeper_shm *shm, struct keeper_watchdog *watchdog) {
    uint64_t incarnation = 0;
    enum keeper_decision decision = decide(shm, &incarnation);
    if (decision == KEEPER_FEED)
        feed(shm, watchdog);
    else if (decision == KEEPER_LATCH)
        latch(shm, incarnation);
    atomic_store_explicit(&shm->tick_ns, raw_now(), memory_order_release);
    return stop(shm, watchdog, decision != KEEPER_FEED);
}

/* The longest time between two ticks: what pressure on the host does to the feeding, for people. */
static int64_t note_gap(struct keeper_shm *shm, int64_t last) {
    int64_t now = raw_now();
    if (last != 0 && now - last > atomic_load_explicit(&shm->worst_gap_ns, memory_order_relaxed))
        atomic_store_explicit(&shm->worst_gap_ns, now - last, memory_order_relaxed);
    return now;
}

void keeper_loop(const struct keeper_page *page, struct keeper_watchdog *watchdog, struct keeper_door *door) {
    const int64_t period_ns = keeper_period_ns(watchdog->timeout_ms);
    const struct timespec period = {.tv_sec = period_ns / QF_NS_PER_S, .tv_nsec = period_ns % QF_NS_PER_S};
    int64_t last = 0;
    while (!tick(page->shm, watchdog)) {
        last = note_gap(page->shm, last);
        /* Behind the tick: the successor's first one comes a period later at most. */
        if (keeper_door_look(door, page, watchdog))
            return;
        /* An interrupted sleep makes the next tick early, which is harmless; hence no look at the result. */
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &period, NULL);
    }
    keeper_door_close(door);
}
