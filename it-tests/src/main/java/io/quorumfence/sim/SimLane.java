package io.quorumfence.sim;

import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.wire.Layout;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lane process of one host for one storage. Its operation runs its steps in order and outlives the agent; a new
 * lane stays shut until the old operation has ended (rule R2).
 */
final class SimLane {
    private static final String WENT_BACK = "went back in time; out of the quorum until storage-init";

    private final SimHost host;
    private final SimStorage storage;
    private @Nullable Op op;
    private boolean shut;
    private boolean asked;
    /** What this boot was told has landed; on tmpfs, so a restarted agent knows it too. */
    private @Nullable BallotBlock landedBallot;

    /** The storage has lost some of it, and the next read of such blocks shows it: this lane is shut for good. */
    private boolean lostBeat;

    private boolean lostBallot;
    private boolean shutForGood;
    private final ArrayDeque<StorageCommand> queue = new ArrayDeque<>();

    private static final class Op {
        final StorageCommand command;
        final int process;
        final long startNs;
        final long sentNs;
        boolean landed;
        boolean showsLoss;
        List<Slot<MailEntry>> row = List.of();

        Op(StorageCommand command, int process, long startNs, long sentNs) {
            this.command = command;
            this.process = process;
            this.startNs = startNs;
            this.sentNs = sentNs;
        }
    }

    SimLane(SimHost host, SimStorage storage) {
        this.host = host;
        this.storage = storage;
    }

    void boot() {
        op = null;
        queue.clear();
        shut = false;
        asked = false;
        landedBallot = null;
        lostBeat = false;
        lostBallot = false;
        shutForGood = storage.isOld();
    }

    /**
     * What this boot wrote there and is gone, its next operation shows. Whoever has written nothing since then has
     * nothing to miss: its operator keeps it away (decision 0013).
     */
    void wentBack(BallotBlock ballot) {
        lostBeat = true;
        lostBallot |= landedBallot != null && ballot.compareTo(landedBallot) < 0;
    }

    /** Whether this read shows that an own block is older than it was written: every one shows the own beat. */
    private boolean showsLoss(StorageCommand command) {
        boolean ballots =
                command instanceof StorageCommand.ReadBallots || command instanceof StorageCommand.BallotRound;
        return lostBeat || (ballots && lostBallot);
    }

    private void shutForGood(Op mine) {
        op = null;
        queue.clear();
        shutForGood = true;
        host.note("lane " + storage.id + " went back in time");
        if (mine.process == host.agent.process() && !shut) {
            shut = true;
            host.agent.offer(new StorageObservation.LaneShut(storage.id, WENT_BACK));
        }
    }

    void agentStarted() {
        shut = false;
        asked = true;
        openIfFree();
    }

    void agentDied() {
        asked = false;
    }

    /** The lane's process dies; the kernel still holds what it was doing. */
    void kill() {
        if (host.agent.state() == null || shut) {
            return;
        }
        shut = true;
        queue.clear(); // what it had not begun dies with it
        int mine = host.agent.process();
        host.note("lane " + storage.id + " dies");
        host.agent.offer(new StorageObservation.LaneShut(storage.id, "its process died"));
        host.after(50 * SimCell.MILLI, () -> {
            if (mine == host.agent.process()) {
                asked = true;
                openIfFree();
            }
        });
    }

    private void openIfFree() {
        if (!asked) {
            return;
        }
        if (shutForGood || lostBeat || lostBallot) {
            asked = false;
            shut = true;
            host.agent.offer(new StorageObservation.LaneShut(storage.id, WENT_BACK));
            return;
        }
        if (op != null) {
            host.agent.offer(
                    new StorageObservation.LaneShut(storage.id, "the predecessor's operation has not ended yet"));
            return;
        }
        asked = false;
        shut = false;
        host.agent.offer(
                new StorageObservation.LaneOpened(storage.id, Layout.standard().ballotRoom()));
    }

