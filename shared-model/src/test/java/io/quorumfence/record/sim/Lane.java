package io.quorumfence.record.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.RegisterWant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One host's lane to one disk: at most one operation in flight, over crashes of the host too. An operation has separate
 * instants of issue, landing, two samplings of the slots, and acknowledgement.
 */
final class Lane {
    private final World world;
    private final SimHost host;
    final SimDisk disk;
    private final int slowness;
    private @Nullable Op inFlight;

    Lane(World world, SimHost host, SimDisk disk) {
        this.world = world;
        this.host = host;
        this.disk = disk;
        slowness = world.flip(world.weather.slowLane()) ? 2 + world.chance.nextInt(7) : 1;
    }

    private final class Op {
        final RegisterWant want;
        final long life = host.life();
        final boolean[] early = new boolean[world.weather.hosts()];
        final Map<HostId, Slot<BallotBlock>> picture = disk.emptyPicture();
        boolean landed;
        boolean cut;
        boolean ended;

        Op(RegisterWant want) {
            this.want = want;
            for (int i = 0; i < early.length; i++) {
                early[i] = world.chance.nextBoolean();
            }
        }

        @Nullable
        BallotBlock block() {
            return want instanceof RegisterWant.Round round ? round.block() : null;
        }
    }

    private long stepNs() {
        return slowness * world.stepNs();
    }

    boolean isIdle() {
        return inFlight == null;
    }

    void issue(RegisterWant want) {
        Op op = new Op(want);
        if (op.block() != null && Weather.bytesOf(op.block()) > world.weather.room()) {
            throw new Broken(host.id + " wants to write a block that is too large: " + Words.of(want));
        }
        inFlight = op;
        world.trace(() -> host.id + " -> " + disk.id + " " + Words.of(want));
        boolean hangs = !world.isCalm() && world.flip(world.weather.hang());
        boolean fails = !world.isCalm() && world.flip(world.weather.fail());
        boolean lands = !fails || world.chance.nextBoolean();
        int hungStep = hangs ? world.chance.nextInt(3) : -1;
        if (world.lens.readsBeforeWriting()) {
            world.after(step(0, hungStep), () -> sampleAll(op));
        }
        long landNs = step(0, hungStep) + (world.lens.readsBeforeWriting() ? stepNs() : 0);
        if (world.lens.overtakes() && hungStep == 0) {
            world.after(stepNs(), () -> pretendFailed(op));
        }
        if (world.lens.acksBeforeLanding() && op.block() != null) {
            world.after(landNs + stepNs() * 4, () -> land(op, lands));
            world.after(stepNs(), () -> sampling(op, fails, hungStep));
            return;
        }
        world.after(landNs, () -> {
            land(op, lands);
            sampling(op, fails, hungStep);
        });
    }

    private long step(int number, int hungStep) {
        return stepNs() + (number == hungStep ? world.trouble(20, 500) : 0);
    }

    private void land(Op op, boolean lands) {
        BallotBlock block = op.block();
        if (block == null || op.cut || op.landed) {
            return;
        }
        if (lands) {
            op.landed = true;
            disk.land(host.index, world.lens.onWrite(block));
            world.trace(() -> host.id + " landed on " + disk.id + " " + Words.of(block));
        } else {
            disk.mend(host.index);
        }
    }

    private void sampling(Op op, boolean fails, int hungStep) {
        if (op.cut) {
            return;
        }
        if (fails) {
            world.after(step(1, hungStep), () -> finish(op, false));
            return;
        }
        if (world.lens.readsBeforeWriting()) {
            world.after(step(2, hungStep), () -> finish(op, true));
            return;
        }
        world.after(step(1, hungStep), () -> {
            disk.sample(op.picture, op.early, true);
            world.after(stepNs() / 2, () -> {
                disk.sample(op.picture, op.early, false);
                world.after(step(2, hungStep), () -> finish(op, true));
            });
        });
    }

    private void sampleAll(Op op) {
        disk.sample(op.picture, op.early, true);
        disk.sample(op.picture, op.early, false);
    }

    private void pretendFailed(Op op) {
        if (inFlight == op && op.life == host.life()) {
            host.laneFailed(this, op.want.generation());
        }
    }

    private void finish(Op op, boolean ok) {
        if (!op.cut) {
            end(op, ok);
        }
    }

    private void end(Op op, boolean ok) {
        if (inFlight != op) {
            return;
        }
        op.ended = true;
        if (op.life != host.life()) {
            world.trace(() -> host.id + " lane " + disk.id + " opens again");
            inFlight = null;
            host.laneOpened();
        } else if (ok) {
            host.laneRead(this, op.want, op.picture);
        } else {
            host.laneFailed(this, op.want.generation());
        }
    }

    /** The host has heard how the operation ended; before that it is given no other. */
    void heard() {
        inFlight = null;
    }

    /** The host's memory is gone. Without power loss the kernel goes on with the operation. */
    void hostCrashed(boolean powerLost) {
        Op op = inFlight;
        if (op == null) {
            return;
        }
        if (powerLost && op.block() != null && !op.landed && !op.cut) {
            op.cut = true;
            losePower(op);
        }
        if (op.ended || world.lens.opensLanesEarly()) {
            inFlight = null;
        }
    }

    private void losePower(Op op) {
        BallotBlock block = op.block();
        int fate = world.chance.nextInt(3);
        long lateNs = world.trouble(1, 300);
        boolean tears = world.flip(world.weather.torn());
        if (tears) {
            disk.tear(host.index);
        }
        world.after(lateNs, () -> {
            if (fate == 0 && block != null) {
                disk.land(host.index, world.lens.onWrite(block));
                world.trace(() -> host.id + " landed late on " + disk.id + " " + Words.of(block));
            } else if (tears) {
                disk.mend(host.index);
            }
            end(op, false);
        });
    }
}
