package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Rung;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import java.util.List;
import java.util.Objects;

/** Schedules around permits, starts and lists of VMs. */
final class PermitAttacks {
    private PermitAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("H9", "a start comes after a shell has verified that nothing runs", PermitAttacks::h9),
                new Attack("H10", "a redeemed permit, a slow start, and a new agent is asked", PermitAttacks::h10),
                new Attack("H12", "a VM moved to a host whose list is cut short", PermitAttacks::h12));
    }

    private static Permit granted(Stage stage, int last, int destination) {
        var life = Objects.requireNonNull(stage.h(last).tmpfs.life);
        ReplyCommand reply = stage.ask(
                destination,
                id -> new RequestObservation.GrantAsked(
                        id,
                        "scripted",
                        Stage.VM,
                        stage.h(last).id,
                        stage.h(destination).id,
                        new PermitBasis.HostSays(stage.h(last).id, life, Rung.HOST_SAYS),
                        60_000));
        if (reply instanceof ReplyCommand.ReplyPermit got) {
            return got.permit();
        }
        throw new IllegalStateException("no permit: " + reply);
    }

    private static void redeem(Stage stage, int destination, Permit permit) {
        ReplyCommand reply =
                stage.ask(destination, id -> new RequestObservation.RedeemAsked(id, permit.id(), Stage.VM));
        if (!(reply instanceof ReplyCommand.ReplyPermit)) {
            throw new IllegalStateException("not redeemed: " + reply);
        }
    }

    private static boolean saysAbsent(Stage stage, int host) {
        return stage.ask(host, id -> new RequestObservation.AbsenceAsked(id, Stage.VM))
                        instanceof ReplyCommand.ReplyAbsence says
                && says.answer() == ReplyCommand.Absence.ABSENT;
    }

    /** The barrier comes first; the hook looks at it last. */
    private static String h9() {
        Stage unseen = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        redeem(unseen, 2, granted(unseen, 1, 2));
        unseen.isolate(2, 1);
        unseen.run(5_000);
        unseen.must(!unseen.isProven(2), "I2", "a shell proves h2 while a start that it cannot see may be under way");
        if (!unseen.verdict().isEmpty()) {
            return unseen.verdict();
        }
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        stage.isolate(2, 1);
        stage.await(5_000, () -> stage.isProven(2));
        stage.must(stage.isProven(2), "I7", "no shell proved h2");
        stage.h(2).vms.start(Stage.VM, 50 * SimCell.MILLI, 0);
        stage.run(1_000);
        stage.must(!stage.vmRunsOn(2), "I1", "a VM starts on h2 after its absence was proven");
        return stage.verdict();
    }

    /** Redeemed ends only with the VM seen and gone, or with its host. */
    private static String h10() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        redeem(stage, 2, granted(stage, 1, 2));
        stage.h(2).agent.stop();
        stage.run(500);
        stage.h(2).agent.start();
        stage.run(2_000);
        stage.must(!saysAbsent(stage, 2), "I2", "h2 says absent of a VM whose permit it has redeemed");
        stage.h(2).vms.start(Stage.VM, 5_000 * SimCell.MILLI, 0);
        stage.run(100);
        stage.must(!saysAbsent(stage, 2), "I2", "h2 says absent of a VM that is starting there");
        return stage.verdict();
    }

    /** A list that is cut short means any VM. */
    private static String h12() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(1);
        stage.h(2).vms.libvirtHangs = true;
        stage.run(4_000);
        stage.h(1).vms.stop(Stage.VM);
        stage.h(2).adopt(Stage.VM);
        stage.powerOff(1);
        stage.await(25_000, () -> stage.isProven(1));
        Claim claim = stage.claimOn(1).filter(Claim::isProven).orElseThrow();
        ReplyCommand reply = stage.ask(
                3,
                id -> new RequestObservation.GrantAsked(
                        id,
                        "scripted",
                        Stage.VM,
                        stage.h(1).id,
                        stage.h(3).id,
                        new PermitBasis.ProvenClaim(claim.token()),
                        60_000));
        stage.must(
                reply instanceof ReplyCommand.ReplyRefused, "I2", "a permit is given while h2 cannot say what it runs");
        return stage.verdict();
    }
}
