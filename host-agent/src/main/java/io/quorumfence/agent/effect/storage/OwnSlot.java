package io.quorumfence.agent.effect.storage;

import io.quorumfence.wire.Entry;
import io.quorumfence.wire.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of one entry it is the single writer of: which write lies in which copy, where the next one
 * goes and under which number. Confined to the lane's thread.
 */
final class OwnSlot {
    /**
     * Distance between the newest number found at the start and the first one written: a write of a predecessor that
     * lands late is always the older one, whichever copy it hits.
     */
    static final long STRIDE = 1024;

    /** One operation of a predecessor can be under way in the fabric; a second strange write is another agent's. */
    private static final int LATE_LANDINGS_MAX = 1;

    private final List<Optional<Entry.Stamp>> known;
    /** Writes whose end is unknown: they may lie in their copy, or land there later. */
    private final Entry.@Nullable Stamp[] unsure = new Entry.Stamp[Layout.COPIES];

    /** Where this process began: a strange write from here on is a living stranger's, never a late one. */
    private final long first;

    /** What lay in each copy when this process began: what it has written over since then never comes again. */
    private final long[] atStart = new long[Layout.COPIES];

    private long next;
    private long acknowledged;
    private int lateLandings;

    /** @param triedBefore highest number an earlier process of this boot is known to have tried */
    OwnSlot(Entry<?> found, long triedBefore) {
        known = new ArrayList<>(found.copies());
        long newest = found.newest().map(Entry.Stamp::writeSequence).orElse(0L);
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            atStart[copy] = known.get(copy).map(Entry.Stamp::writeSequence).orElse(newest);
        }
        first = Math.max(newest, triedBefore) + STRIDE;
        next = first;
    }

    /** The number of the next write; each is used once. */
    long takeNumber() {
        return next++;
    }

    /** Where to write so that a tear costs nothing: never over the only copy that is known to be good. */
    int nextCopy() {
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            if (unsure[copy] != null) {
                return copy;
            }
        }
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            if (known.get(copy).isEmpty()) {
                return copy;
            }
        }
        return numberIn(0) <= numberIn(1) ? 0 : 1;
    }

    private long numberIn(int copy) {
        return known.get(copy).map(Entry.Stamp::writeSequence).orElse(-1L);
    }

    void tried(int copy, Entry.Stamp stamp) {
        unsure[copy] = stamp;
    }

    void landed(int copy, Entry.Stamp stamp) {
        unsure[copy] = null;
        known.set(copy, Optional.of(stamp));
    }

    /** All copies of one write landed: from now on, nobody may read anything older here. */
    void acknowledge(Entry.Stamp stamp) {
        acknowledged = stamp.writeSequence();
    }

    /** What an own entry shows. */
    enum Verdict {
        FINE,
        /** Both copies fail their checks though one was acknowledged: nothing read here counts. */
        LOST,
        /** The storage shows an older state than it acknowledged. */
        WENT_BACK,
        /** Somebody else writes here. */
        SECOND_WRITER
    }

    Verdict judge(Entry<?> read) {
        long newest = read.newest().map(Entry.Stamp::writeSequence).orElse(-1L);
        if (newest < acknowledged) {
            return newest < 0 ? Verdict.LOST : Verdict.WENT_BACK;
        }
        boolean stranger = false;
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            Optional<Entry.Stamp> found = read.copies().get(copy);
            if (found.isPresent() && wasWrittenOver(copy, found.get().writeSequence())) {
                return Verdict.WENT_BACK;
            }
            if (found.isPresent() && isForeign(copy, found.get())) {
                stranger |= found.get().writeSequence() >= first || ++lateLandings > LATE_LANDINGS_MAX;
            }
        }
        return stranger ? Verdict.SECOND_WRITER : Verdict.FINE;
    }

    /**
     * Whether a copy shows again what was there before its last write. The write that is judged hides the loss in its
     * own copy, so the other one tells. A predecessor's late write is above what lay in its copy when this process
     * began; one that goes to both copies may have landed in the other by then.
     */
    private boolean wasWrittenOver(int copy, long found) {
        return found < numberIn(copy) && (found >= first || found <= atStart[copy]);
    }

    /** Takes note of what lies in a copy; true when it is not this process's and was not there before. */
    private boolean isForeign(int copy, Entry.Stamp found) {
        if (known.get(copy).filter(found::equals).isPresent()) {
            return false;
        }
        boolean ours = found.equals(unsure[copy]);
        known.set(copy, Optional.of(found));
        if (ours) {
            unsure[copy] = null;
        }
        return !ours;
    }

    String wentBack(String what, Entry<?> read) {
        return wentBack(what, read.newest().map(Entry.Stamp::writeSequence).orElse(-1L), acknowledged);
    }

    static String wentBack(String what, long found, long acknowledged) {
        return "went back in time: own " + what + " is at write " + found + ", write " + acknowledged
                + " was acknowledged; out of the quorum until storage-init";
    }
}
