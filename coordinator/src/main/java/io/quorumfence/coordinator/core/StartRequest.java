package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Stage.Closed;
import io.quorumfence.coordinator.core.Stage.Gathering;
import io.quorumfence.coordinator.core.Stage.Waiting;
import io.quorumfence.coordinator.core.Verdict.Pending;
import io.quorumfence.model.CellId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One start request, over all the times it is asked.
 *
 * @param id the caller's idempotency key
 * @param cell null when no cell fits
 * @param askedNs when this round was asked
 * @param round counts the asks that were evaluated anew
 */
public record StartRequest(
        String id, StartQuestion question, @Nullable CellId cell, long askedNs, int round, Stage stage, Notes notes) {

    /**
     * What was learnt in this round.
     *
     * @param word the last host's newest answer, or how asking it failed
     * @param wordFailures how often it gave none
     * @param pending the newest PENDING verdict
     * @param grantSinceNs when a permit was first asked for, 0 if never
     * @param trouble why the last attempt at a permit failed
     * @param inDoubt a permit may have been written although nobody confirmed it
     * @param queuedNs since when the request has waited for its turn to be granted a permit, 0 if it does not
     * @param before where the VM was when this round was asked, by its host's own list
     */
    public record Notes(
            @Nullable HostAnswer word,
            long wordNs,
            int wordFailures,
            @Nullable Pending pending,
            long grantSinceNs,
            PermitAnswer.@Nullable Rejected trouble,
            boolean inDoubt,
            long queuedNs,
            CellState.@Nullable Sighting before) {
        static final Notes EMPTY = new Notes(null, 0, 0, null, 0, null, false, 0, null);

        Notes said(HostAnswer answer, long nowNs) {
            int failures = answer instanceof HostAnswer.NoAnswer ? wordFailures + 1 : 0;
            return new Notes(answer, nowNs, failures, pending, grantSinceNs, trouble, inDoubt, queuedNs, before);
        }

        Notes withoutWord() {
            return new Notes(null, 0, 0, pending, grantSinceNs, trouble, inDoubt, queuedNs, before);
        }

        Notes waiting(Pending now) {
            return new Notes(word, wordNs, wordFailures, now, grantSinceNs, trouble, inDoubt, queuedNs, before);
        }

        Notes granting(long nowNs) {
            long sinceNs = grantSinceNs == 0 ? nowNs : grantSinceNs;
            return new Notes(word, wordNs, wordFailures, pending, sinceNs, trouble, inDoubt, queuedNs, before);
        }

        Notes troubled(String code, String detail, boolean mayHaveBeenDone) {
            PermitAnswer.Rejected why = new PermitAnswer.Rejected(code, detail, true);
            boolean doubt = inDoubt || mayHaveBeenDone;
            return new Notes(word, wordNs, wordFailures, pending, grantSinceNs, why, doubt, queuedNs, before);
        }

        Notes doubt(boolean nowInDoubt) {
            return new Notes(word, wordNs, wordFailures, pending, grantSinceNs, trouble, nowInDoubt, queuedNs, before);
        }

        Notes queued(long sinceNs) {
            return new Notes(word, wordNs, wordFailures, pending, grantSinceNs, trouble, inDoubt, sinceNs, before);
        }

        Notes knowing(CellState.@Nullable Sighting was) {
            return new Notes(word, wordNs, wordFailures, pending, grantSinceNs, trouble, inDoubt, queuedNs, was);
        }
    }

    static StartRequest opened(
            String id, StartQuestion question, @Nullable CellId cell, int round, long untilNs, long nowNs) {
        return new StartRequest(id, question, cell, nowNs, round, new Gathering(untilNs), Notes.EMPTY);
    }

    /** A request that was decided before this process started. */
    public static StartRequest remembered(
            String id,
            StartQuestion question,
            @Nullable CellId cell,
            int round,
            Verdict verdict,
            long askedNs,
            long tookNs) {
        return new StartRequest(id, question, cell, askedNs, round, new Closed(verdict, tookNs), Notes.EMPTY);
    }

    StartRequest at(Stage next) {
        return new StartRequest(id, question, cell, askedNs, round, next, notes);
    }

    StartRequest noting(Notes next) {
        return new StartRequest(id, question, cell, askedNs, round, stage, next);
    }

    StartRequest asking(StartQuestion again) {
        return new StartRequest(id, again, cell, askedNs, round, stage, notes);
    }

    /** Whether it waits for its turn; its place is kept while it is looked at anew. */
    public boolean isQueued() {
        return notes.queuedNs() != 0 && !isClosed() && !(stage instanceof Stage.Granting);
    }

    public boolean isClosed() {
        return stage instanceof Closed;
    }

    /** Closed, and nothing is left to do: a cancelled request whose permit may have been written is not settled. */
    boolean isSettled() {
        return stage instanceof Closed closed && !(closed.verdict() instanceof Verdict.Cancelled && notes.inDoubt());
    }

    /** Whether there is something to tell: a verdict, or a PENDING that is waited for. */
    public boolean isAnswerable() {
        return stage instanceof Closed || stage instanceof Waiting;
    }

    /** The answer as of now. While the first questions are out it is PENDING. */
    public Verdict shown() {
        if (stage instanceof Closed closed) {
            return closed.verdict();
        }
        if (stage instanceof Stage.Ending ending) {
            return ending.allow();
        }
        if (stage instanceof Waiting waiting) {
            return waiting.pending();
        }
        Pending known = notes.pending();
        if (known != null) {
            return known;
        }
        return new Pending(Awaited.AGENTS, "the agents are being asked", askedNs, List.of());
    }
}
