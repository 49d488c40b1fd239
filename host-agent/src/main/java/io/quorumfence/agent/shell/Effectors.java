package io.quorumfence.agent.shell;

import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import java.util.function.Consumer;

/** Who carries out which commands. Every consumer returns at once and answers by an observation. */
public record Effectors(
        Consumer<StorageCommand> storages,
        Consumer<PeerCommand> peers,
        Consumer<LocalCommand> local,
        Consumer<ReplyCommand> replies) {}
