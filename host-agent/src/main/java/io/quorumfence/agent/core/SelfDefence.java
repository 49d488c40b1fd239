package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.MailStage;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/**
 * A claimed host whose lease lives withdraws the claim itself (H15a): it can reach a storage majority, so a witness
 * sees it. Not once the mailbox says execute: from there on the claimer acts.
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
        boolean executing = s.lanes.values().stream()
                .flatMap(lane -> lane.mail.stream())
                .anyMatch(entry -> entry.stage() == MailStage.EXECUTE && Rounds.binds(s, entry));
        if (claim.get().stage() == ClaimStage.CLAIMED && !executing) {
            Withdrawal.once(s, claim.get(), nowNs);
        }
    }
}
