package io.quorumfence.record.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sees every record a host believes decided, every request and every answer, and breaks the schedule when one of them
 * cannot be: agreement per version, knowledge that only grows, linearizable answers, lawful successors, liveness.
 */
final class Judge {
    final History history = new History();
    private final List<CellRecord> decided = new ArrayList<>();
    private final Lineage lineage;
    private final Map<HostId, Long> known = new HashMap<>();
    private final Map<Long, Asked> open = new TreeMap<>();
    private final Score score = new Score();
    private long requests;

    private record Asked(SimHost host, long life, Optional<RecordChange> change, long newestThen) {}

    /** How much happened; so that a quiet world is not mistaken for a correct register. */
    static final class Score {
        long versions;
        long decisions;
        long refusals;
        long full;
        long reads;
        long lost;
        long slowestNs;
        /** The part of its patience that the slowest schedule took after the calm. */
        double patienceUsed;

        boolean isQuiet(int schedules) {
            return Math.min(Math.min(versions, decisions), Math.min(refusals, reads)) < 3L * schedules;
        }

        @Override
        public String toString() {
            return String.format(
                    "%d versions, %d decisions, %d refusals, %d for want of room, %d reads, %d lost; the slowest took"
                            + " %.0f ms after the calm, at most %.0f %% of the bound",
                    versions, decisions, refusals, full, reads, lost, slowestNs / 1e6, patienceUsed * 100);
        }

        void add(Score other) {
            versions += other.versions;
            decisions += other.decisions;
            refusals += other.refusals;
            full += other.full;
            reads += other.reads;
            lost += other.lost;
            slowestNs = Math.max(slowestNs, other.slowestNs);
            patienceUsed = Math.max(patienceUsed, other.patienceUsed);
        }
    }

    Judge(CellRecord first) {
        decided.add(first);
        lineage = new Lineage(first);
    }

    Score score() {
        score.versions = newest();
        return score;
    }

    private long newest() {
        return decided.size();
    }

    void knows(SimHost host, Optional<CellRecord> belief) {
        if (belief.isEmpty()) {
            return;
        }
        CellRecord record = belief.get();
        long version = record.version();
        long before = known.getOrDefault(host.id, 0L);
        if (version < before) {
            throw new Broken(host.id + " knew version " + before + " and now believes " + version);
        }
        known.put(host.id, version);
        if (version > newest() + 1) {
            throw new Broken(host.id + " believes version " + version + ", nobody decided " + (newest() + 1));
        }
        if (version == newest() + 1) {
            lineage.follow(record);
            decided.add(record);
        } else if (!decided.get((int) version - 1).equals(record)) {
            throw new Broken("version " + version + " has two values, " + host.id + " believes the second:\n  "
                    + decided.get((int) version - 1) + "\n  " + record);
        }
    }

    long asked(SimHost host, Optional<RecordChange> change) {
        long request = ++requests;
        open.put(request, new Asked(host, host.life(), change, newest()));
        history.invoked(request, change);
        return request;
    }

    void lostMemory(SimHost host) {
        int before = open.size();
        open.values().removeIf(asked -> asked.host == host);
        score.lost += before - open.size();
        known.remove(host.id);
    }

    void answered(SimHost host, RegisterOutcome outcome) {
        Asked asked = open.remove(outcome.request());
        if (asked == null || asked.host != host || asked.life != host.life()) {
            throw new Broken(host.id + " got an answer to request " + outcome.request() + " it did not ask");
        }
        history.returned(outcome.request(), outcome);
        CellRecord record = recordOf(outcome);
        if (record.version() < asked.newestThen) {
            throw new Broken(host.id + " got version " + record.version() + " for request " + outcome.request()
                    + ", when it asked version " + asked.newestThen + " was decided");
        }
        knows(host, Optional.of(record));
        if (outcome instanceof RegisterOutcome.ReadDone) {
            score.reads++;
            require(asked.change.isEmpty(), "a change was answered by a read", outcome);
        } else if (outcome instanceof RegisterOutcome.Decided) {
            score.decisions++;
            require(Effect.stands(asked.change.orElseThrow(), record), "the record lacks the effect", asked.change);
        } else if (((RegisterOutcome.Refused) outcome).code().equals("record-full")) {
            score.full++;
        } else {
            score.refusals++;
            boolean isVoid = asked.change.orElseThrow().applyTo(record) instanceof ChangeResult.Rejected;
            require(isVoid, "refused though valid", outcome);
        }
    }

    private static CellRecord recordOf(RegisterOutcome outcome) {
        if (outcome instanceof RegisterOutcome.Decided yes) {
            return yes.record();
        }
        return outcome instanceof RegisterOutcome.Refused no
                ? no.record()
                : ((RegisterOutcome.ReadDone) outcome).record();
    }

    private static void require(boolean holds, String what, Object evidence) {
        if (!holds) {
            throw new Broken(what + ": " + evidence);
        }
    }

    boolean allAnswered() {
        return open.isEmpty();
    }

    boolean waits(SimHost host) {
        return open.values().stream().anyMatch(asked -> asked.host == host);
    }

    String unanswered() {
        return open.toString();
    }

    void answeredAllAfter(long ns, long patienceNs) {
        score.slowestNs = ns;
        score.patienceUsed = (double) ns / patienceNs;
    }
}
