package io.quorumfence.config;

import io.quorumfence.model.StorageId;
import java.util.Optional;

/**
 * One quorum storage: a raw block device, or a file below a shared mount.
 *
 * @param mount the directory that must be a mount point before anything is written; empty for a device
 */
public record StorageSpec(StorageId id, String path, Optional<String> mount) {}
