package io.quorumfence.agent.effect.local;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.LocalCommand.LiftBarrier;
import io.quorumfence.model.command.LocalCommand.StoreBarrier;
import io.quorumfence.model.command.LocalCommand.StoreCleared;
import io.quorumfence.model.command.LocalCommand.StoreIncarnation;
import io.quorumfence.model.command.LocalCommand.StorePromises;
import io.quorumfence.model.command.LocalCommand.StoreRecord;
import io.quorumfence.model.command.LocalCommand.StoreSpent;
import io.quorumfence.model.observation.EffectObservation.BarrierStored;
import io.quorumfence.model.observation.EffectObservation.PromiseStored;
import io.quorumfence.model.observation.EffectObservation.RecordStored;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.RecordImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's state that must outlive its process and never the kernel's boot: incarnation, promises, start barriers.
 * Commands return at once; they are carried out in their order on one thread, and their observations come from it.
 * Each may be repeated.
 */
public final class TmpfsState implements AutoCloseable {
    static final String INCARNATION = "incarnation";
    static final String TERMS = "terms";
    static final String PROMISES = "promises";
    static final String RECORD = "record";

    /** The latched life that was found cleared. */
    static final String CLEARED = "cleared";
    /** Directory with one file a VM, named by its UUID: a start hook needs no parser to see its barrier. */
    static final String BARRIERS = "barriers";
    /** Written by the fence helper: no VM at all starts while it stands. */
    static final String FENCE_BARRIER = "barrier";

    static final String SPENT = "spent";

    private static final Pattern SPENT_LINE = Pattern.compile("below=([0-9]{1,18})\n");
    private static final Logger LOG = LoggerFactory.getLogger(TmpfsState.class);
    private static final int QUEUE_MAX = 1000;

    private final TmpfsFiles files;
    private final UUID bootId;
    private final Consumer<Observation> sink;
    private final ExecutorService lane;
    private volatile Optional<Incarnation> life = Optional.empty();

