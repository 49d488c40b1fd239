package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.model.Beat;
import io.quorumfence.model.VmId;
import io.quorumfence.model.observation.LocalObservation;
import java.util.List;
import java.util.UUID;

/** Schedules around the end of a lease: late answers, unreadable mail, and what starts after it. */
final class LatchAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));

    private LatchAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("LATE", "the answer to a renewal is taken in five seconds later", LatchAttacks::late),
                new Attack("TORN", "the mailbox cannot be read", LatchAttacks::torn),
                new Attack("BARRED", "a VM is started once its host's absence is proven", LatchAttacks::barred),
                new Attack(
                        "OLDLIST", "a list of VMs from before the lease's end comes after it", LatchAttacks::oldList),
                new Attack("REVIVE", "a process begins between the expiry and the watchdog", LatchAttacks::revive));
    }

    /** A renewal counts from its start: what was read then says nothing of now. */
    private static String late() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        SimHost host = stage.h(3);
        stage.slow(3, 0);
        stage.cell.cutAll(host, 1);
        long before = sequence(stage);
        stage.await(2_000, () -> sequence(stage) > before);
        host.agent.pause(4_900 * SimCell.MILLI, 0);
        stage.run(200);
        stage.hangStorages(3, 1);
        stage.run(18_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    private static long sequence(Stage stage) {
        return stage.cell
                .storages()
                .get(0)
                .beat(stage.h(3).id)
                .map(Beat::sequence)
                .orElse(0L);
    }

    /** Mail that cannot be read may bind: the round does not renew. */
    private static String torn() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.await(
                6_000,
                () -> stage.workOn(3, 1).equals("CLIMBING")
                        || stage.workOn(3, 2).equals("CLIMBING"));
        stage.cell.faults.torn = 1;
        stage.hangStorages(3, -1);
        stage.run(2_500);
        return stage.verdict();
    }

    /** The latch is on tmpfs, and the start hook looks at it last. */
    private static String barred() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.h(3).tmpfs.admit(Stage.VM);
        stage.h(3).vms.libvirtHangs = true; // no list is complete, so it stays latched and takes no new life
        stage.isolate(3, 1);
        stage.await(20_000, () -> stage.isProven(3));
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        stage.h(3).vms.start(Stage.VM, 50 * SimCell.MILLI, 0);
        stage.run(1_000);
        stage.must(!stage.vmRunsOn(3), "I1", "a VM starts on h3 after its absence was proven");
        return stage.verdict();
    }

    /** What is asked after the latch counts; a list from before it knows nothing of a start since. */
    private static String oldList() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        SimHost host = stage.h(3);
        host.tmpfs.admit(ANOTHER);
        stage.isolate(3, 1);
        stage.run(1_500);
        long endNs = host.clock.trueAt(host.tmpfs.leaseEndNs);
        stage.cell.time.runUntil(endNs - 100 * SimCell.MILLI);
        host.vms.start(ANOTHER, 0, 3_000 * SimCell.MILLI);
        stage.run(800);
        host.agent.offer(new LocalObservation.VmsListed(List.of(), true, false, 0));
        stage.isolate(3, -1);
        stage.run(15_000);
        stage.must(!host.vms.isRunning(ANOTHER), "I3", "a start of the life that ended outlives it");
        stage.must(stage.leaseLives(3), "I7", "h3 is back, and has no lease");
        return stage.verdict();
    }

    /** H19c without a way back: the keeper's latch and the agent's look at its lease each hold alone. */
    private static String revive() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        SimHost host = stage.h(3);
        stage.isolate(3, 1);
        stage.run(1_000);
        host.agent.stop();
        stage.cell.time.runUntil(host.clock.trueAt(host.tmpfs.leaseEndNs) + 1_500 * SimCell.MILLI);
        host.agent.start();
        stage.run(22_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }
}
