package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Claim;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Formats quorum storages: an operator's act, in a process of its own, while this host's agent is stopped. Everything
 * is looked at before anything is changed. A storage that comes to a cell which has lived gets what the others know,
 * so that no accepted ballot and no mail is forgotten; nothing else may put a storage back into a quorum (rule 19).
 * Blocks with the storages.
 */
public final class StorageFormatter {
    /** Numbers left out above the highest that was found: agents elsewhere may have drawn a few since. */
    static final long NUMBER_GAP = 1000;

    private static final long LANE_END_MS = 2_000;
    private static final int STEP_BYTES = 1024 * 1024;
    static final String UNCHANGED = "; nothing was changed";

    private final InitPlan plan;
    private final MacKeys keys;
    private final Path natives;
    private final Path run;
    private final Consumer<String> report;
    private final HeaderCodec headers;
    private final LaneOpening.Pause pause;

    /**
     * @param natives directory of the native programs
     * @param run directory for the lanes' locks: that of the agent, so that both never work at once
     * @param report takes one line for everything that was done
     */
    public StorageFormatter(InitPlan plan, MacKeys keys, Path natives, Path run, Consumer<String> report) {
        this(plan, keys, natives, run, report, span -> Thread.sleep(span.toMillis()));
    }

    StorageFormatter(
            InitPlan plan, MacKeys keys, Path natives, Path run, Consumer<String> report, LaneOpening.Pause pause) {
        this.pause = pause;
        this.plan = plan;
        this.keys = keys;
        this.natives = natives;
        this.run = run;
        this.report = report;
        headers = new HeaderCodec(keys);
    }

    /** One configured storage: its lane, and what was found there or why nothing could be read. */
    private record Site(
            StorageSpec storage, LaneProcess lane, @Nullable StorageSurvey survey, String problem) {
        StorageSurvey found() throws StorageInitException {
            if (survey == null) {
                throw new StorageInitException("storage " + storage.id() + ": " + problem + UNCHANGED);
            }
            return survey;
        }
    }

    /** @throws StorageInitException when a storage may not or cannot be formatted; the message says what was changed */
    public void format() throws StorageInitException, InterruptedException {
        List<Site> sites = new ArrayList<>();
        try {
            for (StorageSpec storage : plan.config().storages()) {
                sites.add(visit(storage));
            }
            format(sites);
        } catch (LaneGoneException e) {
            throw new StorageInitException(e.line());
        } finally {
            sites.forEach(site -> site.lane.close());
            for (Site site : sites) {
                // Whoever comes next, an agent or a second run, is to find the lock free.
                site.lane.awaitEnd(LANE_END_MS);
            }
        }
    }

    private boolean isChosen(Site site) {
        return plan.chosen().contains(site.storage.id());
    }

    private Site visit(StorageSpec storage) throws StorageInitException, LaneGoneException {
        if (plan.chosen().contains(storage.id())) {
            new StorageFile(storage).create();
        }
        LaneScope scope = LaneScope.of(plan.config(), storage, keys, natives, run);
        LaneProcess lane = LaneProcess.start(scope.program(), scope.lock(), storage);
        try {
            return new Site(storage, lane, survey(lane, storage), "");
        } catch (StorageInitException e) {
            return new Site(storage, lane, null, e.line());
        } catch (LaneGoneException e) {
            String hint = e.isHeldByPredecessor() ? "; stop the agent of this host first" : "";
            return new Site(storage, lane, null, e.line() + hint);
        }
    }

    private StorageSurvey survey(LaneProcess lane, StorageSpec storage) throws StorageInitException, LaneGoneException {
        return StorageSurvey.of(lane, storage, keys, plan.config().hosts(), new StorageFile(storage).size());
    }

    private void format(List<Site> sites) throws StorageInitException, LaneGoneException, InterruptedException {
        List<Site> chosen = sites.stream().filter(this::isChosen).toList();
        List<Site> others = sites.stream().filter(site -> !isChosen(site)).toList();
        boolean inUse = false;
        for (Site site : chosen) {
            refuseUnlessFree(site.found());
            inUse |= site.found().isReady();
        }
        boolean lives = judgeOthers(others);
        if (lives) {
            refuseOpenClaims(
                    others.stream()
                            .flatMap(site -> Stream.ofNullable(site.survey))
                            .toList(),
                    UNCHANGED);
            awaitQuiet(sites);
        }
        long firstNumber = firstNumber(chosen);
        for (Site site : chosen) {
            new StorageFile(site.storage).requireRoom(plan.layout().size());
        }
        for (Site site : chosen) {
            new StorageFile(site.storage).lengthen(plan.layout().size());
            // From here on no agent begins another write there: each looks at the header first.
            run(site, headers.seal(header(site, firstNumber, false)));
        }
        if (inUse) {
            pause.await(plan.config().flight());
        }
        InitContent content = lives ? takenOver(others) : InitContent.ofNewCell(plan.config(), firstNumber);
        for (Site site : chosen) {
            write(site, content, firstNumber);
        }
    }

