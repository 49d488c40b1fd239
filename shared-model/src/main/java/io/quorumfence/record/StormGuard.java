package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Rung;
import java.util.Set;

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

    /** Claims within the window; one whose age the claimer does not know counts as new. */
    static long within(CellRecord record, Set<FenceToken> aged) {
        return record.claims().stream()
                .filter(claim -> counts(claim) && !aged.contains(claim.token()))
                .count();
    }
}
