package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.RegisterWant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes in what the lanes read; gives each idle lane its next operation: beat, mail, ballot, scan, in that order. */
final class StorageDesk {
    private StorageDesk() {}

    static void take(AgentState s, StorageObservation observation, long nowNs, Out out) {
        Lane lane = s.lanes.get(observation.storage());
        if (lane == null) {
            throw new IllegalStateException("an observation of the unknown storage " + observation.storage());
        }
        if (observation instanceof StorageObservation.LaneOpened opened) {
            s.register.blockHolds(opened.ballotRoom());
            lane.open = true;
            lane.busy = false;
            lane.detail = "";
        } else if (observation instanceof StorageObservation.LaneShut shut) {
            shut(s, lane, shut.detail(), out);
        } else if (observation instanceof StorageObservation.BeatRoundDone done) {
            if (finished(s, lane, done.op(), done.io(), nowNs)) {
                readBeats(s, lane, done.beats(), done.io());
                readMail(lane, done.mail());
                countRenewal(s, lane, nowNs);
                Pill.landed(s, lane);
            }
        } else if (observation instanceof StorageObservation.BeatsScanned done) {
            if (finished(s, lane, done.op(), done.io(), nowNs)) {
                readBeats(s, lane, done.beats(), done.io());
            }
        } else if (observation instanceof StorageObservation.MailRoundDone done) {
            mailDone(s, lane, done, nowNs, out);
        } else if (observation instanceof StorageObservation.BallotsRead done) {
            ballotsRead(s, lane, done, nowNs);
        }
    }

    private static void shut(AgentState s, Lane lane, String why, Out out) {
        if (lane.open) {
            out.event(new JournalEvent.StorageDropped(lane.id, why));
        }
        if (lane.busy && lane.purpose == Lane.Purpose.BALLOT) {
            s.register.laneFailed(lane.id, lane.ballotGeneration);
        }
        lane.open = false;
        lane.busy = false;
        lane.detail = why;
        // What was read before is no proof of what is there after the lane opens again.
        lane.mail = List.of();
        lane.mailUnreadable = true;
        lane.cleanStartNs = Timing.NEVER;
    }

    /** Frees the lane; false when the operation failed or is not the one in flight. */
    private static boolean finished(AgentState s, Lane lane, long op, IoResult io, long nowNs) {
        if (!lane.busy || lane.op != op) {
            return false;
        }
        lane.busy = false;
        lane.latencyNs = nowNs - lane.opStartedNs;
        if (!io.ok()) {
            lane.detail = io.detail();
            lane.notBeforeNs = nowNs + s.timing.scanNs();
            return false;
        }
        lane.detail = "";
        lane.okEndNs = io.endNs();
        return true;
    }

    private static void readBeats(AgentState s, Lane lane, Map<HostId, Slot<Beat>> beats, IoResult io) {
        for (Map.Entry<HostId, Slot<Beat>> entry : beats.entrySet()) {
            Optional<Beat> beat = entry.getValue().value();
            if (beat.isPresent() && !entry.getKey().equals(s.self())) {
                see(s, lane, beat.get(), io.endNs());
            }
        }
    }

    private static void see(AgentState s, Lane lane, Beat beat, long endNs) {
        Sighting before = lane.sighting(beat.host());
        Sighting now = before == null ? Sighting.first(beat, endNs) : before.read(beat, endNs);
        if (now != before) {
            lane.sightings.put(beat.host(), now);
        }
        RecordDesk.heardOf(s, beat.recordVersion());
    }

    private static void readMail(Lane lane, List<Slot<MailEntry>> row) {
        lane.mailUnreadable = false;
        if (row.isEmpty()) {
            lane.mail = List.of();
            return;
        }
        List<MailEntry> entries = new ArrayList<>();
        for (Slot<MailEntry> slot : row) {
            slot.value().ifPresent(entries::add);
            lane.mailUnreadable |= slot.unknown();
        }
        lane.mail = List.copyOf(entries);
    }

    /** A storage counts only if beat write and mailbox read both finished there, clean, for the present life. */
    private static void countRenewal(AgentState s, Lane lane, long nowNs) {
        for (MailEntry entry : lane.mail) {
            RecordDesk.heardOf(s, entry.recordVersion());
        }
        boolean ownLife = s.isJoined() && s.requireLife().counter() == lane.beatCounter;
        if (!ownLife) {
            return;
        }
        lane.okTermsVersion = Math.max(lane.okTermsVersion, lane.beatTermsVersion);
        // What was held never counts: the claimer saw nothing of its beat, and the lane may forget what it has read.
        boolean held = lane.mail.stream().anyMatch(entry -> Rounds.binds(s, entry));
        if (!lane.mailUnreadable && !held) {
            lane.cleanStartNs = Math.max(lane.cleanStartNs, lane.opStartedNs);
        }
        Rounds.renewByStorage(s, nowNs);
    }

