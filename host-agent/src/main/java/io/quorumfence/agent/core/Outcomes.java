package io.quorumfence.agent.core;

import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RegisterOutcome;
import io.quorumfence.record.RegisterOutcome.Decided;
import io.quorumfence.record.RegisterOutcome.ReadDone;
import io.quorumfence.record.RegisterOutcome.Refused;

/** Routes an answer of the register to the part that asked. */
final class Outcomes {
    private Outcomes() {}

    static void route(AgentState s, Pending why, RegisterOutcome outcome, long nowNs, Out out) {
        if (why instanceof Pending.RecordWanted asked && outcome instanceof ReadDone done) {
            out.command(
                    new ReplyCommand.ReplyRecord(asked.reply(), done.record().version()));
        } else if (why instanceof Pending.PowerRead asked && outcome instanceof ReadDone) {
            PowerRung.fresh(s, asked);
        } else if (why instanceof Pending.ShellRead asked && outcome instanceof ReadDone) {
            LentShells.fresh(s, asked, nowNs, out);
        } else if (outcome instanceof Decided decided) {
            decided(s, why, decided.record(), nowNs, out);
        } else if (outcome instanceof Refused refused) {
            refused(s, why, refused, nowNs, out);
        }
    }

    private static void decided(AgentState s, Pending why, CellRecord record, long nowNs, Out out) {
        if (why instanceof Pending.JoinWanted) {
            Joining.joined(s, record, nowNs, out);
        } else if (why instanceof Pending.ClaimWanted wanted) {
            Declaration.claimed(s, wanted, record, nowNs, out);
        } else if (why instanceof Pending.ProofWanted wanted) {
            Ladder.proven(s, wanted, record, out);
        } else if (why instanceof Pending.PowerWanted wanted) {
            PowerRung.intended(s, wanted, out);
        } else if (why instanceof Pending.AbandonWanted wanted) {
            PowerIntents.abandoned(record, wanted.token(), out);
        } else if (why instanceof Pending.WithdrawWanted wanted) {
            record.claim(wanted.token())
                    .ifPresent(claim -> out.event(
                            new JournalEvent.ClaimWithdrawn(claim.token(), claim.suspect(), "decided in the record")));
        } else if (why instanceof Pending.StartWanted wanted) {
            HookDesk.decided(s, wanted, record, nowNs);
        } else if (why instanceof Pending.RunWanted wanted) {
            HookDesk.runningClaimed(s, wanted, record, out);
        } else if (why instanceof Pending.ClassWanted || why instanceof Pending.HearWanted) {
            ClassDesk.decided(s, why, record, out);
        } else {
            PermitDesk.decided(s, why, record, out);
        }
    }

    private static void refused(AgentState s, Pending why, Refused refused, long nowNs, Out out) {
        if (why instanceof Pending.JoinWanted) {
            Joining.refused(s, refused, out);
        } else if (why instanceof Pending.ClaimWanted wanted) {
            Declaration.claimRefused(s, wanted, refused, nowNs, out);
        } else if (why instanceof Pending.ProofWanted wanted) {
            Ladder.proofRefused(s, wanted, refused, nowNs);
        } else if (why instanceof Pending.PowerWanted wanted) {
            PowerRung.refused(s, wanted, refused, nowNs);
        } else if (why instanceof Pending.StartWanted wanted) {
            HookDesk.refused(s, wanted, refused, out);
        } else if (why instanceof Pending.RunWanted wanted) {
            HookDesk.runningRefused(s, wanted, refused, nowNs);
        } else if (why instanceof Pending.ClassWanted || why instanceof Pending.HearWanted) {
            ClassDesk.refused(s, why, refused, out);
        } else {
            PermitDesk.refused(s, why, refused, out);
        }
    }
}
