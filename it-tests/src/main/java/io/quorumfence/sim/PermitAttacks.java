package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Schedules around permits, starts and lists of VMs. */
final class PermitAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));

    private PermitAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("H9", "a start comes after a shell has verified that nothing runs", PermitAttacks::h9),
                new Attack("H10", "a redeemed permit, a slow start, and a new agent is asked", PermitAttacks::h10),
                new Attack(
                        "H12", "a VM moves to a host without a permit, or whose list is cut short", PermitAttacks::h12),
                new Attack("CUTLIST", "a host is asked for a VM that its list does not reach", PermitAttacks::cutList),
                new Attack("UNSTORED", "an agent ends between a redemption and its record", PermitAttacks::unstored),
                new Attack("BARRIER", "a claimed host boots while its claimer stays away", PermitAttacks::barrier),
                new Attack("OLDPROOF", "the VM went back to the host that was proven", PermitAttacks::oldProof),
                new Attack("TWICE", "a permit is used after its proof, another meanwhile", PermitAttacks::twoPermits),
                new Attack("CLEARED", "the agent of a host that ended its VM is restarted", PermitAttacks::cleared));
    }

    static Permit granted(Stage stage, VmId vm, int last, int destination) {
        var life = Objects.requireNonNull(stage.h(last).tmpfs.life);
        PermitBasis says = new PermitBasis.HostSays(stage.h(last).id, life, Rung.HOST_SAYS);
        return asked(stage, vm, last, destination, says).orElseThrow(() -> new IllegalStateException("no permit"));
    }

    /** Asks the destination for a permit; empty when it is refused. */
    private static Optional<Permit> asked(Stage stage, VmId vm, int last, int destination, PermitBasis basis) {
        ReplyCommand reply = stage.ask(
                destination,
                id -> new RequestObservation.GrantAsked(
                        id, "scripted-" + destination, vm, stage.h(last).id, stage.h(destination).id, basis, 60_000));
        return reply instanceof ReplyCommand.ReplyPermit got ? Optional.of(got.permit()) : Optional.empty();
    }

    /** Whether the destination redeems it. */
    private static boolean redeems(Stage stage, int destination, Permit permit) {
        return stage.ask(destination, id -> new RequestObservation.RedeemAsked(id, permit.id(), permit.vm()))
                        instanceof ReplyCommand.ReplyPermit got
                && got.permit().stage() == PermitStage.REDEEMED;
    }

    /** Whether the destination gets a permit on the last host's word, and redeems it. */
    static boolean mayStart(Stage stage, VmId vm, int last, int destination) {
        var life = Objects.requireNonNull(stage.h(last).tmpfs.life);
        PermitBasis says = new PermitBasis.HostSays(stage.h(last).id, life, Rung.HOST_SAYS);
        return asked(stage, vm, last, destination, says)
                .filter(permit -> redeems(stage, destination, permit))
                .isPresent();
    }

    private static void redeem(Stage stage, int destination, Permit permit) {
        if (!redeems(stage, destination, permit)) {
            throw new IllegalStateException("not redeemed: " + permit);
        }
    }

    private static boolean saysAbsent(Stage stage, int host) {
        return stage.ask(host, id -> new RequestObservation.AbsenceAsked(id, Stage.VM))
                        instanceof ReplyCommand.ReplyAbsence says
                && says.answer() == ReplyCommand.Absence.ABSENT;
    }

    /** Found by seed 5550017817: the next process had not seen the permit's VM, and its host never came back. */
    private static String cleared() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        redeem(stage, 3, granted(stage, Stage.VM, 1, 3));
        stage.vmOn(3).isolate(3, 1);
        stage.must(stage.await(15_000, () -> !stage.vmRunsOn(3)), "I3", "h3 left its end to the watchdog");
        stage.run(1_000);
        stage.h(3).agent.stop();
        stage.run(500);
        stage.h(3).agent.start();
        stage.run(1_000);
        stage.isolate(3, -1);
        stage.must(stage.await(15_000, () -> stage.leaseLives(3)), "I7", "h3 does not come back");
        stage.must(stage.cell.resets == 0, "I5", "h3 was reset");
        return stage.verdict();
    }

    /** What a redemption was answered for, the next process knows: a start may hang where nobody sees it. */
    private static String unstored() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        Permit permit = granted(stage, Stage.VM, 1, 2);
        stage.cell.effects.tmpfsNs = 200 * SimCell.MILLI;
        boolean redeemed = redeems(stage, 2, permit);
        stage.h(2).agent.stop();
        stage.isolate(2, 1);
        stage.run(500);
        stage.h(2).agent.start();
        stage.must(redeemed, "I7", "h2 does not redeem its permit");
        stage.await(20_000, () -> !stage.h(2).keeper.isBounded() || stage.cell.resets > 0);
        stage.must(stage.cell.resets > 0, "I3", "h2's end is called off while a start that it redeemed may hang");
        return stage.verdict();
    }

    /** The barrier comes first; the hook looks at it last. */
    private static String h9() {
        Stage unseen = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        redeem(unseen, 2, granted(unseen, Stage.VM, 1, 2));
        unseen.isolate(2, 1);
        unseen.run(5_000);
        unseen.must(!unseen.isProven(2), "I2", "a shell proves h2 while a start that it cannot see may be under way");
        if (!unseen.verdict().isEmpty()) {
            return unseen.verdict();
        }
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        stage.h(2).tmpfs.admit(Stage.VM); // by a permit that was used, ended, and is used again
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
        redeem(stage, 2, granted(stage, Stage.VM, 1, 2));
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

    /** Nothing comes in without a permit, so a list need not know of it; and a list cut short means any VM. */
    private static String h12() {
        Stage incoming = Stage.of(2, 1, STOP_VMS).vmOn(1);
        incoming.h(2).vms.start(Stage.VM, 50 * SimCell.MILLI, 0);
        incoming.run(500);
        incoming.must(!incoming.vmRunsOn(2), "I1", "an incoming VM passes the hook without a permit");
        if (!incoming.verdict().isEmpty()) {
            return incoming.verdict();
        }
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(1);
        stage.h(2).vms.libvirtHangs = true;
        stage.run(4_000);
        stage.h(1).vms.stop(Stage.VM);
        stage.h(2).adopt(Stage.VM);
        stage.powerOff(1);
        stage.await(25_000, () -> stage.isProven(1));
        Claim claim = stage.claimOn(1).filter(Claim::isProven).orElseThrow();
        Optional<Permit> permit = asked(stage, Stage.VM, 1, 3, new PermitBasis.ProvenClaim(claim.token()));
        stage.must(permit.isEmpty(), "I2", "a permit is given while h2 cannot say what it runs");
        return stage.verdict();
    }

    /** What cannot be listed in full is not absent. */
    private static String cutList() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(1);
        stage.h(1).vms.libvirtHangs = true;
        for (int i = 0; i < 12; i++) {
            stage.must(!saysAbsent(stage, 1), "I2", "h1 says absent of a VM that runs there");
        }
        return stage.verdict();
    }

    /** A claim that nobody closed bars the next life, and a join closes what it can. */
    private static String barrier() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.await(8_000, () -> stage.isClaimed(3));
        int claimer = stage.cell.host(stage.claimOn(3).orElseThrow().claimer()).index + 1;
        stage.powerOff(claimer);
        stage.powerOff(3);
        stage.isolate(3, -1);
        stage.h(3).powerOn();
        stage.await(10_000, () -> stage.leaseLives(3));
        stage.must(stage.leaseLives(3), "I7", "h3 booted, and did not join");
        int last = 3 - claimer;
        stage.must(
                !mayStart(stage, ANOTHER, last, 3) || !stage.record().isBarred(stage.h(3).id),
                "BARRIER",
                "h3 may start a VM while a claim on its last life is open");
        return stage.verdict();
    }

    /** A proof that a later life of its host has outdated opens nothing: the VM may be back there. */
    private static String oldProof() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.powerOff(3);
        PermitBasis proof = new PermitBasis.ProvenClaim(proven(stage).token());
        stage.h(3).powerOn();
        stage.await(10_000, () -> stage.leaseLives(3));
        redeem(stage, 3, granted(stage, Stage.VM, 1, 3));
        stage.h(3).adopt(Stage.VM);
        asked(stage, Stage.VM, 3, 2, proof).ifPresent(permit -> redeems(stage, 2, permit));
        return stage.verdict();
    }

    private static Claim proven(Stage stage) {
        stage.await(25_000, () -> stage.isProven(3));
        return stage.claimOn(3).filter(Claim::isProven).orElseThrow();
    }

    /** One permit a VM, and a permit ends with the proof it rests on: each keeps the second start away. */
    private static String twoPermits() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.powerOff(3);
        PermitBasis proof = new PermitBasis.ProvenClaim(proven(stage).token());
        Permit first = asked(stage, Stage.VM, 3, 2, proof).orElseThrow();
        stage.h(3).powerOn();
        stage.await(10_000, () -> stage.leaseLives(3));
        var life = Objects.requireNonNull(stage.h(2).tmpfs.life);
        PermitBasis says = new PermitBasis.HostSays(stage.h(2).id, life, Rung.HOST_SAYS);
        Optional<Permit> second = asked(stage, Stage.VM, 2, 3, says);
        if (second.isPresent() && redeems(stage, 3, second.get())) {
            stage.h(3).adopt(Stage.VM);
        }
        redeems(stage, 2, first);
        return stage.verdict();
    }
}
