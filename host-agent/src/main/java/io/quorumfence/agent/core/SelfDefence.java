package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/**
 * A claimed host whose lease lives withdraws the claim itself while no power intent is open (rule 8, H15a): it can
 * reach a storage majority, so a witness sees it. Also when the mailbox says execute: its claimer may be dead, and the
 * record puts the withdrawal and a proof in order.
 */
final class SelfDefence {
    private SelfDefence() {}

    static void progress(AgentState s, long nowNs) {
        if (!s.leaseLives(nowNs) || s.record().isEmpty()) {
            return;
        }
        CellRecord record = s.record().get();
        Optional<Claim> claim = record.openClaimOn(s.self(), s.requireLife());
        if (claim.isEmpty()) {
            return;
        }
        if (claim.get().stage() == ClaimStage.CLAIMED) {
            Withdrawal.once(s, claim.get(), nowNs);
        }
    }
}
