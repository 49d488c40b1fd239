package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.RecordChange;

/** How a claim is taken back: a withdrawn one is spent and has cost the host nothing (rule 8). */
final class Withdrawal {
    private Withdrawal() {}

    /** A sign of life: withdraw what was decided, forget what was not. */
    static void seen(AgentState s, FenceWork work, String why, long nowNs, Out out) {
        if (work.token == null && work.stage != FenceWork.Stage.CLAIMING) {
            Declaration.end(s, work, "seen", why, nowNs, out);
        } else if (work.token != null && work.stage != FenceWork.Stage.WITHDRAWING) {
            work.enter(FenceWork.Stage.WITHDRAWING, nowNs);
            work.detail = why;
            out.event(new JournalEvent.AttemptEnded(work.suspect, "seen", why));
            RecordDesk.submit(
                    s, new RecordChange.Withdraw(work.token, s.self()), new Pending.WithdrawWanted(work.token), nowNs);
        }
    }

    /** A claim of an earlier process of this host, on a host that is seen well: nobody else may withdraw it. */
    static void orphans(AgentState s, long nowNs) {
        boolean settled = nowNs - s.facts.processStartNs() > 2 * s.timing.suspectNs();
        if (!settled || !s.leaseLives(nowNs)) {
            return;
        }
        for (Claim claim : s.record().orElseThrow().claims()) {
            boolean orphan = claim.stage() == ClaimStage.CLAIMED
                    && claim.claimer().equals(s.self())
                    && !s.works.containsKey(claim.suspect())
                    && !s.suspectedNs.containsKey(claim.suspect())
                    && Suspicion.networkAge(s, claim.suspect(), nowNs) < s.timing.suspectNs();
            if (orphan) {
                once(s, claim, nowNs);
            }
        }
    }

    /** Withdraws, unless that is being decided already. */
    static void once(AgentState s, Claim claim, long nowNs) {
        Pending why = new Pending.WithdrawWanted(claim.token());
        if (!s.pending.containsValue(why)) {
            RecordDesk.submit(s, new RecordChange.Withdraw(claim.token(), s.self()), why, nowNs);
        }
    }
}
