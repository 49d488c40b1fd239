package io.quorumfence.model.command;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;

/**
 * One operation on one storage. The core gives a lane the next only after the observation of the previous one, so a
 * lane never has two in flight and a hung write is never overtaken.
 */
public sealed interface StorageCommand extends Command {
    StorageId storage();

    long op();

    @Override
    default boolean needsFlush() {
        return false;
    }

    /** Write the own beat, then read the own mailbox row, then all beats. */
    record BeatRound(StorageId storage, long op, Beat beat) implements StorageCommand {}

    /** Read all beats. */
    record ScanBeats(StorageId storage, long op) implements StorageCommand {}

    /** Write the own mail for a suspect, then read the suspect's beat (step 4 of the declaration). */
    record MailRound(StorageId storage, long op, HostId suspect, MailEntry entry) implements StorageCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** Read all ballot blocks. */
    record ReadBallots(StorageId storage, long op) implements StorageCommand {}

    /** Write the own ballot block, then read all. */
    record BallotRound(StorageId storage, long op, BallotBlock block) implements StorageCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }
}
