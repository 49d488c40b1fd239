package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.MailEntry;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes into the blocks of a freshly formatted storage.
 *
 * @param first what a host's ballot block says that has no other
 * @param ballots taken over from the other storages, by host index; empty for a new cell
 * @param mails taken over likewise
 */
record InitContent(CellRecord first, Map<Integer, BallotBlock> ballots, Map<StorageSurvey.MailPlace, MailEntry> mails) {

    /** A cell that starts: nobody has joined, and numbers go on above those of the past. */
    static InitContent ofNewCell(CellConfig config, long firstNumber) {
        CellRecord first = CellRecord.first(config.cell(), config.hosts(), config.storageIds());
        CellRecord numbered = new CellRecord(
                first.cell(),
                first.version(),
                first.membership(),
                first.members(),
                first.storages(),
                first.goneHistory(),
                first.hosts(),
                first.claims(),
                first.permits(),
                firstNumber);
        return new InitContent(numbered, Map.of(), Map.of());
    }

    /**
     * A cell that goes on. Any value that was decided lies on at least one of the other storages, and of each host's
     * blocks there the newest is not older than what it got acknowledged by a majority.
     */
    static InitContent ofLivingCell(CellConfig config, List<StorageSurvey> others) {
        return new InitContent(
                CellRecord.first(config.cell(), config.hosts(), config.storageIds()),
                StorageSurvey.newestBallots(others),
                StorageSurvey.newestMails(others));
    }

    boolean isTakenOver() {
        return !ballots.isEmpty();
    }

    /** Every block but the header's, in the order they lie. */
    List<BlockWrite> blocks(StorageBlocks to) {
        Layout layout = to.layout();
        List<BlockWrite> writes = new ArrayList<>();
        for (int host = 0; host < layout.capacity(); host++) {
            for (int copy = 0; copy < Layout.COPIES; copy++) {
                writes.add(to.sealEmptyBeat(host, copy));
            }
        }
        for (int suspect = 0; suspect < layout.capacity(); suspect++) {
            for (int claimer = 0; claimer < layout.capacity(); claimer++) {
                mail(to, suspect, claimer, writes);
            }
        }
        for (int host = 0; host < layout.capacity(); host++) {
            BallotBlock block = ballots.getOrDefault(host, BallotBlock.of(first));
            for (int copy = 0; copy < Layout.COPIES; copy++) {
                writes.add(to.sealBallot(host, copy, 1, block));
            }
        }
        return writes;
    }

    private void mail(StorageBlocks to, int suspect, int claimer, List<BlockWrite> writes) {
        Optional<MailEntry> mail = Optional.ofNullable(mails.get(new StorageSurvey.MailPlace(suspect, claimer)));
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            int place = copy;
            writes.add(mail.map(entry -> to.sealMail(suspect, claimer, place, 1, entry))
                    .orElseGet(() -> to.sealEmptyMail(suspect, claimer, place)));
        }
    }
}
