package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Profile;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** VMs of class ignore: what lives on must start nowhere else, and protection must not come back too early. */
final class ClassAttacks {
    private static final VmId OTHER = new VmId(new UUID(7, 9));

    private static final Deadlines LONG_ACT =
            new Deadlines(ms(500), ms(2_000), ms(6_000), ms(5_000), ms(2_000), ms(3_000));

    private ClassAttacks() {}

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    static List<Attack> all() {
        return List.of(
                new Attack("CLASS", "an ignored VM outlives its host's end, and comes back", ClassAttacks::whole),
                new Attack("CLASSSHELL", "a shell ends the protected VM and spares the other", ClassAttacks::shell),
                new Attack("CLASSLATE", "protected again while the host that runs it is cut off", ClassAttacks::late),
                new Attack("CLASSAGAIN", "the same, and ignored again before it is over", ClassAttacks::again),
                new Attack("CLASSUNKEPT", "an agent ends before it keeps what it was told", ClassAttacks::unkept),
                new Attack("CLASSLATCHED", "a latched host says that it knows", ClassAttacks::latched),
                new Attack("CLASSOPEN", "ignored while its host is being fenced", ClassAttacks::open));
    }

    /** What came of the operator's wish: a class, or the code of a refusal. */
    private static String classed(Stage stage, int agent, boolean ignore) {
        ReplyCommand reply = stage.ask(
                agent,
                id -> new RequestObservation.ClassAsked(id, "coordinator", Stage.VM, ignore, "operator", "scripted"));
        if (reply instanceof ReplyCommand.ReplyClass now) {
            return now.vmClass();
        }
        return reply instanceof ReplyCommand.ReplyRefused no ? no.code() : "no answer";
    }

