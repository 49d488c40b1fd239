package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.Permit;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.observation.RequestObservation.RedeemAsked;
import java.util.List;
import java.util.UUID;

/** Schedules around what a permit, a libvirt list and a lost answer say of a start that an enforcing host allowed. */
final class StartAttacks {
    private static final VmId OTHER = new VmId(new UUID(7, 9));

    private StartAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("REPEATED", "a permit is redeemed again while its VM runs", StartAttacks::repeated),
                new Attack("BELATED", "a caller redeems what the hook has redeemed", StartAttacks::belated),
                new Attack("UNFORKED", "libvirt lists a VM that has no process yet", StartAttacks::unforked),
                new Attack("UNFORKED-OFF", "the same where no hook asks", StartAttacks::unforkedOff),
                new Attack("LOSTWORD", "the answer of the shell that killed is lost", StartAttacks::lostWord),
                new Attack("STUCK", "a shell ends one VM, and another one outlives it", StartAttacks::stuck),
                new Attack("UNHEARD", "a VM ends while its agent restarts", StartAttacks::unheard),
                new Attack("OLDWORD", "a start is claimed after an end that nobody heard of", StartAttacks::oldWord));
    }

    /** Libvirt tells its hook, and nobody listens there. */
    private static Stage endsUnheard() {
        Stage stage = shells();
        start(stage, 0);
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        stage.run(3_000);
        stage.h(1).agent.stop();
        stage.h(1).vms.stop(Stage.VM);
        stage.h(1).tmpfs.released.put(Stage.VM, stage.h(1).nowNs());
        stage.run(200);
        return stage;
    }

    private static String unheard() {
        Stage stage = endsUnheard();
        stage.h(1).agent.start();
        stage.run(20_000);
        stage.h(2).vms.start(Stage.VM, SimCell.MILLI, 0);
        stage.run(4_000);
        stage.must(stage.vmRunsOn(2), "I7", "long after its end on h1 the VM starts nowhere else");
        return stage.verdict();
    }

    /** That end was said before the start, and is read by an agent that did not allow it itself. */
    private static String oldWord() {
        Stage stage = shells();
        long endedNs = stage.h(1).nowNs();
        stage.run(100);
        start(stage, 9_000);
        boolean claimed = stage.await(2_000, () -> !stage.record().permits().isEmpty());
        stage.must(claimed, "I7", "h1 did not claim the VM");
        stage.run(100);
        stage.h(1).agent.stop();
        stage.h(1).tmpfs.released.put(Stage.VM, endedNs);
        stage.run(200);
        stage.h(1).vms.hidesStarting = true;
        stage.h(1).agent.start();
        stage.run(4_000);
        stage.h(2).vms.start(Stage.VM, SimCell.MILLI, 0);
        stage.run(2_000);
        stage.must(!stage.vmRunsOn(2), "I1", "the VM starts on h2 while its start on h1 is under way");
        return stage.verdict();
    }

    private static Stage shells() {
        return Stage.enforcing(Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.STOP_VMS, 3, true));
    }

    private static void start(Stage stage, long execMs) {
        stage.h(1).vms.start(Stage.VM, SimCell.MILLI, execMs * SimCell.MILLI);
    }

    private static String repeated() {
        Stage stage = shells();
        stage.must(PermitAttacks.mayStart(stage, Stage.VM, 2, 1), "I7", "no permit for h1");
        Permit permit = stage.record().openPermits(Stage.VM).get(0);
        start(stage, 0);
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        stage.run(1_000);
        return hung(stage, permit);
    }

    private static String belated() {
        Stage stage = shells();
        Permit permit = PermitAttacks.granted(stage, Stage.VM, 2, 1);
        start(stage, 0);
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        return hung(stage, permit);
    }

    /** The redemption is repeated; the VM stops and starts again before a complete list tells of it. */
    private static String hung(Stage stage, Permit permit) {
        stage.ask(1, id -> new RedeemAsked(id, permit.id(), permit.vm()));
        stage.run(3_000);
        stage.h(1).vms.libvirtHangs = true;
        stage.h(1).vms.stop(Stage.VM);
        start(stage, 5_500);
        stage.run(150);
        return unproven(stage);
    }

    private static String unproven(Stage stage) {
        stage.isolate(1, 1);
        stage.await(5_000, () -> stage.isProven(1));
        stage.must(!stage.isProven(1), "I2", "a shell proves h1 while a start that it cannot see is under way");
        return stage.verdict();
    }

    private static String unforked() {
        return listedOnly(shells());
    }

    private static String unforkedOff() {
        Stage stage =
                new Stage(Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.STOP_VMS, 3, true), 42);
        return listedOnly(stage);
    }

    private static String listedOnly(Stage stage) {
        stage.must(PermitAttacks.mayStart(stage, Stage.VM, 2, 1), "I7", "no permit for h1");
        stage.h(1).tmpfs.admit(Stage.VM);
        stage.h(1).vms.listsStarting = true;
        start(stage, 7_000);
        stage.run(1_500);
        return unproven(stage);
    }

    /** No time rung there: the shell is the only one. */
    private static Stage noTime() {
        List<CellConfig> plain = Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.LOG_ONLY, 3, true);
        return Stage.enforcing(plain);
    }

    private static String lostWord() {
        Stage stage = noTime();
        start(stage, 0);
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        stage.run(4_000);
        stage.cell.ssh.lost = 1;
        stage.isolate(1, 1);
        stage.must(stage.await(30_000, () -> !stage.vmRunsOn(1)), "I7", "no shell has killed it");
        stage.run(100);
        stage.cell.ssh.lost = 0;
        return provenAtLast(stage);
    }

    private static String stuck() {
        Stage stage = noTime();
        start(stage, 0);
        stage.h(1).vms.start(OTHER, SimCell.MILLI, 0);
        boolean both =
                stage.await(3_000, () -> stage.vmRunsOn(1) && stage.h(1).vms.isRunning(OTHER));
        stage.must(both, "I7", "h1 did not start its VMs");
        stage.run(4_000);
        stage.h(1).vms.stuckOnKill = true;
        stage.h(1).vms.stop(OTHER); // in D state
        stage.h(1).vms.stuckOnKill = false;
        stage.isolate(1, 1);
        stage.must(stage.await(30_000, () -> !stage.vmRunsOn(1)), "I7", "no shell has killed it");
        stage.run(500);
        stage.h(1).vms.release();
        return provenAtLast(stage);
    }

    private static String provenAtLast(Stage stage) {
        boolean proven = stage.await(60_000, () -> stage.isProven(1));
        stage.must(
                proven,
                "I7",
                "a minute after a shell ended its VMs h1 is not proven: "
                        + stage.claimOn(1).map(Claim::stage));
        return stage.verdict();
    }
}
