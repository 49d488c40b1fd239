package io.quorumfence.agent.core;

import io.quorumfence.model.HostPhase;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;

/** Takes in how effects ended. */
final class EffectDesk {
    private EffectDesk() {}

    static void take(AgentState s, EffectObservation observation, long nowNs, Out out) {
        if (observation instanceof EffectObservation.LockAnswered answered) {
            Declaration.lockAnswered(s, answered, nowNs, out);
        } else if (observation instanceof EffectObservation.SshFinished done) {
            if (!LentShells.finished(s, done, out)) {
                Ladder.sshFinished(s, done, nowNs, out);
            }
        } else if (observation instanceof EffectObservation.PowerAnswered done) {
            PowerRung.answered(s, done, nowNs, out);
        } else if (observation instanceof EffectObservation.PowerEnded ended) {
            PowerIntents.ended(s, ended, nowNs);
        } else if (observation instanceof EffectObservation.PowerChecked checked) {
            PowerLooks.checked(s, checked, nowNs);
        } else if (observation instanceof EffectObservation.PowerLooked looked) {
            PowerLooks.looked(s, looked, nowNs);
        } else if (observation instanceof EffectObservation.HostKeyCompared compared) {
            AlertRules.keyCompared(s, compared);
        } else if (observation instanceof EffectObservation.PromiseStored stored) {
            PromiseRules.stored(s, stored, nowNs, out);
        } else if (observation instanceof EffectObservation.BarrierStored stored) {
            PermitDesk.barrierStored(s, stored, nowNs, out);
        } else if (observation instanceof EffectObservation.RecordStored stored) {
            PermitDesk.recordStored(s, stored, out);
        } else if (observation instanceof EffectObservation.VmsStopped stopped) {
            vmsStopped(s, stopped, out);
        } else if (observation instanceof EffectObservation.MemoryStored stored) {
            ReactionRules.stored(s, stored, nowNs);
        } else if (observation instanceof EffectObservation.HostActed acted) {
            out.event(new JournalEvent.HostActionDone(s.self(), acted.action().word(), acted.ok(), acted.detail()));
        } else if (observation instanceof EffectObservation.AlertDelivered delivered) {
            AlertRules.delivered(s, delivered, out);
        }
    }

    private static void vmsStopped(AgentState s, EffectObservation.VmsStopped stopped, Out out) {
        if (s.phase != HostPhase.LATCHED || s.life == null) {
            return;
        }
        out.event(new JournalEvent.SelfFenceEnded(
                s.self(), s.life.counter(), stopped.verifiedGone(), stopped.survivors()));
        // A run that was begun when more was exempt has not looked for all that this host has to stop by now.
        if (stopped.verifiedGone() && s.spared().containsAll(stopped.spared())) {
            Latch.stopped(s, out);
        }
    }
}
