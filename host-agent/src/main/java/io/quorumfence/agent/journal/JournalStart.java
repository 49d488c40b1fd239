package io.quorumfence.agent.journal;

import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.config.CellConfig;

/**
 * Everything the core of one process began with. It holds no secret: keys are in files that it does not name.
 *
 * @param facts what tmpfs, shared memory and the kernel told
 */
public record JournalStart(CellConfig config, BootFacts facts) {}
