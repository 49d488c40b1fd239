package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.StorageId;
import io.quorumfence.wire.Layout;
import java.util.Set;

/**
 * What an operator asked {@code storage-init} to do.
 *
 * @param chosen the storages to format, among the configured ones
 * @param layout room for hosts and size of a ballot block
 * @param forceErase format what is in use or holds something else
 * @param nowMs wall clock; goes into the header and, unless the clock went back, into the init epoch
 */
public record InitPlan(CellConfig config, Set<StorageId> chosen, Layout layout, boolean forceErase, long nowMs) {
    public InitPlan {
        chosen = Set.copyOf(chosen);
        if (layout.capacity() < config.members().size()) {
            throw new IllegalArgumentException("room for " + layout.capacity() + " hosts is too little: cell "
                    + config.cell() + " has " + config.members().size());
        }
    }
}
