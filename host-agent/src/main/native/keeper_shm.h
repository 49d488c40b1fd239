/* The words that the agent and the keeper share: a file of one page on tmpfs, mapped by both. Layout version 1.
 *
 * Every word is written by ONE side only. Release on store, acquire on load; where two words argue with each other
 * (arming against stopping) sequential consistency, see keeper_loop.c. */
#ifndef QF_KEEPER_SHM_H
#define QF_KEEPER_SHM_H

#include <endian.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEEPER_SHM_SIZE 4096
#define KEEPER_MAGIC UINT64_C(0x3130504B46514B51)
#define KEEPER_LAYOUT UINT64_C(1)
#define KEEPER_NO_EXPIRY INT64_MAX

#define KEEPER_KIND_NONE UINT64_C(0)
#define KEEPER_KIND_DEVICE UINT64_C(1)
#define KEEPER_KIND_FIFO UINT64_C(2)

#define KEEPER_FLAG_OPEN UINT64_C(1)         /* the watchdog is open: its clock runs */
#define KEEPER_FLAG_DISARM UINT64_C(2)       /* it can be disarmed in order ('V' before the close) */
#define KEEPER_FLAG_ZERO_LATCHED UINT64_C(4) /* expired while the agent had not named an incarnation yet */
#define KEEPER_FLAG_NOWAYOUT UINT64_C(8)     /* the driver never disarms: there is no orderly stop */

#define KEEPER_BOOT_UNKNOWN UINT64_C(0)
#define KEEPER_BOOT_ORDINARY UINT64_C(1)
#define KEEPER_BOOT_BY_WATCHDOG UINT64_C(2)

#define KEEPER_IDENTITY_SIZE 32

struct keeper_shm {
    _Atomic uint64_t magic;          /*   0 keeper, last of the initialisation */
    _Atomic uint64_t layout;         /*   8 keeper */
    _Atomic uint64_t keeper_pid;     /*  16 keeper */
    _Atomic int64_t tick_ns;         /*  24 keeper, each tick */
    _Atomic uint64_t feeds;          /*  32 keeper */
    _Atomic int64_t last_feed_ns;    /*  40 keeper, taken after the feed */
    _Atomic int64_t expiry_ns;       /*  48 AGENT */
    _Atomic uint64_t incarnation;    /*  56 AGENT */
    _Atomic uint64_t latched;        /*  64 keeper: the highest latched counter, 0 = none */
    _Atomic int64_t latched_at_ns;   /*  72 keeper */
    _Atomic uint64_t wd_timeout_ms;  /*  80 keeper: what the watchdog really does; 0 = nothing enforces */
    _Atomic uint64_t kind;           /*  88 keeper */
    _Atomic uint64_t flags;          /*  96 keeper */
    _Atomic uint64_t agent_latched;  /* 104 AGENT: kept for it over its restarts, not judged by the keeper */
    _Atomic uint64_t stop_request;   /* 112 AGENT: 1 = disarm in order and exit */
    _Atomic int64_t lease_end_ns;    /* 120 AGENT: kept for it over its restarts, not judged by the keeper */
    /* What follows was added to layout 1: an older agent does not look there, an older keeper leaves zeros. */
    _Atomic uint64_t boot_status;    /* 128 keeper: KEEPER_BOOT_... */
    _Atomic uint64_t asked_ms;       /* 136 keeper: the timeout it was told to ask for */
    _Atomic int64_t worst_gap_ns;    /* 144 keeper: the longest time between two ticks */
    _Atomic uint64_t handovers;      /* 152 keeper: how often a newer one took over */
    char identity[KEEPER_IDENTITY_SIZE]; /* 160 keeper, before its pid: what the device calls itself, NUL-padded */
    _Atomic int64_t moved_ns;        /* 192 AGENT, often: when its core last took a step; for the fence helper */
    _Atomic int64_t awake_ns;        /* 200 AGENT, often: when its core went on after a pause of a second or more */
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_LONG_LOCK_FREE == 2, "shared words must be lock-free");
_Static_assert(__BYTE_ORDER == __LITTLE_ENDIAN, "the layout is little endian");
_Static_assert(offsetof(struct keeper_shm, expiry_ns) == 48 && offsetof(struct keeper_shm, lease_end_ns) == 120 &&
                   offsetof(struct keeper_shm, identity) == 160 && offsetof(struct keeper_shm, moved_ns) == 192,
               "the layout is a protocol");

enum keeper_claim { KEEPER_CLAIMED, KEEPER_RUNNING, KEEPER_FAILED };

/* A claimed page and the descriptor that holds its lock: until the last copy of it is closed, nobody else claims it. */
struct keeper_page {
    struct keeper_shm *shm;
    int lock;
};

/* Opens the file, takes its lock (a fork shares it) and maps it. RUNNING: another keeper holds it, *pid is its pid (0:
 * not known yet). FAILED: *why says what. */
enum keeper_claim keeper_shm_claim(const char *path, struct keeper_page *page, uint64_t *pid, const char **why);

/* Maps the page whose lock another keeper has handed to us. False: *why. */
bool keeper_shm_inherit(int lock, struct keeper_page *page, const char **why);

/* Is the file on a file system that lives in memory? On any other one a store may wait for a disk. */
int keeper_shm_in_memory(const char *path);

#endif
