package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockAudit;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.StorageHeader;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one storage showed to a reader that takes no part in the cell.
 *
 * @param header what lies where the header belongs; blank when nothing could be read
 * @param ballots the readable ballot blocks, by host index
 * @param beats the readable beats, by host index
 * @param faults copies that are not what their writer wrote, in the order they lie
 * @param problem why the storage could not be read at all; empty when it was
 */
public record StorageReading(
        StorageSpec storage,
        HeaderRead header,
        Map<Integer, BallotBlock> ballots,
        Map<Integer, Beat> beats,
        List<BlockAudit.Fault> faults,
        String problem) {
    public StorageReading {
        ballots = Map.copyOf(ballots);
        beats = Map.copyOf(beats);
        faults = List.copyOf(faults);
    }

    static StorageReading failed(StorageSpec storage, String problem) {
        return new StorageReading(storage, new HeaderRead.Blank(), Map.of(), Map.of(), List.of(), problem);
    }

    public Optional<StorageHeader> found() {
        return header instanceof HeaderRead.Found found ? Optional.of(found.header()) : Optional.empty();
    }

    /** Whether it holds blocks of a cell that may be used. */
    public boolean isReady() {
        return problem.isEmpty() && found().filter(StorageHeader::ready).isPresent();
    }

    /** The newest record that is known here as decided. */
    public Optional<CellRecord> newest() {
        return ballots.values().stream().map(BallotBlock::decided).max(Comparator.comparingLong(CellRecord::version));
    }

    /** Whether a version left a trace here: known as decided, or accepted as what may be. */
    public boolean hasTraceOf(long version) {
        return ballots.values().stream()
                .anyMatch(block -> block.decided().version() >= version
                        || (block.ballotVersion() == version
                                && block.candidate().isPresent()));
    }

    /** The member at an index by the newest record here; its number where the record has none. */
    static HostId member(Optional<CellRecord> record, int index) {
        return record.filter(known -> index < known.members().size())
                .map(known -> known.members().get(index))
                .orElseGet(() -> new HostId("number-" + index));
    }
}
