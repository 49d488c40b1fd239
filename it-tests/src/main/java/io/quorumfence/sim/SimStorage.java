package io.quorumfence.sim;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One quorum storage: blocks that change at one instant, each with one writer. */
final class SimStorage {
    record Mailbox(HostId claimer, HostId suspect) {}

    private static final Slot<?> EMPTY = Slot.empty();

    final StorageId id;
    final int index;
    private final SimCell cell;
    private final List<HostId> members;
    private final Map<HostId, Slot<Beat>> beats = new HashMap<>();
    /** All beats, for the next reader; empty when it has to be put together. */
    private Map<HostId, Slot<Beat>> asTheyStand = Map.of();

    private boolean old;

    private final Map<Mailbox, Slot<MailEntry>> mail = new LinkedHashMap<>();
    private final Map<HostId, Slot<BallotBlock>> ballots = new LinkedHashMap<>();
    /** Which process of its host wrote the ballot block. */
    private final Map<HostId, Integer> writers = new HashMap<>();
    /** Whose beat nobody can read here, whatever is written. */
    private final Set<HostId> damaged = new HashSet<>();

    SimStorage(SimCell cell, StorageId id, int index, CellRecord first) {
        this.cell = cell;
        this.id = id;
        this.index = index;
        this.members = first.members();
        members.forEach(host -> ballots.put(host, Slot.of(BallotBlock.of(first))));
    }

    /** The write half of an operation, sent at a true time by a process of its host; nothing for a read. */
    void land(SimHost from, StorageCommand command, long sentNs, int process) {
        if (command instanceof StorageCommand.BeatRound c) {
            boolean late =
                    beat(from.id).filter(there -> there.isNewerThan(c.beat())).isPresent();
            overtaken(late, from, "beat " + c.beat().sequence());
            beats.put(from.id, Slot.of(c.beat()));
            asTheyStand = Map.of();
            cell.oracle.beatLanded(from, this, c.beat(), sentNs);
        } else if (command instanceof StorageCommand.MailRound c) {
            mail.put(new Mailbox(from.id, c.suspect()), Slot.of(c.entry()));
            if (c.entry().stage() == MailStage.EXECUTE) {
                cell.oracle.executeLanded(from, this, c.entry());
            }
        } else if (command instanceof StorageCommand.BallotRound c) {
            overtaken(isTakenBack(from.id, c.block(), process), from, "ballot block");
            ballots.put(from.id, Slot.of(c.block()));
            writers.put(from.id, process);
        }
    }

    /** Rule 5: a late landing that erases a newer block of the same writer took back what was counted on. */
    private void overtaken(boolean late, SimHost from, String what) {
        if (late) {
            cell.oracle.broken("LATE", "an old " + what + " of " + from.id + " lands over a newer one on " + id);
        }
    }

    /**
     * A later process of the host reads a majority first, and may write over what an earlier one had brought to fewer
     * storages than that; nothing was counted on it.
     */
    private boolean isTakenBack(HostId host, BallotBlock block, int process) {
        BallotBlock there = ballot(host);
        if (there.compareTo(block) <= 0) {
            return false;
        }
        long holders = cell.storages().stream()
                .filter(storage -> storage.ballot(host).compareTo(there) >= 0)
                .count();
        return process <= writers.getOrDefault(host, 0)
                || holders >= Quorum.majority(cell.storages().size());
    }

    /** From now on the host's beats land here and cannot be read. */
    void damage(HostId host) {
        damaged.add(host);
        asTheyStand = Map.of();
    }

    /** The newest beat of a host that stands here. */
    Optional<Beat> beat(HostId host) {
        Slot<Beat> slot = beats.get(host);
        return slot == null ? Optional.empty() : slot.value();
    }

    /** All that stands here at one moment. */
    record Image(
            Map<HostId, Slot<Beat>> beats,
            Map<Mailbox, Slot<MailEntry>> mail,
            Map<HostId, Slot<BallotBlock>> ballots) {}

    Image image() {
        return new Image(Map.copyOf(beats), new LinkedHashMap<>(mail), new LinkedHashMap<>(ballots));
    }

