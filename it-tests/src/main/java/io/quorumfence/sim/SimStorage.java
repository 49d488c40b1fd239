package io.quorumfence.sim;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One quorum storage: blocks that change at one instant. A hung write lands when it is released. */
final class SimStorage {
    record Mailbox(HostId claimer, HostId suspect) {}

    final StorageId id;
    private final List<HostId> members;
    private final Map<HostId, Beat> beats = new HashMap<>();
    private final Map<Mailbox, MailEntry> mail = new LinkedHashMap<>();
    private final Map<HostId, BallotBlock> ballots = new LinkedHashMap<>();

    SimStorage(StorageId id, CellRecord first) {
        this.id = id;
        this.members = first.members();
        members.forEach(host -> ballots.put(host, BallotBlock.of(first)));
    }

    /** The write half of an operation; nothing for a read. */
    void land(HostId from, StorageCommand command) {
        if (command instanceof StorageCommand.BeatRound c) {
            beats.put(from, c.beat());
        } else if (command instanceof StorageCommand.MailRound c) {
            mail.put(new Mailbox(from, c.suspect()), c.entry());
        } else if (command instanceof StorageCommand.BallotRound c) {
            ballots.put(from, c.block());
        }
    }

    /** The read half; what it sees is what stands at this instant. */
    StorageObservation read(HostId reader, StorageCommand command, IoResult io) {
        if (command instanceof StorageCommand.BeatRound c) {
            return new StorageObservation.BeatRoundDone(id, c.op(), io, row(reader), beatSlots());
        } else if (command instanceof StorageCommand.ScanBeats c) {
            return new StorageObservation.BeatsScanned(id, c.op(), io, beatSlots());
        } else if (command instanceof StorageCommand.MailRound c) {
            return new StorageObservation.MailRoundDone(id, c.op(), io, slot(beats.get(c.suspect())));
        }
        Map<HostId, Slot<BallotBlock>> blocks = new LinkedHashMap<>();
        ballots.forEach((host, block) -> blocks.put(host, Slot.of(block)));
        return new StorageObservation.BallotsRead(
                id, command.op(), io, command instanceof StorageCommand.BallotRound, blocks);
    }

    StorageObservation failed(StorageCommand command, IoResult io) {
        if (command instanceof StorageCommand.BeatRound c) {
            return new StorageObservation.BeatRoundDone(id, c.op(), io, List.of(), Map.of());
        } else if (command instanceof StorageCommand.ScanBeats c) {
            return new StorageObservation.BeatsScanned(id, c.op(), io, Map.of());
        } else if (command instanceof StorageCommand.MailRound c) {
            return new StorageObservation.MailRoundDone(id, c.op(), io, Slot.unreadable());
        }
        return new StorageObservation.BallotsRead(id, command.op(), io, false, Map.of());
    }

    private List<Slot<MailEntry>> row(HostId suspect) {
        List<Slot<MailEntry>> row = new ArrayList<>();
        mail.forEach((box, entry) -> {
            if (box.suspect().equals(suspect)) {
                row.add(Slot.of(entry));
            }
        });
        return row;
    }

    private Map<HostId, Slot<Beat>> beatSlots() {
        Map<HostId, Slot<Beat>> slots = new LinkedHashMap<>();
        members.forEach(host -> slots.put(host, slot(beats.get(host))));
        return slots;
    }

    private static <T> Slot<T> slot(@org.jspecify.annotations.Nullable T value) {
        return value == null ? Slot.empty() : Slot.of(value);
    }
}
