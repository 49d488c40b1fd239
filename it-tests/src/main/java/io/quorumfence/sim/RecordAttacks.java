package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.BlockRoom;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.Register;
import io.quorumfence.record.RegisterWant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Schedules around the register, its blocks and its members. */
final class RecordAttacks {
    private static final List<HostId> HOSTS = List.of(new HostId("p"), new HostId("q"), new HostId("r"));
    private static final BlockRoom ROOM = BlockRoom.unknown(block -> 0);
    private static final List<StorageId> STORAGES =
            List.of(new StorageId("s0"), new StorageId("s1"), new StorageId("s2"));

    private RecordAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack(
                        "H7", "the only one who knows a version overwrites its block, and pauses", RecordAttacks::h7),
                new Attack("MUTUAL", "two hosts that suspect each other claim at once", RecordAttacks::mutual),
                new Attack("DUEL", "a proposer pauses, another decides, the first goes on", RecordAttacks::duel),
                new Attack("H8", "a write of the life before lands after a quick boot", RecordAttacks::h8),
                new Attack("H19s", "a storage comes back as it was before", RecordAttacks::h19s),
                new Attack("REUSE", "a boot that never joined leaves its number to the next", RecordAttacks::reuse));
    }

    /** Blocks without a world around them; each operation is done where it is said. */
    private static final class Blocks {
        final Map<StorageId, Map<HostId, Slot<BallotBlock>>> all = new HashMap<>();

        Blocks() {
            BallotBlock first = BallotBlock.of(CellRecord.first(new CellId("sim"), HOSTS, STORAGES));
            for (StorageId storage : STORAGES) {
                Map<HostId, Slot<BallotBlock>> blocks = new HashMap<>();
                HOSTS.forEach(host -> blocks.put(host, Slot.of(first)));
                all.put(storage, blocks);
            }
        }

        /** One operation on each of these storages; false when none was wanted. */
        boolean round(Register register, HostId self, int... storages) {
            List<Runnable> answers = new ArrayList<>();
            for (int index : storages) {
                StorageId storage = STORAGES.get(index);
                Map<HostId, Slot<BallotBlock>> here = Objects.requireNonNull(all.get(storage));
                Optional<RegisterWant> want = register.want(storage);
                want.ifPresent(wanted -> {
                    if (wanted instanceof RegisterWant.Round round) {
                        here.put(self, Slot.of(round.block()));
                    }
                    answers.add(() -> register.laneRead(storage, wanted.generation(), Map.copyOf(here), 1));
                });
            }
            answers.forEach(Runnable::run);
            return !answers.isEmpty();
        }
    }

    /** Every block carries the decided version beside the ballot for the next one. */
    private static String h7() {
        Blocks blocks = new Blocks();
        Register p = new Register(HOSTS.get(0), 0, STORAGES, ROOM);
        Register q = new Register(HOSTS.get(1), 1, STORAGES, ROOM);
        q.read(1, 0);
        blocks.round(q, HOSTS.get(1), 1, 2);
        p.submit(1, new RecordChange.Join(HOSTS.get(0), new Incarnation(1, new UUID(1, 1))), 0);
        while (p.knownVersion() < 2) {
            blocks.round(p, HOSTS.get(0), 0, 1);
        }
        CellRecord decided = p.known().orElseThrow();
        p.submit(2, new RecordChange.Join(HOSTS.get(0), new Incarnation(2, new UUID(1, 2))), 0);
        blocks.round(p, HOSTS.get(0), 0, 1); // reads
        blocks.round(p, HOSTS.get(0), 0, 1); // enters a ballot for version 3; P pauses
        q.submit(2, new RecordChange.Join(HOSTS.get(1), new Incarnation(1, new UUID(2, 1))), 0);
        for (int i = 0; i < 20; i++) {
            q.tick(1_000_000_000L * i);
            blocks.round(q, HOSTS.get(1), 1, 2);
            CellRecord known = q.known().orElseThrow();
            if (known.version() == decided.version() && !known.equals(decided)) {
                return "I4 two values of version " + decided.version();
            }
        }
        boolean both = q.known().orElseThrow().hosts().keySet().containsAll(HOSTS.subList(0, 2));
        return both ? "" : "I4 what P decided is not in what Q decided after it";
    }

    /** A ballot that was overtaken decides nothing any more. */
    private static String duel() {
        Blocks blocks = new Blocks();
        Register p = new Register(HOSTS.get(0), 0, STORAGES, ROOM);
        Register q = new Register(HOSTS.get(1), 1, STORAGES, ROOM);
        p.submit(1, new RecordChange.Join(HOSTS.get(0), new Incarnation(1, new UUID(1, 1))), 0);
        blocks.round(p, HOSTS.get(0), 0, 1); // reads
        blocks.round(p, HOSTS.get(0), 0, 1); // enters its ballot; P pauses
        q.submit(1, new RecordChange.Join(HOSTS.get(1), new Incarnation(1, new UUID(2, 1))), 0);
        while (q.knownVersion() < 2) {
            q.tick(1_000_000_000L);
            blocks.round(q, HOSTS.get(1), 1, 2);
        }
        blocks.round(p, HOSTS.get(0), 0, 1); // its second phase
        boolean two = p.knownVersion() == 2 && !p.known().equals(q.known());
        return two ? "I4 two values of version 2" : "";
    }

    /** Step 3: claims are ordered, so of two that suspect each other the second finds itself claimed. */
    private static String mutual() {
        Blocks blocks = new Blocks();
        HostId one = HOSTS.get(0);
        HostId other = HOSTS.get(1);
        Incarnation life = new Incarnation(1, new UUID(1, 1));
        Register p = new Register(one, 0, STORAGES, ROOM);
        Register q = new Register(other, 1, STORAGES, ROOM);
        p.submit(1, new RecordChange.Join(one, life), 0);
        p.submit(2, new RecordChange.Join(other, life), 0);
        while (p.knownVersion() < 3) { // one join a version
            blocks.round(p, one, 0, 1);
        }
        p.submit(3, new RecordChange.OpenClaim(other, life, one, life, Set.of(), 9), 0);
        q.submit(1, new RecordChange.OpenClaim(one, life, other, life, Set.of(), 9), 0);
        blocks.round(p, one, 0, 1); // reads that nobody is claimed, and pauses
        decides(blocks, q, other);
        decides(blocks, p, one);
        boolean both = p.known()
                .filter(record -> record.openClaimOn(one, life).isPresent())
                .filter(record -> record.openClaimOn(other, life).isPresent())
                .isPresent();
        return both ? "MUTUAL two hosts are claimed by each other" : "";
    }

    private static void decides(Blocks blocks, Register register, HostId self) {
        for (int i = 1; i < 20; i++) {
            register.tick(1_000_000_000L * i);
            blocks.round(register, self, 1, 2);
        }
    }

    /** Rule 19: a host that finds its own block older than it wrote it counts on that storage no more. */
    private static String h19s() {
        Blocks blocks = new Blocks();
        Map<HostId, Slot<BallotBlock>> before = new HashMap<>(Objects.requireNonNull(blocks.all.get(STORAGES.get(0))));
        Register p = new Register(HOSTS.get(0), 0, STORAGES, ROOM);
        p.submit(1, new RecordChange.Join(HOSTS.get(0), new Incarnation(1, new UUID(1, 1))), 0);
        for (int i = 0; i < 6; i++) {
            blocks.round(p, HOSTS.get(0), 0, 1);
        }
        blocks.all.put(STORAGES.get(0), before);
        long version = p.knownVersion();
        p.submit(2, new RecordChange.Join(HOSTS.get(0), new Incarnation(2, new UUID(1, 2))), 0);
        for (int i = 0; i < 20; i++) {
            p.tick(1_000_000_000L * i);
            blocks.round(p, HOSTS.get(0), 0, 2);
        }
        return p.knownVersion() == version ? "" : "I4 a version is decided on a storage that lost what it was told";
    }

    /** A new life writes only once nothing of the last one can land any more. */
    private static String h8() {
        for (int seed = 1; seed <= 12; seed++) {
            Stage stage = new Stage(Schedule.configs(2, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 2, false), seed);
            stage.cell.bootFloorNs = 100 * SimCell.MILLI;
            stage.hangStorages(2, 1);
            stage.run(900);
            stage.powerOff(2);
            stage.h(2).powerOn();
            stage.hangStorages(2, -1);
            stage.run(6_000);
            stage.must(stage.leaseLives(2), "I7", "h2 booted, and did not join");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }

    /** Found by a seed: the second boot under one number was taken for old, by everybody, on both planes. */
    private static String reuse() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        stage.powerOff(3);
        stage.cell.bootFloorNs = 4_000 * SimCell.MILLI;
        stage.cell.journal.breakIt(stage.h(3), 1); // nothing can be decided from there, so it does not join
        stage.h(3).powerOn();
        stage.await(8_000, () -> stage.h(3).agent.state() != null);
        stage.run(3_000);
        stage.powerOff(3);
        stage.cell.journal.breakIt(stage.h(3), -1);
        stage.cell.bootFloorNs = 1_100 * SimCell.MILLI;
        stage.h(3).powerOn();
        stage.run(4_000);
        stage.vmOn(3);
        stage.must(stage.leaseLives(3), "I7", "h3 is back, and holds no lease");
        stage.must(!stage.isSuspectedBy(3, 1) && !stage.isSuspectedBy(3, 2), "I5", "h3 is well, and seen by nobody");
        stage.cell.cutAll(stage.h(3), 1);
        stage.run(10_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 beats, and was fenced");
        return stage.verdict();
    }
}
