package io.quorumfence.wire;

import io.quorumfence.model.CellId;
import io.quorumfence.model.StorageId;
import java.time.Instant;
import java.util.Optional;

/**
 * The first entry of every quorum storage. Immutable; any thread.
 *
 * @param initEpoch differs after every {@code storage-init}; every block carries it (rule 19)
 * @param created wall clock of the formatting host, for people only
 * @param firstNumber where fence tokens and permit ids of this cell began: above all of the storage's past
 * @param ready false while {@code storage-init} is at work: nobody may use the storage
 */
public record StorageHeader(
        CellId cell,
        StorageId storage,
        long initEpoch,
        Layout layout,
        Instant created,
        long firstNumber,
        boolean ready) {
    public StorageHeader {
        if (initEpoch <= 0) {
            throw new IllegalArgumentException("an init epoch is positive, not " + initEpoch);
        }
        created = Instant.ofEpochMilli(created.toEpochMilli());
    }

    public StorageHeader at(boolean nowReady) {
        return new StorageHeader(cell, storage, initEpoch, layout, created, firstNumber, nowReady);
    }

    /** One line that says why an agent must keep off; empty when the storage is the one it looks for. */
    public Optional<String> whyUnfit(CellId wantedCell, StorageId wantedStorage, int hosts) {
        if (!cell.equals(wantedCell) || !storage.equals(wantedStorage)) {
            return Optional.of("foreign header: this is storage " + storage + " of cell " + cell + ", not storage "
                    + wantedStorage + " of cell " + wantedCell);
        }
        if (!ready) {
            return Optional.of("storage-init has not finished on it; run it again");
        }
        if (hosts > layout.capacity()) {
            return Optional.of("formatted for " + layout.capacity() + " hosts, the cell has " + hosts);
        }
        return Optional.empty();
    }
}
