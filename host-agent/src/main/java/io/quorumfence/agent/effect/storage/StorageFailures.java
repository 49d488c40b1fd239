package io.quorumfence.agent.effect.storage;

import io.quorumfence.model.IoResult;
import io.quorumfence.model.Slot;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import java.util.List;
import java.util.Map;

/** The observation of a storage command that was not carried out, or not to its end. */
public final class StorageFailures {
    private StorageFailures() {}

    public static StorageObservation of(StorageCommand command, IoResult failure) {
        if (command instanceof StorageCommand.BeatRound c) {
            return new StorageObservation.BeatRoundDone(c.storage(), c.op(), failure, List.of(), Map.of());
        } else if (command instanceof StorageCommand.ScanBeats c) {
            return new StorageObservation.BeatsScanned(c.storage(), c.op(), failure, Map.of());
        } else if (command instanceof StorageCommand.MailRound c) {
            return new StorageObservation.MailRoundDone(c.storage(), c.op(), failure, Slot.unreadable());
        }
        return new StorageObservation.BallotsRead(command.storage(), command.op(), failure, false, Map.of());
    }
}
