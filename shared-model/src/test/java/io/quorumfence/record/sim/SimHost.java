package io.quorumfence.record.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Slot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.BlockRoom;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.Register;
import io.quorumfence.record.RegisterWant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One host: the real register, a lane per disk, and faults. A crash loses the register, never an operation. */
final class SimHost {
    final HostId id;
    final int index;
    private final World world;
    private final List<Lane> lanes = new ArrayList<>();
    private final ChangeMix mix;
    private final Set<Long> faked = new HashSet<>();
    private @Nullable Register register;
    private Incarnation incarnation;
    private long life;
    private long pausedUntilNs;
    private boolean written;
    private long newestGeneration;
    private @Nullable SimDisk recoveryDisk;
    private @Nullable SimDisk readingFrom;

    SimHost(World world, HostId id, int index) {
        this.world = world;
        this.id = id;
        this.index = index;
        incarnation = new Incarnation(1, new UUID(1, index));
        mix = new ChangeMix(world, this);
        world.disks.forEach(disk -> lanes.add(new Lane(world, this, disk)));
    }

    long life() {
        return life;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Optional<CellRecord> known() {
        return register == null ? Optional.empty() : register.known();
    }

    long knownVersion() {
        return register == null ? 0 : register.knownVersion();
    }

    boolean hasWritten() {
        return written;
    }

    /** Whether the answer that is being read comes from the first disk this life heard from. */
    boolean mayRecoverFromHere() {
        return written || recoveryDisk == null || recoveryDisk == readingFrom;
    }

    void start() {
        boot();
        schedule(world.weather.requestsPerHost());
    }

    private void boot() {
        life++;
        written = false;
        newestGeneration = 0;
        recoveryDisk = null;
        register =
                new Register(id, index, world.first.storages(), new BlockRoom(Weather::bytesOf, world.weather.room()));
        world.trace(() -> id + " starts life " + life + " as " + incarnation.counter());
        long ofLife = life;
        world.after((long) (world.chance.nextDouble() * world.weather.tickNs()), () -> tick(ofLife));
        submit(new RecordChange.Join(id, incarnation));
    }

    private void schedule(int requests) {
        for (int i = 0; i < requests; i++) {
            world.at((long) (world.chance.nextDouble() * world.weather.calmNs()), this::request);
        }
    }

    private void request() {
        if (world.chance.nextInt(4) == 0) {
            readRecord();
        } else {
            submit(mix.next());
        }
    }

    /** At the end everybody asks at once, so that the register is live with as many proposers as hosts. */
    void finale() {
        for (int i = 0; i < 2; i++) {
            submit(mix.next());
        }
        readRecord();
    }

    /** A cell under load must not starve one of its hosts: the others go on asking until host 0 is served. */
    private void keepBusy() {
        SimHost quiet = world.hosts.get(0);
        if (world.isFinale() && world.weather.busy() && this != quiet && world.judge.waits(quiet)) {
            world.after(1, () -> submit(mix.next()));
        }
    }

    private void submit(RecordChange change) {
        act(r -> {
            long request = world.judge.asked(this, Optional.of(change));
            world.trace(() -> id + " asks " + request + " " + change);
            r.submit(request, change, world.nowNs());
        });
    }

    private void readRecord() {
        act(r -> r.read(world.judge.asked(this, Optional.empty()), world.nowNs()));
    }

    private void tick(long ofLife) {
        if (ofLife != life) {
            return;
        }
        act(r -> r.tick(world.nowNs()));
        world.after(world.weather.tickNs(), () -> tick(ofLife));
    }

    void laneOpened() {
        act(r -> {});
    }

    void laneFailed(Lane lane, long generation) {
        act(r -> {
            lane.heard();
            r.laneFailed(lane.disk.id, generation);
        });
    }

    void laneRead(Lane lane, RegisterWant want, Map<HostId, Slot<BallotBlock>> picture) {
        act(r -> {
            lane.heard();
            recoveryDisk = recoveryDisk == null ? lane.disk : recoveryDisk;
            readingFrom = lane.disk;
            Map<HostId, Slot<BallotBlock>> seen = world.lens.onRead(this, want, picture);
            long generation = world.lens.countsStaleAnswers() ? newestGeneration : want.generation();
            r.laneRead(lane.disk.id, generation, seen, world.nowNs());
            if (world.lens.countsOneShort() && lanes.size() > 1 && faked.add(want.generation())) {
                Lane other = lanes.get((lanes.indexOf(lane) + 1) % lanes.size());
                r.laneRead(other.disk.id, want.generation(), seen, world.nowNs());
            }
        });
    }

    /** Every call into the register passes here: a paused host acts when it wakes, a crashed one never. */
    private void act(Consumer<Register> what) {
        long ofLife = life;
        if (world.nowNs() < pausedUntilNs) {
            world.at(pausedUntilNs, () -> {
                if (ofLife == life) {
                    act(what);
                }
            });
            return;
        }
        Register current = register;
        if (current == null) {
            return;
        }
        what.accept(current);
        if (world.chance.nextInt(50) == 0) {
            register = current.copy();
        }
        afterwards();
    }

    private void afterwards() {
        Register current = register;
        if (current == null) {
            return;
        }
        world.judge.knows(this, current.known());
        current.takeOutcomes().forEach(outcome -> {
            world.trace(() -> id + " gets " + outcome.getClass().getSimpleName() + " " + outcome.request());
            world.judge.answered(this, outcome);
            keepBusy();
        });
        int shift = world.chance.nextInt(lanes.size());
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get((i + shift) % lanes.size());
            if (lane.isIdle()) {
                current.want(lane.disk.id).ifPresent(want -> {
                    written |= want instanceof RegisterWant.Round;
                    newestGeneration = Math.max(newestGeneration, want.generation());
                    lane.issue(want);
                });
            }
        }
    }

    void pause(long forNs) {
        if (register != null) {
            pausedUntilNs = world.nowNs() + forNs;
            world.trace(() -> id + " pauses");
        }
    }

    void crash(boolean powerLost) {
        if (register == null) {
            return;
        }
        world.trace(() -> id + (powerLost ? " loses power" : " crashes"));
        register = null;
        life++;
        faked.clear();
        world.judge.lostMemory(this);
        lanes.forEach(lane -> lane.hostCrashed(powerLost));
        boolean newLife = powerLost || world.chance.nextInt(3) == 0;
        UUID boot = powerLost ? new UUID(life, index) : incarnation.bootId();
        if (newLife) {
            incarnation = new Incarnation(incarnation.counter() + 1, boot);
        }
        long ofLife = life;
        world.after(world.between(5, 150), () -> {
            if (life == ofLife) {
                boot();
            }
        });
    }

    void calm() {
        pausedUntilNs = Math.min(pausedUntilNs, world.nowNs());
        if (register == null) {
            life++;
            boot();
        }
    }
}