    private static void mailDone(AgentState s, Lane lane, StorageObservation.MailRoundDone done, long nowNs, Out out) {
        if (!finished(s, lane, done.op(), done.io(), nowNs)) {
            return;
        }
        Optional<Sighting> before =
                done.suspectBeat().value().flatMap(beat -> Optional.ofNullable(lane.sighting(beat.host())));
        done.suspectBeat()
                .value()
                .ifPresent(beat -> see(s, lane, beat, done.io().endNs()));
        Mailing.read(s, lane, before, done.suspectBeat(), nowNs, out);
    }

    private static void ballotsRead(AgentState s, Lane lane, StorageObservation.BallotsRead done, long nowNs) {
        if (!finished(s, lane, done.op(), done.io(), nowNs)) {
            s.register.laneFailed(lane.id, lane.ballotGeneration);
            return;
        }
        s.register.laneRead(lane.id, lane.ballotGeneration, done.blocks(), nowNs);
    }

    /** Gives every idle lane its next operation. */
    static void pump(AgentState s, long nowNs, Out out) {
        for (Lane lane : s.lanes.values()) {
            if (lane.open && !lane.busy && nowNs >= lane.notBeforeNs) {
                next(s, lane, nowNs, out);
            }
        }
    }

    private static void next(AgentState s, Lane lane, long nowNs, Out out) {
        boolean mayWrite = s.facts.bootAgeNs() + (nowNs - s.facts.processStartNs()) >= s.timing.flightNs();
        if (mayWrite && s.isShown() && (nowNs >= lane.nextBeatNs || Pill.isBeatOwed(s, lane, nowNs))) {
            beat(s, lane, nowNs, out);
            return;
        }
        Optional<StorageCommand> mail = mayWrite ? Mailing.next(s, lane, nowNs) : Optional.empty();
        if (mail.isPresent()) {
            start(lane, Lane.Purpose.MAIL, mail.get().op(), nowNs);
            out.command(mail.get());
            return;
        }
        Optional<RegisterWant> want = mayWrite ? s.register.want(lane.id) : Optional.empty();
        if (want.isPresent()) {
            ballot(s, lane, want.get(), nowNs, out);
        } else if (nowNs >= lane.nextScanNs) {
            lane.nextScanNs = nowNs + s.timing.scanNs();
            long op = s.nextId();
            start(lane, Lane.Purpose.SCAN, op, nowNs);
            out.command(new StorageCommand.ScanBeats(lane.id, op));
        }
    }

    private static void beat(AgentState s, Lane lane, long nowNs, Out out) {
        long op = s.nextId();
        start(lane, Lane.Purpose.BEAT, op, nowNs);
        lane.nextBeatNs = nowNs + s.timing.beatNs();
        lane.nextScanNs = nowNs + s.timing.scanNs();
        lane.beatCounter = s.requireLife().counter();
        lane.beatTermsVersion = s.arming.termsVersion;
        Optional<FenceToken> obeyed = Pill.obeyed(s);
        lane.beatCleared = Latch.isCleared(s);
        lane.beatObeyed = Pill.number(obeyed);
        long version = s.register.knownVersion();
        int membership = s.record().map(record -> record.membership()).orElse(0);
        long epoch = s.record().map(record -> record.epoch()).orElse(0L);
        out.command(new StorageCommand.BeatRound(
                lane.id,
                op,
                new Beat(
                        s.self(),
                        s.requireLife(),
                        s.phase,
                        ++s.sequence,
                        version,
                        membership,
                        epoch,
                        s.terms(),
                        s.vmList,
                        obeyed)));
    }

    private static void ballot(AgentState s, Lane lane, RegisterWant want, long nowNs, Out out) {
        long op = s.nextId();
        start(lane, Lane.Purpose.BALLOT, op, nowNs);
        lane.ballotGeneration = want.generation();
        out.command(
                want instanceof RegisterWant.Round round
                        ? new StorageCommand.BallotRound(lane.id, op, round.block())
                        : new StorageCommand.ReadBallots(lane.id, op));
    }

    private static void start(Lane lane, Lane.Purpose purpose, long op, long nowNs) {
        lane.busy = true;
        lane.op = op;
        lane.opStartedNs = nowNs;
        lane.purpose = purpose;
    }
}