    private void refuseUnlessFree(StorageSurvey survey) throws StorageInitException {
        Optional<String> why = whyNotFree(survey);
        if (why.isPresent() && !plan.forceErase()) {
            throw new StorageInitException("storage " + survey.storage().id() + ": "
                    + survey.storage().path() + ": " + why.get() + UNCHANGED + "; --force-erase formats it anyway");
        }
    }

    private static Optional<String> whyNotFree(StorageSurvey survey) {
        if (survey.isReady()) {
            return survey.found()
                    .map(header -> "is in use: storage " + header.storage() + " of cell " + header.cell()
                            + ", initialised at " + header.created() + " (init epoch " + header.initEpoch() + ")");
        }
        if (survey.found().isPresent()) {
            return Optional.empty();
        }
        return survey.header() instanceof HeaderRead.Blank
                ? Optional.empty()
                : Optional.of(LaneHeaders.whyNone(survey.header()));
    }

    /**
     * Whether the storages that are not formatted now hold a cell that has decided something; refuses when that cannot
     * be known, for the new blocks must not forget anything.
     */
    private boolean judgeOthers(List<Site> others) throws StorageInitException {
        boolean lives = false;
        boolean unformatted = false;
        for (Site site : others) {
            StorageSurvey survey = site.survey;
            String why = survey == null ? site.problem : whyUnknown(survey);
            if (survey == null || !why.isEmpty()) {
                throw new StorageInitException("storage " + site.storage.id() + " is configured, not chosen, and cannot"
                        + " be read: " + why + UNCHANGED + "; make it readable or choose it too");
            }
            lives |= survey.isReady() && survey.hasLived();
            unformatted |= !survey.isReady();
        }
        int storages = plan.config().storages().size();
        if (lives && others.size() < Quorum.blocking(storages)) {
            throw new StorageInitException("the cell lives on the other storages, and a decision may lie on the chosen"
                    + " ones alone; choose at most " + (storages - Quorum.blocking(storages)) + " of " + storages
                    + ", or all to begin a new cell" + UNCHANGED);
        }
        if (lives && unformatted) {
            throw new StorageInitException("the cell lives on some of the other storages and not on all; choose those"
                    + " that are not initialised one after the other, the newest last" + UNCHANGED);
        }
        return lives;
    }

    private String whyUnknown(StorageSurvey survey) {
        if (survey.header() instanceof HeaderRead.Blank) {
            return "";
        }
        Optional<StorageHeader> header = survey.found();
        if (header.isEmpty()) {
            return LaneHeaders.whyNone(survey.header());
        }
        if (survey.torn() > 0) {
            return survey.torn() + " of its blocks are unreadable";
        }
        return header.get()
                .at(true)
                .whyUnfit(
                        plan.config().cell(),
                        survey.storage().id(),
                        plan.config().members().size())
                .orElse("");
    }

    /** A living cell may lend its votes to nobody but us while they are copied (decision 0020). */
    private void awaitQuiet(List<Site> sites) throws StorageInitException, LaneGoneException, InterruptedException {
        QuietCell cell = new QuietCell(plan.config(), keys);
        for (Site site : sites) {
            if (site.found().isReady()) {
                cell.look(site.storage, site.lane, site.found().found().orElseThrow());
            }
        }
        report.accept("watching for " + cell.watch().toSeconds() + " s that no agent writes");
        pause.await(cell.watch());
        cell.lookAgain();
    }

