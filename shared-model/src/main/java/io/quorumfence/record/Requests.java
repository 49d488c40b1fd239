package io.quorumfence.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What waits for the register, in the order it was asked, and how what waited ended.
 *
 * <p>A request may be answered from a decided version that is at least as new as everything that was decided when it
 * was asked. Only a read of a majority that began after the request tells which version that is; until then nothing
 * answers it.
 */
final class Requests {
    private static final long NOT_YET_ASKED = Long.MAX_VALUE;
    private static final long NOT_YET_KNOWN = Long.MAX_VALUE - 1;

    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final List<RegisterOutcome> outcomes = new ArrayList<>();

    /**
     * @param change empty for a read
     * @param answerableFrom the first version that may answer it
     */
    private record Waiting(Optional<RecordChange> change, long answerableFrom) {
        boolean isInPass() {
            return answerableFrom != NOT_YET_ASKED;
        }

        Waiting from(long version) {
            return new Waiting(change, version);
        }
    }

    Requests() {}

    Requests(Requests from) {
        waiting.putAll(from.waiting);
        outcomes.addAll(from.outcomes);
    }

    void change(long request, RecordChange change) {
        waiting.put(request, new Waiting(Optional.of(change), NOT_YET_ASKED));
    }

    void read(long request) {
        waiting.put(request, new Waiting(Optional.empty(), NOT_YET_ASKED));
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    List<RegisterOutcome> takeOutcomes() {
        if (outcomes.isEmpty()) {
            return List.of();
        }
        List<RegisterOutcome> taken = List.copyOf(outcomes);
        outcomes.clear();
        return taken;
    }

    /** A pass begins: what it will read is newer than everything that waits now. */
    void beginPass() {
        waiting.replaceAll((request, one) -> one.isInPass() ? one : one.from(NOT_YET_KNOWN));
    }

    /** Whether something waits that the pass in progress covers. */
    boolean isPassOpen() {
        return waiting.values().stream().anyMatch(Waiting::isInPass);
    }

    /** The pass has read a majority: everything decided before it began is at most this version. */
    void answerableFrom(long version) {
        waiting.replaceAll((request, one) -> one.isInPass() && one.answerableFrom > version ? one.from(version) : one);
    }

    /** Answers what a decided record answers. What stays would change it. */
    void settle(CellRecord record) {
        waiting.entrySet()
                .removeIf(entry -> entry.getValue().answerableFrom <= record.version()
                        && answered(entry.getKey(), entry.getValue(), record));
    }

    private boolean answered(long request, Waiting one, CellRecord record) {
        if (one.change.isEmpty()) {
            return outcomes.add(new RegisterOutcome.ReadDone(request, record));
        }
        ChangeResult result = one.change.get().applyTo(record);
        if (result instanceof ChangeResult.Rejected no) {
            return outcomes.add(new RegisterOutcome.Refused(request, record, no.code(), no.detail()));
        }
        return result instanceof ChangeResult.Already && outcomes.add(new RegisterOutcome.Decided(request, record));
    }

    /**
     * The next version: as many of the pass's changes as go together and fit. One that is void only because of another
     * waits for the next pass, which judges it on what was decided. Empty when nothing fits; that is then refused.
     */
    Optional<CellRecord> fold(CellRecord base, BlockRoom room) {
        List<RecordChange> changes = fencesFirst();
        for (int most = changes.size(); most > 0; most /= 2) {
            CellRecord next = folded(base, changes.subList(0, most));
            if (room.takes(base, next)) {
                return Optional.of(next);
            }
        }
        waiting.entrySet().removeIf(entry -> isTooLarge(entry.getKey(), entry.getValue(), base, room));
        return Optional.empty();
    }

    /** Permits come last, so that a burst of them does not hold up what they rest on. */
    private List<RecordChange> fencesFirst() {
        List<RecordChange> changes = new ArrayList<>();
        List<RecordChange> grants = new ArrayList<>();
        for (Waiting one : waiting.values()) {
            if (one.isInPass() && one.change.isPresent()) {
                RecordChange change = one.change.get();
                boolean permits = change instanceof RecordChange.GrantPermit
                        || change instanceof RecordChange.TakeClaim
                        || change instanceof RecordChange.ReserveMove
                        || change instanceof RecordChange.TakeMoved;
                (permits ? grants : changes).add(change);
            }
        }
        changes.addAll(grants);
        return changes;
    }

    private static CellRecord folded(CellRecord base, List<RecordChange> changes) {
        CellRecord next = base;
        for (RecordChange change : changes) {
            if (change.applyTo(next) instanceof ChangeResult.Applied applied) {
                next = applied.next();
            }
        }
        return next.withVersion(base.version() + 1);
    }

    private boolean isTooLarge(long request, Waiting one, CellRecord base, BlockRoom room) {
        if (!one.isInPass() || one.change.isEmpty()) {
            return false;
        }
        CellRecord alone = folded(base, List.of(one.change.get()));
        return !room.takes(base, alone)
                && outcomes.add(new RegisterOutcome.Refused(
                        request, base, "record-full", "the cell record has no room for it; end permits first"));
    }
}