    /** Both VMs run on h1, whose keeper is armed for the protected one; the other is ignored. */
    private static Stage staged(boolean shells) {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), shells);
        stage.h(1).adopt(OTHER);
        stage.vmOn(1);
        stage.must(classed(stage, 2, true).equals("ignore"), "SCRIPT", "the VM is not ignored");
        stage.run(1_000);
        return stage;
    }

    /** Whether h2 gets a permit for the VM on the proof of h1, and starts it. */
    private static String started(Stage stage, VmId vm) {
        var token = stage.claimOn(1).orElseThrow().token();
        ReplyCommand reply = stage.ask(
                2,
                id -> new RequestObservation.GrantAsked(
                        id,
                        "on-proof-" + id,
                        vm,
                        stage.h(1).id,
                        stage.h(2).id,
                        new PermitBasis.ProvenClaim(token),
                        60_000));
        if (!(reply instanceof ReplyCommand.ReplyPermit got)) {
            return reply instanceof ReplyCommand.ReplyRefused no ? no.code() : "no answer";
        }
        ReplyCommand redeemed = stage.ask(
                2, id -> new RequestObservation.RedeemAsked(id, got.permit().id(), vm));
        if (redeemed instanceof ReplyCommand.ReplyPermit) {
            stage.h(2).vms.start(vm, 0, 0);
            stage.run(500);
        }
        return redeemed instanceof ReplyCommand.ReplyPermit ? "started" : "not redeemed";
    }

    private static boolean isExempt(Stage stage) {
        return stage.record().exemption(Stage.VM).isPresent();
    }

    private static boolean knows(Stage stage, int host) {
        AgentState state = stage.h(host).agent.state();
        return state != null
                && AgentFacts.known(state)
                        .filter(record -> record.ignores(Stage.VM))
                        .isPresent();
    }

    private static String whole() {
        Stage stage = staged(false);
        stage.isolate(1, 1);
        stage.must(stage.await(20_000, () -> stage.isProven(1)), "I7", "h1 is not proven by time");
        stage.must(!stage.h(1).vms.isRunning(OTHER), "I3", "the protected VM outlives its host's end");
        stage.must(stage.vmRunsOn(1), "CLASS", "the ignored VM was stopped");
        stage.must(started(stage, Stage.VM).equals("vm-not-protected"), "I2", "an ignored VM gets a permit");
        stage.must(started(stage, OTHER).equals("started"), "I7", "the protected VM gets none");
        stage.isolate(1, -1);
        stage.must(stage.await(20_000, () -> stage.leaseLives(1)), "I7", "h1 does not come back beside its VM");
        stage.must(stage.vmRunsOn(1), "CLASS", "the ignored VM was stopped when its host came back");
        stage.must(classed(stage, 3, false).equals("leaving"), "CLASS", "it is protected before anybody heard");
        stage.must(stage.await(5_000, () -> !isExempt(stage)), "I7", "it is not protected again");
        stage.run(3_000);
        var first = stage.claimOn(1).orElseThrow().token();
        stage.isolate(1, 1);
        boolean again = stage.await(
                25_000,
                () -> stage.claimOn(1)
                        .filter(claim -> claim.isProven() && !claim.token().equals(first))
                        .isPresent());
        stage.must(again, "I7", "h1 is not proven the second time");
        stage.must(started(stage, Stage.VM).equals("started"), "I7", "the VM that is protected again gets no permit");
        return stage.verdict();
    }

    private static String shell() {
        Stage stage = staged(true);
        stage.isolate(1, 1);
        stage.must(stage.await(5_500, () -> stage.isProven(1)), "I7", "no shell proves h1");
        stage.must(!stage.h(1).vms.isRunning(OTHER), "PROOF", "the shell left the protected VM");
        stage.run(15_000);
        stage.must(stage.vmRunsOn(1), "CLASS", "the ignored VM was stopped");
        stage.must(started(stage, Stage.VM).equals("vm-not-protected"), "I2", "an ignored VM gets a permit");
        return stage.verdict();
    }

    private static String late() {
        Stage stage = staged(false);
        stage.isolate(1, 1);
        stage.must(stage.await(20_000, () -> stage.isProven(1)), "I7", "h1 is not proven by time");
        stage.must(stage.vmRunsOn(1), "SCRIPT", "the ignored VM was stopped");
        classed(stage, 2, false);
        stage.run(5_000);
        stage.must(started(stage, Stage.VM).equals("vm-not-protected"), "I2", "it gets a permit while h1 runs it");
        return stage.verdict();
    }

    /** Found by seed 767518703: the new entry took the proof for one of before, which speaks of the VM. */
    private static String again() {
        Stage stage = staged(false);
        stage.isolate(1, 1);
        stage.must(stage.await(20_000, () -> stage.isProven(1)), "I7", "h1 is not proven by time");
        classed(stage, 2, false);
        stage.must(classed(stage, 2, true).equals("ignore"), "CLASS", "nobody may change his mind");
        classed(stage, 2, false);
        stage.run(3_000);
        stage.must(started(stage, Stage.VM).equals("vm-not-protected"), "I2", "it gets a permit while h1 runs it");
        return stage.verdict();
    }

    /** Its next agent begins with the old record, cut off, and spares the VM at its end. */
    private static String unkept() {
        Stage stage = staged(false);
        stage.cell.effects.tmpfsNs = 60_000 * SimCell.MILLI;
        classed(stage, 2, false);
        stage.run(1_000);
        stage.h(1).agent.stop();
        stage.isolate(1, 1);
        stage.cell.effects.tmpfsNs = SimCell.MILLI;
        stage.run(500);
        stage.h(1).agent.start();
        stage.must(stage.await(25_000, () -> stage.isProven(1)), "I7", "h1 is not proven by time");
        stage.must(started(stage, Stage.VM).equals("vm-not-protected"), "I2", "it gets a permit while h1 may run it");
        return stage.verdict();
    }

    /** By then a claim stands on it, whose proof left the VM out; it is in D state, so that nothing ends it. */
    private static String latched() {
        Stage stage = staged(false);
        stage.h(1).vms.libvirtHangs = true; // so that no next life of it joins
        stage.isolate(1, 1);
        stage.must(stage.await(20_000, () -> stage.isProven(1)), "I7", "h1 is not proven by time");
        stage.h(1).vms.stuckOnKill = true;
        classed(stage, 2, false);
        stage.run(500);
        stage.isolate(1, -1);
        stage.run(3_000);
        started(stage, Stage.VM);
        return stage.verdict();
    }

    /** Its first stop fails; at the next it has read that the VM is ignored. That claim's token is the older number. */
    private static String open() {
        Stage stage = Stage.of(3, 1, STOP_VMS, LONG_ACT, false);
        stage.vmOn(1);
        stage.slow(1, 0); // it is cut off again before its next life joins
        stage.h(1).vms.stuckOnKill = true;
        stage.isolate(1, 1);
        stage.must(stage.await(5_500, () -> stage.isClaimed(1)), "SCRIPT", "h1 is not claimed");
        stage.run(500);
        classed(stage, 2, true);
        stage.await(8_000, () -> !stage.leaseLives(1));
        stage.run(600);
        stage.isolate(1, -1);
        stage.await(4_000, () -> !stage.h(1).keeper.isBounded());
        stage.isolate(1, 1);
        stage.await(30_000, () -> stage.isProven(1));
        classed(stage, 2, false);
        stage.run(2_000);
        if (stage.isProven(1)) {
            started(stage, Stage.VM);
        }
        return stage.verdict();
    }
}