    private void raiseFence(List<Site> others) throws StorageInitException, LaneGoneException {
        List<StorageSurvey> surveys = new ArrayList<>();
        for (Site site : others) {
            surveys.add(survey(site.lane, site.storage));
        }
        int self = plan.config().indexOf(plan.config().host());
        Optional<BallotBlock> block = BallotFence.block(StorageSurvey.newestBallots(surveys), self);
        BallotFence fence = new BallotFence(plan.config(), keys);
        for (Site site : others) {
            if (block.isPresent()) {
                fence.write(site.storage, site.lane, site.found().found().orElseThrow(), block.get());
            }
        }
    }

    private InitContent takenOver(List<Site> others) throws StorageInitException, LaneGoneException {
        raiseFence(others);
        List<StorageSurvey> now = new ArrayList<>();
        for (Site site : others) {
            StorageSurvey survey = survey(site.lane, site.storage);
            if (!survey.isReady() || survey.torn() > 0) {
                throw new StorageInitException("storage " + site.storage.id() + " changed meanwhile and cannot be taken"
                        + " over; the chosen ones are not initialised, run storage-init again");
            }
            now.add(survey);
        }
        refuseOpenClaims(now, "; the chosen storages are not initialised, run it again");
        return InitContent.ofLivingCell(plan.config(), now);
    }

    /** Mail has no ballot that could stop a claimer who is between its two halves (decision 0020). */
    private static void refuseOpenClaims(List<StorageSurvey> surveys, String so) throws StorageInitException {
        Optional<Claim> open = StorageSurvey.openClaim(surveys);
        if (open.isPresent()) {
            throw new StorageInitException("the claim of host " + open.get().claimer() + " on host "
                    + open.get().suspect() + " (token " + open.get().token() + ") is open: let the agents end it, then"
                    + " stop them" + so);
        }
    }

    /** Rule 19: a cell that begins anew draws its numbers above those of its past. */
    private static long firstNumber(List<Site> chosen) throws StorageInitException {
        long number = 1;
        for (Site site : chosen) {
            if (site.found().found().isPresent()) {
                number = Math.max(number, site.found().nextNumber() + NUMBER_GAP);
            }
        }
        return number;
    }

    private StorageHeader header(Site site, long firstNumber, boolean ready) throws StorageInitException {
        long before = site.found().found().map(StorageHeader::initEpoch).orElse(0L);
        return new StorageHeader(
                plan.config().cell(),
                site.storage.id(),
                Math.max(plan.nowMs(), before + 1),
                plan.layout(),
                Instant.ofEpochMilli(plan.nowMs()),
                firstNumber,
                ready);
    }

    private void write(Site site, InitContent content, long firstNumber)
            throws StorageInitException, LaneGoneException {
        StorageHeader header = header(site, firstNumber, true);
        for (BlockWrite step : coalesced(content.blocks(new StorageBlocks(keys, header)))) {
            run(site, List.of(step));
        }
        String warning = run(site, headers.seal(header));
        report.accept("storage " + site.storage.id() + ": " + site.storage.path() + ": initialised for cell "
                + header.cell() + ", " + plan.config().members().size() + " hosts (room for "
                + plan.layout().capacity() + "), " + plan.layout().size() + " bytes, init epoch "
                + header.initEpoch()
                + (content.isTakenOver() ? ", record taken over from the other storages" : ", record version 1")
                + (warning.isEmpty() ? "" : "; " + warning));
    }

    /** Neighbouring blocks in one write: formatting is the only time that they may land together. */
    private static List<BlockWrite> coalesced(List<BlockWrite> blocks) {
        List<BlockWrite> steps = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BlockWrite first = blocks.get(0);
        for (BlockWrite block : blocks) {
            boolean fits = bytes.size() + block.bytes().length <= STEP_BYTES
                    && block.offset() == first.offset() + bytes.size();
            if (!fits) {
                steps.add(new BlockWrite(first.offset(), bytes.toByteArray(), first.stamp()));
                bytes.reset();
                first = block;
            }
            bytes.writeBytes(block.bytes());
        }
        steps.add(new BlockWrite(first.offset(), bytes.toByteArray(), first.stamp()));
        return steps;
    }

    /** Returns what the lane remarks though it went well, such as a storage without direct I/O. */
    private static String run(Site site, List<BlockWrite> writes) throws StorageInitException, LaneGoneException {
        LaneReply reply = site.lane.run(new LaneOp(writes, List.of()));
        if (!reply.ok()) {
            throw new StorageInitException("storage " + site.storage.id() + ": " + site.storage.path() + ": "
                    + reply.text() + "; it is not initialised, run storage-init again");
        }
        return reply.text();
    }
}
