package io.quorumfence.record;

import io.quorumfence.model.StorageId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What this life wrote to each storage and was told has landed. A storage that shows less has lost a write or come back
 * old, and with it every vote that was counted there: it does not count again (rules 5 and 19).
 */
final class OwnWrites {
    private final Map<StorageId, BallotBlock> inFlight = new HashMap<>();
    private final Map<StorageId, BallotBlock> landed = new HashMap<>();
    private final Set<StorageId> dropped = new HashSet<>();

    OwnWrites() {}

    OwnWrites(OwnWrites from) {
        inFlight.putAll(from.inFlight);
        landed.putAll(from.landed);
        dropped.addAll(from.dropped);
    }

    void handed(StorageId storage, BallotBlock block) {
        inFlight.put(storage, block);
    }

    void acknowledged(StorageId storage) {
        BallotBlock block = inFlight.remove(storage);
        if (block != null) {
            landed.put(storage, block);
        }
    }

    /** Whether it landed is unknown; the next acknowledged write tells. */
    void failed(StorageId storage) {
        inFlight.remove(storage);
    }

    boolean isOlderThanWritten(StorageId storage, BallotBlock found) {
        BallotBlock written = landed.get(storage);
        if (written != null && found.compareTo(written) < 0) {
            dropped.add(storage);
        }
        return isDropped(storage);
    }

    boolean isDropped(StorageId storage) {
        return dropped.contains(storage);
    }

    Set<StorageId> dropped() {
        return Set.copyOf(dropped);
    }
}
