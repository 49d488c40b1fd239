package io.quorumfence.record;

import io.quorumfence.model.HostId;
import io.quorumfence.model.StorageId;
import io.quorumfence.quorum.Quorum;
import java.util.Optional;
import java.util.Set;

/**
 * Which register this is, by the host's own configuration.
 *
 * @param index position in the member list; ballots of two hosts differ by it
 */
record Seat(HostId self, int index, Set<StorageId> storages) {
    Seat {
        storages = Set.copyOf(storages);
    }

    int majority() {
        return Quorum.majority(storages.size());
    }

    /** Two hosts with one index, or with different storages in mind, would decide past each other (rule 14). */
    Optional<String> whyUnfit(CellRecord record) {
        boolean fits = storages.equals(Set.copyOf(record.storages()))
                && index == record.members().indexOf(self);
        return fits
                ? Optional.empty()
                : Optional.of("record version " + record.version() + " has storages " + record.storages()
                        + " and members " + record.members() + "; " + self + " is configured as number " + index
                        + " with storages " + storages.stream().sorted().toList());
    }
}
