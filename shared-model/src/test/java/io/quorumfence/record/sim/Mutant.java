package io.quorumfence.record.sim;

/** Faults planted around the real register, each the effect of one broken rule; the judge must see every one. */
enum Mutant {
    NONE,
    /** I/O rule: a second write overtakes a hung one, which lands later. */
    OVERTAKES_HUNG_WRITE,
    /** A restarted host writes while its predecessor's write is still on its way. */
    OPENS_LANE_EARLY,
    /** A round reads before it writes. */
    READS_BEFORE_WRITING,
    /** A write is acknowledged before it has landed. */
    ACKS_BEFORE_LANDING,
    /** Phase 1 takes the value of the highest promised ballot instead of the highest accepted one. */
    ADOPTS_HIGHEST_PROMISED,
    /** Phase 1 ignores what others accepted. */
    ADOPTS_NOTHING,
    /** The block of phase 1 no longer carries the value accepted before. */
    FORGETS_ACCEPTED_IN_PHASE_1,
    /** A read does not finish the accepted ballots it sees. */
    LEAVES_ACCEPTED_UNFINISHED,
    /** H7: a block that takes part in a ballot does not carry the decided record below it. */
    FORGETS_DECIDED_IN_BLOCK,
    /** An unreadable block counts as an empty one. */
    UNREADABLE_IS_EMPTY,
    /** One storage less than a majority is enough. */
    MAJORITY_OFF_BY_ONE,
    /** After a restart the own ballot is taken from one storage only. */
    RECOVERS_FROM_A_MINORITY,
    /** After a restart the own ballot is not looked for. */
    RECOVERS_NOTHING,
    /** A higher promise of somebody else is overlooked. */
    OVERLOOKS_HIGHER_PROMISE,
    /** An answer to an earlier question counts for the one that is asked now. */
    COUNTS_STALE_ANSWERS
}
