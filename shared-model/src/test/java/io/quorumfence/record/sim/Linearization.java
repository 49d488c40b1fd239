package io.quorumfence.record.sim;

import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RegisterOutcome;
import io.quorumfence.record.sim.History.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for an order of a history's operations in which each takes effect at one moment between its question and its
 * answer, and the record, changed by one of them at a time, gives every answer: the search of Wing and Gong, with
 * Lowe's memory of what was tried. It knows nothing of ballots, versions or storages.
 *
 * <p>A refusal has two moments: the change may have taken effect, been undone by somebody else at once (a permit that
 * is granted and ended in one version), and be judged again on what came of it. Its answer must be true at the second.
 *
 * <p>A read is placed where it first fits: nothing is lost by placing it early.
 */
final class Linearization {
    private static final int CONFIGURATIONS_MAX = 20_000;

    private final List<Operation> operations;
    private final Set<Configuration> tried = new HashSet<>();

    private record Configuration(BitSet done, BitSet applied, CellRecord state) {}

    private Linearization(History history) {
        operations = history.operations();
    }

    enum Verdict {
        LINEARIZABLE,
        /** Too many orders to try them all. */
        UNDECIDED
    }

    /** @throws Broken when there is no such order */
    static Verdict check(History history, CellRecord first) {
        return new Linearization(history).search(plain(first));
    }

    /** Versions are the register's own business: several changes may go into one. */
    private static CellRecord plain(CellRecord record) {
        return record.withVersion(1);
    }

    private Verdict search(CellRecord first) {
        Deque<Configuration> open = new ArrayDeque<>();
        open.push(new Configuration(new BitSet(), new BitSet(), first));
        int furthest = 0;
        while (!open.isEmpty()) {
            Configuration here = settled(open.pop());
            if (!tried.add(here)) {
                continue;
            }
            if (tried.size() > CONFIGURATIONS_MAX) {
                return Verdict.UNDECIDED;
            }
            furthest = Math.max(furthest, here.done.cardinality());
            if (isDone(here.done)) {
                return Verdict.LINEARIZABLE;
            }
            // The last one in is tried first: answers that need no change, then whatever was asked first.
            List<Configuration> next = next(here);
            next.stream().filter(one -> !one.state.equals(here.state)).forEach(open::push);
            next.stream().filter(one -> one.state.equals(here.state)).forEach(open::push);
        }
        throw new Broken("no order explains the answers; at most " + furthest + " of " + operations.size()
                + " operations can be placed:\n  " + operations);
    }

    private List<Configuration> next(Configuration here) {
        List<Configuration> next = new ArrayList<>();
        int limit = firstReturn(here.done);
        for (int i = operations.size() - 1; i >= 0; i--) {
            if (!here.done.get(i) && operations.get(i).invoked < limit) {
                next.addAll(change(here, i));
            }
        }
        return next;
    }

    private boolean isDone(BitSet done) {
        for (int i = 0; i < operations.size(); i++) {
            if (!done.get(i) && !operations.get(i).isPending()) {
                return false;
            }
        }
        return true;
    }

    /** What was asked after this moment comes after the operation that was answered then. */
    private int firstReturn(BitSet done) {
        int first = Integer.MAX_VALUE;
        for (int i = 0; i < operations.size(); i++) {
            if (!done.get(i)) {
                first = Math.min(first, operations.get(i).returned);
            }
        }
        return first;
    }

    private Configuration settled(Configuration from) {
        BitSet done = (BitSet) from.done.clone();
        boolean placed = true;
        while (placed) {
            placed = false;
            int limit = firstReturn(done);
            for (int i = 0; i < operations.size(); i++) {
                if (!done.get(i) && operations.get(i).invoked < limit && fitsUnchanged(operations.get(i), from.state)) {
                    done.set(i);
                    placed = true;
                }
            }
        }
        return new Configuration(done, from.applied, from.state);
    }

    /** What changes nothing, wherever it is placed; a change that is void here may be needed later, for others. */
    private static boolean fitsUnchanged(Operation operation, CellRecord state) {
        if (operation.outcome instanceof RegisterOutcome.ReadDone read) {
            return plain(read.record()).equals(state);
        }
        return operation.outcome instanceof RegisterOutcome.Refused no
                && no.code().equals("record-full");
    }

    /** What may come next if the change is judged here. */
    private List<Configuration> change(Configuration from, int index) {
        Operation operation = operations.get(index);
        if (operation.change.isEmpty()) {
            return List.of();
        }
        boolean refused = operation.outcome instanceof RegisterOutcome.Refused;
        ChangeResult result = operation.change.get().applyTo(from.state);
        if (result instanceof ChangeResult.Applied applied) {
            CellRecord next = plain(applied.next());
            if (!refused) {
                return List.of(new Configuration(with(from.done, index), from.applied, next));
            }
            return from.applied.get(index)
                    ? List.of()
                    : List.of(new Configuration(from.done, with(from.applied, index), next));
        }
        boolean answered = refused == result instanceof ChangeResult.Rejected && !operation.isPending();
        return answered ? List.of(new Configuration(with(from.done, index), from.applied, from.state)) : List.of();
    }

    private static BitSet with(BitSet bits, int index) {
        BitSet more = (BitSet) bits.clone();
        more.set(index);
        return more;
    }
}