    /** A write in flight when the power goes may be lost, or land within T_flight. */
    void powerLost() {
        Op last = op;
        op = null;
        if (last != null && !last.landed && SimStorage.writes(last.command) && host.cell.chance(0.5)) {
            long flight = host.cell.edgy(host.config.flight().toNanos());
            host.cell.time.after(flight, () -> storage.land(host, last.command, last.sentNs, last.process));
        }
    }

    void carry(StorageCommand command) {
        if (shut) {
            return; // the agent has been told already
        }
        if (op != null || !queue.isEmpty()) {
            // Decided before the agent heard that the lane is a new one; the lane takes one after the other.
            queue.add(command);
            return;
        }
        begin(command);
    }

    private void begin(StorageCommand command) {
        Op mine = new Op(command, host.agent.process(), host.nowNs(), host.cell.time.nowNs());
        op = mine;
        if (SimStorage.writes(command)) {
            host.cell.time.after(latency(), () -> write(mine));
        } else {
            mine.landed = true;
            host.cell.time.after(latency(), () -> read(mine));
        }
    }

    private long latency() {
        return host.cell.faults.ioNs(host.index, storage.index);
    }

    private void write(Op mine) {
        if (op != mine || mine.landed) {
            return;
        }
        if (host.cell.faults.waits(host.index, storage.index, () -> write(mine))) {
            return;
        }
        if (host.cell.faults.isFailing(host.index, storage.index)) {
            fail(mine);
            return;
        }
        mine.landed = true;
        storage.land(host, mine.command, mine.sentNs, mine.process);
        afterwards(() -> read(mine));
    }

    private void fail(Op mine) {
        boolean lands = !mine.landed && SimStorage.writes(mine.command) && host.cell.chance(0.5);
        mine.landed = true;
        if (lands) {
            storage.land(host, mine.command, mine.sentNs, mine.process); // an error says nothing of what was written
        }
        finish(mine, storage.failed(mine.command), false);
    }

    private void landed(StorageCommand command, boolean ok) {
        if (ok && command instanceof StorageCommand.BallotRound c) {
            landedBallot = c.block();
        }
    }

    /** The next step begins on the host, or had begun before the host stopped. */
    private void afterwards(Runnable next) {
        long delay = latency();
        if (host.cell.chance(0.5)) {
            host.after(delay, next);
        } else {
            host.cell.time.after(delay, next);
        }
    }

    private void read(Op mine) {
        if (op != mine) {
            return;
        }
        if (host.cell.faults.waits(host.index, storage.index, () -> read(mine))) {
            return;
        }
        if (host.cell.faults.isFailing(host.index, storage.index)) {
            fail(mine);
            return;
        }
        if (mine.command instanceof StorageCommand.BeatRound) {
            mine.row = storage.row(host.id);
            if (host.cell.chance(0.25)) {
                afterwards(() -> complete(mine));
                return;
            }
        }
        complete(mine);
    }

    private void complete(Op mine) {
        if (op == mine) {
            mine.showsLoss = showsLoss(mine.command);
            finish(mine, storage.read(mine.command, mine.row), true);
        }
    }

    private void finish(Op mine, SimStorage.Reading reading, boolean ok) {
        host.after(latency(), () -> {
            if (op != mine) {
                return;
            }
            if (mine.showsLoss) {
                shutForGood(mine);
                return;
            }
            op = null;
            landed(mine.command, ok);
            if (mine.process != host.agent.process()) {
                queue.clear();
            }
            boolean heard = mine.process == host.agent.process() && !shut;
            if (heard) {
                long endNs = host.nowNs();
                host.agent.offer(reading.at(
                        ok
                                ? IoResult.success(mine.startNs, endNs)
                                : IoResult.failure(mine.startNs, endNs, "injected")));
            } else {
                openIfFree();
            }
            if (op == null && !queue.isEmpty()) {
                begin(queue.poll());
            }
        });
    }
}
