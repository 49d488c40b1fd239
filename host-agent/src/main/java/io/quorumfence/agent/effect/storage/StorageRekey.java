package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.KeyChange;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes one storage over to the MAC key that is written with now, beside running agents: the header and the blocks that
 * belong to no member. A member's own blocks have one writer, its agent. Blocks with the storage.
 *
 * <p>The header is the last thing that goes over: not before every member's beat is under the new key, for a host that
 * does not know the key would lose the storage with the header. Whoever writes it writes the same bytes.
 */
public final class StorageRekey {
    private final CellConfig cell;
    private final MacKeys keys;
    private final Path natives;
    private final Path run;

    /** @param run directory for the lock that keeps two of these apart on one host */
    public StorageRekey(CellConfig cell, MacKeys keys, Path natives, Path run) {
        this.cell = cell;
        this.keys = keys;
        this.natives = natives;
        this.run = run;
    }

    /**
     * What was done and what is left.
     *
     * @param written copies that were written anew
     * @param waiting one line for each reason why the old key is still needed here; empty when it is not
     */
    public record Outcome(int written, List<String> waiting) {}

    /**
     * @throws StorageInitException in one line, when the storage cannot be read or written, or is not this cell's
     * @throws LaneGoneException when the storage's process ended
     */
    public Outcome change(StorageSpec storage) throws StorageInitException {
        Path lock = run.resolve("rekey-" + storage.id() + ".lock");
        try (LaneProcess lane = LaneProcess.start(natives.resolve("qf-lane"), lock, storage)) {
            return change(lane, storage);
        } catch (LaneGoneException e) {
            throw new StorageInitException("storage " + storage.id() + ": " + e.line());
        }
    }

    private Outcome change(LaneProcess lane, StorageSpec storage) throws LaneGoneException, StorageInitException {
        ByteBuffer pair = read(lane, storage, Layout.header());
        StorageHeader header = header(storage, pair);
        KeyChange change = new KeyChange(keys, header, cell.members().size());
        Layout layout = header.layout();
        List<String> waiting = new ArrayList<>();
        int[] owned = new int[cell.members().size()];
        int written = 0;
        int unreadable = 0;
        List<KeyChange.Found> all = new ArrayList<>();
        all.add(change.beats(read(lane, storage, layout.beats(layout.capacity()))));
        all.add(change.ballots(read(lane, storage, layout.ballots(layout.capacity()))));
        for (int suspect = 0; suspect < layout.capacity(); suspect++) {
            all.add(change.mailRow(suspect, read(lane, storage, layout.mailRow(suspect, layout.capacity()))));
        }
        for (KeyChange.Found found : all) {
            for (int host = 0; host < owned.length; host++) {
                owned[host] += found.owned()[host];
            }
            unreadable += found.unreadable();
            written += write(lane, storage, found.ownerless());
        }
        for (int host = 0; host < owned.length; host++) {
            if (owned[host] > 0) {
                waiting.add(owned[host] + " blocks of host " + cell.hosts().get(host)
                        + " are under an older key; its agent writes"
                        + " them again when it starts with the new one as security.macKeyFile");
            }
        }
        if (unreadable > 0) {
            waiting.add(
                    unreadable + " copies cannot be opened with any key of this agent.yaml; see 'qf record verify'");
        }
        List<BlockWrite> again = change.header(pair);
        if (!again.isEmpty() && !waiting.isEmpty()) {
            waiting.add("the header follows when nothing else is left");
        } else {
            written += write(lane, storage, again);
        }
        return new Outcome(written, waiting);
    }

    private StorageHeader header(StorageSpec storage, ByteBuffer pair) throws StorageInitException {
        HeaderRead read = new HeaderCodec(keys).open(pair);
        if (!(read instanceof HeaderRead.Found found)) {
            throw new StorageInitException("storage " + storage.id() + ": " + LaneHeaders.whyNone(read));
        }
        Optional<String> unfit = found.header()
                .whyUnfit(cell.cell(), storage.id(), cell.members().size());
        if (unfit.isPresent()) {
            throw new StorageInitException("storage " + storage.id() + ": " + unfit.get());
        }
        return found.header();
    }

    /** One copy after the other, so that a crash leaves its sibling whole. */
    private static int write(LaneProcess lane, StorageSpec storage, List<BlockWrite> writes)
            throws LaneGoneException, StorageInitException {
        for (BlockWrite write : writes) {
            answer(storage, lane.run(new LaneOp(List.of(write), List.of())));
        }
        return writes.size();
    }

    private static ByteBuffer read(LaneProcess lane, StorageSpec storage, Layout.Range range)
            throws LaneGoneException, StorageInitException {
        return answer(storage, lane.run(LaneOp.read(range))).reads().get(0);
    }

    private static LaneReply answer(StorageSpec storage, LaneReply reply) throws StorageInitException {
        if (!reply.ok()) {
            throw new StorageInitException("storage " + storage.id() + ": " + storage.path() + ": " + reply.text());
        }
        return reply;
    }
}
