package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.Rung;

/** Which claims count against the limit of a window (rule 15). */
final class StormGuard {
    private StormGuard() {}

    /** A withdrawn claim touched nobody, nor did a proof that is no more than the host's own news. */
    static boolean counts(Claim claim) {
        return claim.stage() != ClaimStage.WITHDRAWN
                && claim.proof()
                        .filter(proof -> proof.rung() == Rung.REBORN || proof.rung() == Rung.HOST_SAYS)
                        .isEmpty();
    }

    /**
     * Claims within the window; one whose age the claimer does not know counts as new. The limit is one of hosts: an
     * attempt that was abandoned on the very life that is claimed again is not another one.
     */
    static long within(CellRecord record, RecordChange.OpenClaim wish) {
        return record.claims().stream()
                .filter(claim -> counts(claim) && !wish.aged().contains(claim.token()) && !isSameAgain(claim, wish))
                .count();
    }

    private static boolean isSameAgain(Claim claim, RecordChange.OpenClaim wish) {
        return claim.stage() == ClaimStage.ABANDONED
                && claim.suspect().equals(wish.suspect())
                && claim.incarnation().equals(wish.life());
    }
}