    /** Whether it came back old. Nobody initialises it again; hosts that boot now are kept away (decision 0013). */
    boolean isOld() {
        return old;
    }

    /** It comes back as it was (rule 19). What a host was told has landed, and is gone, its lane finds out. */
    void goBack(Image before) {
        old = true;
        cell.trace.note(cell.time.nowNs(), "### " + id + " comes back as it was before");
        beats.clear();
        beats.putAll(before.beats());
        mail.clear();
        mail.putAll(before.mail());
        ballots.putAll(before.ballots());
        asTheyStand = Map.of();
        cell.hosts().forEach(host -> host.lanes.get(index).wentBack(ballot(host.id)));
    }

    private BallotBlock ballot(HostId host) {
        return Objects.requireNonNull(ballots.get(host)).value().orElseThrow();
    }

    static boolean writes(StorageCommand command) {
        return command instanceof StorageCommand.BeatRound
                || command instanceof StorageCommand.MailRound
                || command instanceof StorageCommand.BallotRound;
    }

    /** The own mailbox row as it stands now. */
    List<Slot<MailEntry>> row(HostId suspect) {
        List<Slot<MailEntry>> row = new ArrayList<>();
        mail.forEach((box, entry) -> {
            if (box.suspect().equals(suspect)) {
                row.add(seen(entry));
            }
        });
        return row;
    }

    /** The read half; what it sees is what stands at this instant. The times are filled in when it completes. */
    Reading read(StorageCommand command, List<Slot<MailEntry>> row) {
        if (command instanceof StorageCommand.BeatRound c) {
            Map<HostId, Slot<Beat>> slots = beatSlots();
            return io -> new StorageObservation.BeatRoundDone(id, c.op(), io, row, slots);
        } else if (command instanceof StorageCommand.ScanBeats c) {
            Map<HostId, Slot<Beat>> slots = beatSlots();
            return io -> new StorageObservation.BeatsScanned(id, c.op(), io, slots);
        } else if (command instanceof StorageCommand.MailRound c) {
            Slot<Beat> slot = beatOf(c.suspect());
            return io -> new StorageObservation.MailRoundDone(id, c.op(), io, slot);
        }
        Map<HostId, Slot<BallotBlock>> blocks = new LinkedHashMap<>();
        ballots.forEach((host, block) -> blocks.put(host, seen(block)));
        boolean wrote = command instanceof StorageCommand.BallotRound;
        return io -> new StorageObservation.BallotsRead(id, command.op(), io, wrote, blocks);
    }

    /** What a read gives once its times are known. */
    interface Reading {
        StorageObservation at(IoResult io);
    }

    Reading failed(StorageCommand command) {
        if (command instanceof StorageCommand.BeatRound c) {
            return io -> new StorageObservation.BeatRoundDone(id, c.op(), io, List.of(), Map.of());
        } else if (command instanceof StorageCommand.ScanBeats c) {
            return io -> new StorageObservation.BeatsScanned(id, c.op(), io, Map.of());
        } else if (command instanceof StorageCommand.MailRound c) {
            return io -> new StorageObservation.MailRoundDone(id, c.op(), io, Slot.unreadable());
        }
        return io -> new StorageObservation.BallotsRead(id, command.op(), io, false, Map.of());
    }

    /** Readers between two writes see the same, unless some of it is torn. */
    private Map<HostId, Slot<Beat>> beatSlots() {
        if (cell.faults.torn > 0 || asTheyStand.isEmpty()) {
            Map<HostId, Slot<Beat>> slots = new LinkedHashMap<>();
            members.forEach(host -> slots.put(host, beatOf(host)));
            asTheyStand = cell.faults.torn > 0 ? Map.of() : slots;
            return slots;
        }
        return asTheyStand;
    }

    @SuppressWarnings("unchecked")
    private Slot<Beat> beatOf(HostId host) {
        if (damaged.contains(host)) {
            return Slot.unreadable();
        }
        @Nullable Slot<Beat> slot = beats.get(host);
        return seen(slot == null ? (Slot<Beat>) EMPTY : slot);
    }

    private <T> Slot<T> seen(Slot<T> block) {
        return cell.chance(cell.faults.torn) ? Slot.unreadable() : block;
    }
}
