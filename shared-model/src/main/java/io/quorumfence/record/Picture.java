package io.quorumfence.record;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every member's block on one storage, each of them verified; the picture exists only then. */
record Picture(BallotBlock own, List<BallotBlock> all, CellRecord newest) {
    Picture {
        all = List.copyOf(all);
    }

    /** The own block, if it could be read; the others do not matter here. */
    static Optional<BallotBlock> own(HostId self, Map<HostId, Slot<BallotBlock>> blocks) {
        return valueOf(blocks.get(self));
    }

    /** Empty when any member's block is unreadable or missing: unknown is never empty. */
    static Optional<Picture> of(HostId self, Map<HostId, Slot<BallotBlock>> blocks) {
        List<BallotBlock> all = new ArrayList<>(blocks.size());
        CellRecord newest = null;
        for (Slot<BallotBlock> slot : blocks.values()) {
            if (slot.value().isEmpty()) {
                return Optional.empty();
            }
            BallotBlock block = slot.value().get();
            all.add(block);
            if (newest == null || block.decided().version() > newest.version()) {
                newest = block.decided();
            }
        }
        Optional<BallotBlock> own = own(self, blocks);
        if (own.isEmpty() || newest == null) {
            return Optional.empty();
        }
        return blocks.keySet().containsAll(newest.members())
                ? Optional.of(new Picture(own.get(), all, newest))
                : Optional.empty();
    }

    private static Optional<BallotBlock> valueOf(@Nullable Slot<BallotBlock> slot) {
        return slot == null ? Optional.empty() : slot.value();
    }
}
