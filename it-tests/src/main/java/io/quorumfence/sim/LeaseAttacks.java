package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.command.LocalCommand;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Schedules around the lease, its latch, its terms, and what a mailbox does to it. */
final class LeaseAttacks {
    private LeaseAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack(
                        "H4", "a VM ends while no plane tells the others, so the expiry must stand", LeaseAttacks::h4),
                new Attack("H5", "an older claimer's mail lands late beside a newer one", LeaseAttacks::h5),
                new Attack("H6", "the claimer reaches one storage of three, the suspect the others", LeaseAttacks::h6),
                new Attack("H11", "an unarmed host falls silent", LeaseAttacks::h11),
                new Attack("H18a", "beats take 2 s each and the network is cut", LeaseAttacks::h18a),
                new Attack("H18b", "all storages down, two hosts, one agent restarts", LeaseAttacks::h18b),
                new Attack("H18c", "a shell comes late, for an earlier life of the same boot", LeaseAttacks::h18c),
                new Attack("H19b", "a latched host that hears nobody asks for ever", LeaseAttacks::h19b),
                new Attack("H19c", "the agent returns after its lease and before the watchdog", LeaseAttacks::h19c),
                new Attack("SELF", "a host alone with its VMs stops them, and is not reset for it", LeaseAttacks::self),
                new Attack("LATCH", "a VM admitted before the lease ended starts after it", LeaseAttacks::admitted));
    }

    /** Weaker terms take effect only after both majorities have them. */
    private static String h4() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        stage.isolate(3, 1);
        stage.h(3).vms.stop(Stage.VM);
        stage.run(45_000);
        stage.must(stage.cell.resets == 1, "I3", "h3 lifted its expiry before anybody knew");
        return stage.verdict();
    }

    /** One block for each claimer: a late write of the first does not erase the second's. */
    private static String h5() {
        Stage stage = Stage.of(5, 3, STOP_VMS).vmOn(2);
        for (int host = 1; host <= 5; host++) {
            stage.slow(host, 1);
        }
        stage.isolate(2, 1);
        stage.await(8_000, () -> stage.isClaimed(2));
        SimHost first = stage.cell.host(stage.claimOn(2).orElseThrow().claimer());
        stage.cell.faults.hang(first.index, 1, 1); // its mail for the second storage is on its way, and stays there
        stage.run(300);
        stage.isolate(first.index + 1, 1);
        stage.run(30_000);
        stage.must(stage.isProven(2), "I7", "h2 is not proven by a survivor");
        stage.isolate(first.index + 1, -1);
        stage.cell.faults.hang(first.index, 1, -1);
        stage.run(500);
        SimHost second = stage.cell.host(stage.claimOn(2).orElseThrow().claimer());
        stage.must(second != first, "I7", "nobody took the claim of " + first.id + " over");
        stage.must(mailOf(stage, second) == 3, "HOLD", "mail of " + second.id + " for h2 is no longer there");
        return stage.verdict();
    }

    private static long mailOf(Stage stage, SimHost claimer) {
        return stage.cell.storages().stream()
                .filter(storage -> storage.row(stage.h(2).id).stream()
                        .anyMatch(slot -> slot.value()
                                .filter(mail -> mail.claimer().equals(claimer.id))
                                .isPresent()))
                .count();
    }

    /** Until the mail is on a majority it holds nobody. */
    private static String h6() {
        Stage stage = Stage.of(2, 3, STOP_VMS).vmOn(2);
        stage.slow(1, 1);
        stage.slow(1, 2);
        stage.isolate(2, 1);
        stage.await(8_000, () -> stage.isClaimed(2));
        stage.hang(1, 1, 1);
        stage.hang(1, 2, 1);
        stage.run(300);
        stage.hang(2, 1, -1);
        stage.hang(2, 2, -1);
        stage.run(4_000);
        return stage.verdict();
    }

    /** Time proves nothing of a host whose keeper has no end. */
    private static String h11() {
        Stage stage = Stage.of(3, 1, REBOOT);
        stage.isolate(3, 1);
        stage.run(30_000);
        stage.must(stage.isClaimed(3), "I8", "the claim on unarmed h3 is not open any more");
        return stage.verdict();
    }

    /** Slow is not dead: the host publishes how long a silence may be. */
    private static String h18a() {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true).vmOn(3);
        stage.cell.faults.ioFloor(2, 0, 550 * SimCell.MILLI);
        stage.run(8_000);
        stage.cell.cutAll(stage.h(3), 1);
        stage.run(30_000);
        stage.must(stage.claimOn(3).isEmpty() && stage.vmRunsOn(3), "I5", "h3 is slow, and was claimed for it");
        return stage.verdict();
    }

    /** A restart in the same boot acknowledges at once, so the peer keeps its lease. */
    private static String h18b() {
        Stage stage = Stage.of(2, 1, STOP_VMS).vmOn(1);
        stage.hangStorages(1, 1);
        stage.hangStorages(2, 1);
        stage.run(3_000);
        stage.h(2).agent.stop();
        stage.run(2_000);
        stage.h(2).agent.start();
        stage.run(20_000);
        stage.must(
                stage.vmRunsOn(1) && stage.cell.oracle.fences == 0 && stage.cell.resets == 0,
                "I5",
                "h1 lost its lease although h2 came back in time");
        return stage.verdict();
    }

    /** The kill names the whole incarnation, and the target compares it. */
    private static String h18c() {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        SimHost target = stage.h(3);
        Incarnation old = Objects.requireNonNull(target.tmpfs.life);
        target.sshOpen = false;
        stage.isolate(3, 1);
        stage.run(9_000);
        stage.isolate(3, -1);
        stage.await(20_000, () -> target.tmpfs.joined && !old.equals(target.tmpfs.life));
        stage.vmOn(3);
        target.sshOpen = true;
        stage.cell.ssh.fence(
                stage.h(1), new LocalCommand.FenceBySsh(9, 1, target.id, old, new FenceToken(1), 0, Set.of()));
        stage.run(3_000);
        stage.must(stage.vmRunsOn(3), "I5", "a kill meant for life " + old.counter() + " struck the next one");
        return stage.verdict();
    }

    /** What a latched host sends never counts as seen. */
    private static String h19b() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.h(3).vms.libvirtHangs = true; // it stays latched, and asks on
        stage.hangStorages(3, 1);
        stage.deafen(3, 1, 1);
        stage.deafen(3, 2, 1);
        stage.run(25_000);
        stage.must(stage.isProven(3), "I7", "h3 is latched, hears nobody, and is not proven");
        return stage.verdict();
    }

    /** A lease that ended while no agent ran is over for its successor too. */
    private static String h19c() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        Incarnation old = Objects.requireNonNull(stage.h(3).tmpfs.life);
        stage.isolate(3, 1);
        stage.run(1_000);
        stage.h(3).agent.stop();
        stage.run(5_400);
        stage.isolate(3, -1);
        stage.h(3).agent.start();
        stage.run(3_000);
        boolean lives = old.equals(stage.h(3).tmpfs.life) && stage.leaseLives(3);
        stage.must(!lives, "I3", "life " + old.counter() + " of h3 goes on after its lease ended");
        return stage.verdict();
    }

    /** I3 without the watchdog's help: an agent that runs ends its lease itself. */
    private static String self() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.run(15_000);
        stage.must(!stage.vmRunsOn(3) && stage.cell.resets == 0, "I3", "h3 left its end to the watchdog");
        return stage.verdict();
    }

    /** Found by a seed: the process that finds its lease over stops the VMs, and then nothing barred a late start. */
    private static String admitted() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.run(3_000);
        stage.h(3).agent.stop();
        stage.run(3_200);
        stage.h(3).tmpfs.admit(Stage.VM);
        stage.h(3).agent.start();
        stage.await(2_000, () -> !stage.vmRunsOn(3));
        stage.h(3).vms.start(Stage.VM, 2_000 * SimCell.MILLI, 0);
        stage.run(20_000);
        stage.must(!stage.vmRunsOn(3), "I3", "a VM started on h3 after its lease had ended");
        return stage.verdict();
    }
}
