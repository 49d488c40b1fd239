package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Beat;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockAudit;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads storages without taking part in the cell: beside running agents or without any, writing nothing. Each storage
 * is read by a lane process of its own, past caches, and given up after a limit; the process may then hang, this one
 * does not. Its locks are its own, so it holds up no agent.
 */
public final class StorageReader {
    private final MacKeys keys;
    private final Path natives;
    private final Duration limit;

    /** How much to look at: what a picture of the cell needs, or every block there is. */
    public enum Depth {
        RECORD,
        ALL
    }

    public StorageReader(MacKeys keys, Path natives, Duration limit) {
        this.keys = keys;
        this.natives = natives;
        this.limit = limit;
    }

    /** Blocks for the limit at most. */
    public StorageReading read(StorageSpec storage, Depth depth) throws InterruptedException {
        if (!Files.exists(Path.of(storage.path()))) {
            return StorageReading.failed(storage, "there is no such file or device");
        }
        Path locks;
        try {
            locks = Files.createTempDirectory("qf-record");
        } catch (IOException e) {
            return StorageReading.failed(storage, "no directory for the lane's lock: " + e.getMessage());
        }
        Path lock = locks.resolve("lane.lock");
        try (LaneProcess lane = LaneProcess.start(natives.resolve("qf-lane"), lock, storage)) {
            CompletableFuture<StorageReading> reading = new CompletableFuture<>();
            Thread thread = new Thread(() -> reading.complete(quietly(lane, storage, depth)), "read-" + storage.id());
            thread.setDaemon(true);
            thread.start();
            return reading.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return StorageReading.failed(storage, "no answer in " + limit.toSeconds() + " s");
        } catch (ExecutionException | LaneGoneException e) {
            return StorageReading.failed(storage, String.valueOf(e.getMessage()));
        } finally {
            remove(lock);
            remove(locks);
        }
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A lane that hangs may still make it; the directory is for temporary files.
            path.toFile().deleteOnExit();
        }
    }

    private StorageReading quietly(LaneProcess lane, StorageSpec storage, Depth depth) {
        try {
            return read(lane, storage, depth);
        } catch (LaneGoneException e) {
            return StorageReading.failed(storage, e.line());
        } catch (StorageInitException e) {
            return StorageReading.failed(storage, e.line());
        } catch (RuntimeException e) {
            return StorageReading.failed(storage, "cannot be read: " + e);
        }
    }

    private StorageReading read(LaneProcess lane, StorageSpec storage, Depth depth)
            throws LaneGoneException, StorageInitException {
        long size = new StorageFile(storage).size();
        if (size < Layout.PAIR) {
            return new StorageReading(storage, new HeaderRead.Blank(), Map.of(), Map.of(), List.of(), "");
        }
        ByteBuffer pair = range(lane, storage, Layout.header());
        HeaderRead header = new HeaderCodec(keys).open(pair);
        List<BlockAudit.Fault> faults = new ArrayList<>(BlockAudit.header(keys, pair));
        if (!(header instanceof HeaderRead.Found found)) {
            return new StorageReading(storage, header, Map.of(), Map.of(), faults, "");
        }
        if (size < found.header().layout().size()) {
            return StorageReading.failed(
                    storage,
                    "is " + size + " bytes long, its header says "
                            + found.header().layout().size() + ": cut off");
        }
        return ofOurs(lane, storage, found.header(), depth, faults);
    }

    private StorageReading ofOurs(
            LaneProcess lane, StorageSpec storage, StorageHeader header, Depth depth, List<BlockAudit.Fault> faults)
            throws LaneGoneException, StorageInitException {
        Layout layout = header.layout();
        StorageBlocks blocks = new StorageBlocks(keys, header);
        ByteBuffer ballotRange = range(lane, storage, layout.ballots(layout.capacity()));
        Map<Integer, BallotBlock> ballots = new HashMap<>();
        for (int host = 0; host < layout.capacity(); host++) {
            ByteBuffer entry = ballotRange.slice(host * layout.ballotPair(), layout.ballotPair());
            int at = host;
            blocks.openBallot(host, entry).slot().value().ifPresent(block -> ballots.put(at, block));
        }
        Optional<CellRecord> newest =
                new StorageReading(storage, new HeaderRead.Found(header), ballots, Map.of(), List.of(), "").newest();
        ByteBuffer beatRange = range(lane, storage, layout.beats(layout.capacity()));
        Map<Integer, Beat> beats = new HashMap<>();
        for (int host = 0; host < layout.capacity(); host++) {
            int at = host;
            ByteBuffer entry = beatRange.slice(host * Layout.PAIR, Layout.PAIR);
            blocks.openBeat(host, StorageReading.member(newest, host), entry)
                    .slot()
                    .value()
                    .ifPresent(beat -> beats.put(at, beat));
        }
        BlockAudit audit = new BlockAudit(keys, header, index -> StorageReading.member(newest, index));
        faults.addAll(audit.beats(beatRange));
        for (int suspect = 0; depth == Depth.ALL && suspect < layout.capacity(); suspect++) {
            faults.addAll(audit.mailRow(suspect, range(lane, storage, layout.mailRow(suspect, layout.capacity()))));
        }
        faults.addAll(audit.ballots(ballotRange));
        return new StorageReading(storage, new HeaderRead.Found(header), ballots, beats, faults, "");
    }

    private static ByteBuffer range(LaneProcess lane, StorageSpec storage, Layout.Range range)
            throws LaneGoneException, StorageInitException {
        LaneReply reply = lane.run(LaneOp.read(range));
        if (!reply.ok()) {
            throw new StorageInitException("cannot be read at offset " + range.offset() + ": " + reply.text());
        }
        return reply.reads().get(0);
    }
}
