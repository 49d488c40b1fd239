package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.quorum.Quorum;
import java.util.Optional;
import java.util.Set;

/**
 * The suspect's mailbox (step 4 and the raise after step 5): which lane carries which entry, and what the suspect's
 * slot says after it. Per storage the entry is acknowledged before the slot is read (rule 6).
 */
final class Mailing {
    private Mailing() {}

    /** The next mail this lane has to carry, if some work needs it there. */
    static Optional<StorageCommand> next(AgentState s, Lane lane, long nowNs) {
        for (FenceWork work : s.works.values()) {
            MailStage stage = work.stage == FenceWork.Stage.MAILING
                    ? MailStage.HOLD
                    : work.stage == FenceWork.Stage.RAISING || work.stage == FenceWork.Stage.CLIMBING
                            ? MailStage.EXECUTE
                            : null;
            Set<StorageId> there = stage == MailStage.HOLD ? work.held : work.raised;
            if (stage != null && work.token != null && !there.contains(lane.id)) {
                lane.mailToken = work.token;
                lane.mailStage = stage;
                MailEntry entry = new MailEntry(
                        s.self(), work.suspect, work.life.counter(), work.token, stage, work.claimVersion);
                return Optional.of(new StorageCommand.MailRound(lane.id, s.nextId(), work.suspect, entry));
            }
        }
        return Optional.empty();
    }

    /** Step 4: on this lane the mail was acknowledged before the suspect's slot was read (rule 6). */
    static void read(AgentState s, Lane lane, Optional<Sighting> before, Slot<Beat> slot, long nowNs, Out out) {
        FenceWork work = s.works.values().stream()
                .filter(w -> w.token != null && w.token.equals(lane.mailToken))
                .findFirst()
                .orElse(null);
        if (work == null || slot.unknown()) {
            lane.notBeforeNs = nowNs + s.timing.scanNs() / 4; // an unknown slot proves nothing: the lane does not count
            return;
        }
        boolean moved = slot.value()
                .filter(beat ->
                        before.isEmpty() || beat.isNewerThan(before.get().latest()))
                .filter(beat ->
                        beat.phase() == HostPhase.JOINED && beat.incarnation().equals(work.life))
                .isPresent();
        if (moved && work.stage.ordinal() <= FenceWork.Stage.RAISING.ordinal()) {
            Withdrawal.seen(s, work, "its beat moved on storage " + lane.id, nowNs, out);
            return;
        }
        (lane.mailStage == MailStage.HOLD ? work.held : work.raised).add(lane.id);
        int majority = Quorum.majority(s.lanes.size());
        if (work.stage == FenceWork.Stage.MAILING && work.held.size() >= majority) {
            out.event(new JournalEvent.MailboxRaised(work.requireToken(), work.suspect, "hold"));
            PromiseCollecting.start(s, work, nowNs, out);
        } else if (work.stage == FenceWork.Stage.RAISING && work.raised.size() >= majority) {
            out.event(new JournalEvent.MailboxRaised(work.requireToken(), work.suspect, "execute"));
            work.enter(FenceWork.Stage.CLIMBING, nowNs);
        }
    }
}
