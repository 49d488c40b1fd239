package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Permit;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.observation.LocalObservation;
import java.time.Duration;
import java.util.List;

/** Schedules around starts of which nobody but the hook is told, in cells whose hosts all enforce it. */
final class HookAttacks {
    private HookAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack(
                        "BACKDOOR",
                        "a VM is started on two hosts in the same instant, and nobody is asked",
                        HookAttacks::backdoor),
                new Attack(
                        "SILENT",
                        "a VM's host falls silent right after its start, and it is started elsewhere",
                        HookAttacks::silent),
                new Attack("STARTAGAIN", "a VM is stopped and started again while its host dies", HookAttacks::restart),
                new Attack("REUSED", "the same, and the first start was by a permit", HookAttacks::again),
                new Attack("OLDSIGHT", "a list from before a start shows the run before it", HookAttacks::oldSight));
    }

    private static Stage enforcing(boolean shells) {
        List<CellConfig> plain =
                Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.STOP_VMS, 3, shells);
        Hook hook = new Hook(HookMode.ENFORCE, Duration.ofSeconds(2));
        return new Stage(plain.stream().map(one -> one.hooked(hook)).toList(), 42);
    }

    private static void start(Stage stage, int host, long execMs) {
        stage.h(host).vms.start(Stage.VM, SimCell.MILLI, execMs * SimCell.MILLI);
    }

    private static long running(Stage stage) {
        return stage.cell.hosts().stream()
                .filter(host -> host.vms.isRunning(Stage.VM))
                .count();
    }

    private static String backdoor() {
        Stage stage = enforcing(false);
        start(stage, 1, 20);
        start(stage, 2, 20);
        stage.run(4_000);
        stage.must(running(stage) == 1, "I7", "the VM runs " + running(stage) + " times");
        start(stage, 3, 20);
        stage.run(3_000);
        stage.must(running(stage) == 1, "I7", "the VM runs " + running(stage) + " times");
        return stage.verdict();
    }

    /** Before any beat can tell of it. */
    private static String silent() {
        Stage stage = enforcing(false);
        start(stage, 1, 0);
        boolean claimed = stage.await(2_000, () -> !stage.record().permits().isEmpty());
        stage.must(claimed, "I7", "h1 did not claim the VM");
        stage.isolate(1, 1);
        stage.run(20);
        start(stage, 2, 0);
        stage.run(2_500);
        stage.must(!stage.vmRunsOn(2), "I1", "the VM starts on h2 while h1 may run it");
        return stage.verdict();
    }

    /** The shell finds no process of the second start, and the last beat still tells of the first. */
    private static String restart() {
        Stage stage = enforcing(true);
        start(stage, 1, 0);
        return dies(stage);
    }

    private static String again() {
        Stage stage = enforcing(true);
        stage.must(PermitAttacks.mayStart(stage, Stage.VM, 2, 1), "I7", "no permit for h1");
        start(stage, 1, 0);
        return dies(stage);
    }

    private static String dies(Stage stage) {
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        stage.run(3_000);
        stage.h(1).vms.libvirtHangs = true; // the list stays as it was
        stage.h(1).vms.stop(Stage.VM);
        start(stage, 1, 4_500);
        stage.run(150);
        stage.isolate(1, 1);
        stage.await(4_200, () -> stage.isProven(1));
        stage.must(!stage.isProven(1), "I2", "a shell proves h1 while a start that it cannot see is under way");
        return stage.verdict();
    }

    private static int starts(Stage stage) {
        return (int)
                stage.record().permits().stream().filter(Permit::isStartClaim).count();
    }

    private static String oldSight() {
        Stage stage = enforcing(false);
        start(stage, 1, 0);
        stage.must(stage.await(3_000, () -> stage.vmRunsOn(1)), "I7", "h1 did not start its VM");
        stage.run(3_000);
        int before = starts(stage);
        stage.h(1).vms.stop(Stage.VM);
        start(stage, 1, 4_000);
        stage.must(stage.await(2_000, () -> starts(stage) > before), "I7", "h1 claims no second start");
        VmSeen old = new VmSeen(Stage.VM, "vm", 1, 1, "running");
        stage.h(1).agent.offer(new LocalObservation.VmsListed(List.of(old), true, false, 0));
        // Between libvirt's word that the VM is being started and its process, as a list with a gap shows it.
        stage.h(1).agent.offer(new LocalObservation.VmsListed(List.of(), true, false, 0));
        stage.run(1_000);
        start(stage, 2, 0);
        stage.run(3_000);
        stage.must(!stage.vmRunsOn(2), "I1", "the VM starts on h2 while its start on h1 is under way");
        return stage.verdict();
    }
}
