package io.quorumfence.model.observation;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;
import java.util.List;
import java.util.Map;

/**
 * Results of storage operations, one for every storage command, in the order of the lane. Lists and maps are empty when
 * the operation failed. A member whose block is unknown is in the map with an unreadable slot.
 */
public sealed interface StorageObservation extends Observation {
    StorageId storage();

    /**
     * The lane's process holds its lock and can work.
     *
     * @param ballotRoom bytes that a ballot block of this storage holds; fixed when the storage was initialised
     */
    record LaneOpened(StorageId storage, int ballotRoom) implements StorageObservation {}

    /** The lane cannot work: a predecessor holds it, or its process died. The shell tries again by itself. */
    record LaneShut(StorageId storage, String detail) implements StorageObservation {}

    /** Own beat written, own mailbox row read after it, then all beats. */
    record BeatRoundDone(
            StorageId storage, long op, IoResult io, List<Slot<MailEntry>> mail, Map<HostId, Slot<Beat>> beats)
            implements StorageObservation {}

    /** All beats read. */
    record BeatsScanned(StorageId storage, long op, IoResult io, Map<HostId, Slot<Beat>> beats)
            implements StorageObservation {}

    /** Own mail for the suspect written, then the suspect's beat read. */
    record MailRoundDone(StorageId storage, long op, IoResult io, Slot<Beat> suspectBeat)
            implements StorageObservation {}

    /** All ballot blocks read; {@code wrote} when the own block was written first. */
    record BallotsRead(StorageId storage, long op, IoResult io, boolean wrote, Map<HostId, Slot<BallotBlock>> blocks)
            implements StorageObservation {}
}