    private TmpfsState(TmpfsFiles files, UUID bootId, Consumer<Observation> sink) {
        this.files = files;
        this.bootId = bootId;
        this.sink = sink;
        this.lane = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), TmpfsState::thread);
    }

    /**
     * Opens the run directory, made if it is missing.
     *
     * @throws IOException one clear line, when it cannot be had or is not on a tmpfs: the agent must not start
     */
    public static TmpfsState open(Path run, UUID bootId, Consumer<Observation> sink) throws IOException {
        TmpfsFiles files = TmpfsFiles.in(run);
        Files.createDirectories(
                files.path(BARRIERS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new TmpfsState(files, bootId, sink);
    }

    /** Reads what earlier agents of this boot left. To be called before any command. */
    public BootFacts load(KeeperWords words) {
        BootFacts facts = new BootFactsReader(files, bootId).read(words);
        life = facts.life().map(BootFacts.Life::incarnation);
        return facts;
    }

    /**
     * The configuration to go on with: while the stored life is promised an end, under the terms it promised. What is
     * answered is stored for the next process, so this is called once, before anything goes out.
     *
     * @throws IOException when it cannot be stored: the next process would not know what was promised
     */
    public CellConfig holdTerms(CellConfig configured, KeeperWords words) throws IOException {
        CellConfig held = configured;
        try {
            Optional<LifeTerms> stored = files.read(TERMS).map(LifeTerms::read);
            if (isEndPromised(words) && stored.isPresent()) {
                held = stored.get().in(configured);
            }
        } catch (IllegalArgumentException e) {
            LOG.error("the terms of this life cannot be read: going on with the configured ones");
        }
        if (!LifeTerms.of(held).equals(LifeTerms.of(configured))) {
            LOG.warn(
                    "this host is armed under other terms ({}) than agent.yaml has; they hold until no protected VM is"
                            + " left here and the agent is restarted",
                    LifeTerms.of(held).text().strip());
        }
        files.write(TERMS, LifeTerms.of(held).text());
        return held;
    }

    /** Whether siblings may count on an end of the stored life; unknown counts as promised. */
    private boolean isEndPromised(KeeperWords words) {
        return life.isPresent()
                && (words.counter() != life.get().counter() || words.expiryNs() != LocalCommand.NO_EXPIRY);
    }

    /** The incarnation that stands in the run directory, if one does. Safe from any thread. */
    public Optional<Incarnation> life() {
        return life;
    }

    public void storeIncarnation(StoreIncarnation command) {
        submit(() -> writeLife(command), stored -> {});
    }

    public void storeCleared(StoreCleared command) {
        submit(() -> files.write(CLEARED, StateText.ofCleared(command.counter())), stored -> {});
    }

    /** Read by the fence helper: a shell under a claim that was taken back does nothing. */
    public void storeSpent(StoreSpent command) {
        submit(() -> files.write(SPENT, "below=" + Math.max(command.below(), spentBelow()) + "\n"), stored -> {});
    }

    /** What an earlier process of this boot left; its record may have shown claims that are forgotten by now. */
    private long spentBelow() throws IOException {
        Matcher line = SPENT_LINE.matcher(files.read(SPENT).orElse(""));
        return line.matches() ? Long.parseLong(line.group(1)) : 0;
    }

    /** Answered by PromiseStored. */
    public void storePromises(StorePromises command) {
        submit(
                () -> files.write(PROMISES, StateText.ofPromises(bootId, command.promises())),
                stored -> sink.accept(new PromiseStored(command.newest(), stored)));
    }

    /** Answered by BarrierStored. */
    public void storeBarrier(StoreBarrier command) {
        submit(
                () -> files.write(barrier(command.vm()), "barrier\n"),
                stored -> sink.accept(new BarrierStored(command.vm(), stored)));
    }

    /** The newest applied record, for a restarted agent of this boot (rule 16). Answered by RecordStored. */
    public void storeRecord(StoreRecord command) {
        submit(
                () -> writeRecord(command),
                stored -> sink.accept(new RecordStored(command.record().version(), stored)));
    }

    private void writeRecord(StoreRecord command) throws IOException {
        try {
            files.write(RECORD, RecordImage.write(command.record(), bootId));
        } catch (IOException | RuntimeException e) {
            // Without a record a successor reads the cell's; from an older one it would act.
            Files.deleteIfExists(files.path(RECORD));
            throw e;
        }
    }

    /** The record an earlier agent of this boot applied last, if it is there and whole. */
    public Optional<CellRecord> loadRecord() {
        try {
            return files.read(RECORD).flatMap(text -> RecordImage.read(text, bootId));
        } catch (IOException e) {
            LOG.warn("the stored record cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    public void liftBarrier(LiftBarrier command) {
        submit(() -> Files.deleteIfExists(files.path(barrier(command.vm()))), stored -> {});
    }

    @Override
    public void close() {
        lane.shutdown();
    }

    private void writeLife(StoreIncarnation command) throws IOException {
        // The list of promises before the incarnation: an incarnation without a list then means that the list is lost.
        if (!Files.exists(files.path(PROMISES))) {
            files.write(PROMISES, StateText.ofPromises(bootId, List.of()));
        }
        files.write(INCARNATION, StateText.ofLife(command.life(), command.joined()));
        life = Optional.of(command.life());
    }

    private static String barrier(VmId vm) {
        return BARRIERS + "/" + vm;
    }

    private void submit(Store store, Consumer<Boolean> answer) {
        try {
            lane.execute(() -> answer.accept(isStored(store)));
        } catch (RejectedExecutionException e) {
            LOG.error("state on tmpfs not stored: {} stores are waiting", QUEUE_MAX);
            answer.accept(false);
        }
    }

    private static boolean isStored(Store store) {
        try {
            store.run();
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("state on tmpfs not stored: {}", e.toString());
            return false;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tmpfs-state");
        thread.setDaemon(true);
        return thread;
    }

    /** One store. */
    @FunctionalInterface
    private interface Store {
        void run() throws IOException;
    }
}
