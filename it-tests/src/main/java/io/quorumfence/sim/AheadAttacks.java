package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Beat;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Schedules about what the core has not built yet, or only half: changes of the members. A record that a
 * later version would write is put on the storages, and this version has to refuse what it cannot judge. And blocks
 * that are torn, with the bytes that the lanes write.
 */
final class AheadAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));

    private AheadAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("H13", "a host counts with another member list", AheadAttacks::h13),
                new Attack("H19a", "the last write of a dead host is torn", AheadAttacks::h19a));
    }

    /** A decided record that no agent of this version would write, as the block of one host. */
    private static void land(Stage stage, SimHost from, CellRecord record) {
        stage.cell
                .storages()
                .forEach(storage -> storage.land(
                        from,
                        new StorageCommand.BallotRound(storage.id, 0, BallotBlock.of(record)),
                        stage.cell.time.nowNs(),
                        from.agent.process()));
    }

    private static CellRecord next(CellRecord r, int membership, List<Claim> claims) {
        return new CellRecord(
                r.cell(),
                r.version() + 1,
                membership,
                r.members(),
                r.storages(),
                r.goneHistory(),
                r.hosts(),
                claims,
                r.permits(),
                r.nextNumber());
    }

    /** A mismatch neither acknowledges nor counts: of the lists at the join, of their version after it. */
    private static String h13() {
        String lists = anotherList();
        if (!lists.isEmpty()) {
            return lists;
        }
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.hangStorages(3, 1);
        stage.run(1_000);
        land(stage, stage.h(1), next(stage.record(), 2, stage.record().claims()));
        PermitAttacks.granted(stage, ANOTHER, 1, 2); // who decides reads, and the others hear of it
        stage.run(9_000);
        boolean lives = stage.leaseLives(3) || stage.vmRunsOn(3);
        stage.must(!lives, "I8", "h3 lives by hosts that count with other members");
        stage.hangStorages(3, -1);
        stage.await(8_000, () -> stage.leaseLives(3));
        stage.must(stage.leaseLives(3), "I7", "h3 has read the members again, and did not join");
        return stage.verdict();
    }

    private static String anotherList() {
        List<CellConfig> configs =
                new ArrayList<>(Schedule.configs(4, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 4, false));
        configs.set(
                2,
                Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 4, false)
                        .get(2));
        Stage stage = new Stage(configs, 42);
        stage.run(6_000);
        boolean three = stage.record().host(new HostId("h3")).isEmpty();
        stage.must(three, "I8", "h3 counts with three members, and joined a cell of four");
        stage.must(stage.leaseLives(1) && stage.leaseLives(4), "I7", "the others of the cell did not join");
        return stage.verdict();
    }

    /** A torn copy has not landed, its sibling stands; where none can be read nothing is known, and nothing proven. */
    private static String h19a() {
        for (int seed = 1; seed <= 8; seed++) {
            Stage stage = new Stage(Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 3, false), seed);
            stage.vmOn(3);
            stage.hangStorages(3, 1);
            stage.run(600);
            Beat last = stage.cell.storages().get(0).beat(stage.h(3).id).orElseThrow();
            stage.powerOff(3);
            if (seed == 1) {
                stage.must(isSiblingRead(stage, last), "I7", "a torn copy of h3's last beat hides the one before");
            }
            boolean readable = seed > 1;
            if (!readable) {
                stage.cell.storages().get(0).damage(stage.h(3).id);
            }
            stage.run(18_000);
            stage.must(!readable || stage.isProven(3), "I7", "seed " + seed + ": h3 died in a beat, is not proven");
            stage.must(readable || !stage.isProven(3), "I8", "h3 is proven although its block cannot be read");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }

    /** Both copies as a lane writes them, the newer one cut off at every sector or in the middle of its first. */
    private static boolean isSiblingRead(Stage stage, Beat last) {
        SimHost dead = stage.h(3);
        StorageHeader header = new StorageHeader(
                dead.config.cell(), stage.cell.storages().get(0).id, 1, Layout.standard(), Instant.EPOCH, 1, true);
        StorageBlocks blocks = new StorageBlocks(MacKeys.ofHex("ab".repeat(32)), header);
        byte[] older = blocks.sealBeat(dead.index, 0, 8, last).bytes();
        BlockWrite newer = blocks.sealBeat(dead.index, 1, 9, last);
        for (int landed = 0; landed < newer.bytes().length; landed += landed == 0 ? 100 : landed == 100 ? 412 : 512) {
            ByteBuffer pair = ByteBuffer.allocate(older.length + newer.bytes().length);
            pair.put(older).put(newer.bytes(), 0, landed).rewind();
            Slot<Beat> slot = blocks.openBeat(dead.index, dead.id, pair).slot();
            if (landed > 0 && !slot.value().filter(last::equals).isPresent()) {
                return false;
            }
        }
        return true;
    }
}
