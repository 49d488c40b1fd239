package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.Rung;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import java.util.List;
import java.util.Objects;

/** Operators who say that a host is dead: at a bad moment, of an earlier life, or wrongly. */
final class OperatorAttacks {
    private OperatorAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("WORDTRUE", "a host is off, time proves nothing, an operator says so", OperatorAttacks::off),
                new Attack("WORDSEEN", "an operator calls a host dead that others see", OperatorAttacks::seen),
                new Attack("WORDLIFE", "his screen shows an earlier life of the host", OperatorAttacks::earlierLife),
                new Attack("WORDSOON", "he pulls the plug and says so at once", OperatorAttacks::soon),
                new Attack("WORDSHELL", "a shell finds the VM alive that he calls dead", OperatorAttacks::shell),
                new Attack("WORDSTORM", "he passes the storm guard, and only if he says so", OperatorAttacks::storm));
    }

    /** Whether the agent takes the word. */
    static boolean told(Stage stage, int agent, int host, Incarnation life, boolean overridesStorm) {
        HostId id = stage.h(host).id;
        return stage.ask(
                        agent,
                        reply -> new RequestObservation.ConfirmDeadAsked(
                                reply, "coordinator", "operator", "the power cable is out", id, life, overridesStorm))
                instanceof ReplyCommand.ReplyConfirmed;
    }

    private static Incarnation life(Stage stage, int host) {
        return stage.record().host(stage.h(host).id).orElseThrow().incarnation();
    }

    private static boolean isProvenByWord(Stage stage, int host) {
        return stage.claimOn(host)
                .flatMap(claim -> claim.proof())
                .map(Proof::rung)
                .filter(Rung.OPERATOR::equals)
                .isPresent();
    }

    private static boolean isSuspected(Stage stage, int host) {
        return stage.isSuspectedBy(host, 2) && stage.isSuspectedBy(host, 3);
    }

    /** What it is for: an unarmed host, whose silence would prove nothing for ever. */
    private static String off() {
        Stage stage = Stage.of(3, 1, io.quorumfence.model.SelfFenceAction.LOG_ONLY);
        stage.powerOff(1);
        stage.run(20_000);
        stage.must(!stage.isProven(1), "I2", "silence alone proves an unarmed host");
        stage.must(told(stage, 2, 1, life(stage, 1), false), "I7", "the word is refused");
        stage.must(told(stage, 3, 1, life(stage, 1), false), "I7", "the word is refused");
        stage.must(stage.await(10_000, () -> isProvenByWord(stage, 1)), "I7", "the word leads to no proof");
        stage.must(!stage.isGone(1), "I8", "an operator's word takes a host out of the counts");
        return stage.verdict();
    }

    /** He errs; h3 hears the host, and nothing is claimed, let alone proven. */
    private static String seen() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(1);
        stage.must(!told(stage, 2, 1, life(stage, 1), true), "I5", "h2 takes the word of a host that it sees");
        stage.hangStorages(1, 1);
        stage.deafen(2, 1, 1);
        stage.await(10_000, () -> stage.isSuspectedBy(1, 2));
        told(stage, 2, 1, life(stage, 1), true);
        stage.run(20_000);
        stage.must(!stage.isProven(1), "I5", "h1 is proven absent, and h3 hears it");
        stage.must(stage.vmRunsOn(1), "I5", "the VM on h1 was stopped");
        return stage.verdict();
    }

    private static String earlierLife() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        Incarnation shown = life(stage, 1);
        stage.powerOff(1);
        stage.run(500);
        stage.h(1).powerOn();
        stage.await(20_000, () -> life(stage, 1).isLaterThan(shown));
        stage.run(2_000);
        stage.vmOn(1).isolate(1, 1);
        stage.await(6_000, () -> isSuspected(stage, 1));
        stage.must(stage.vmRunsOn(1), "SCRIPT", "the VM on h1 is over before anybody was told anything");
        told(stage, 2, 1, shown, true);
        told(stage, 3, 1, shown, true);
        stage.run(10_000);
        return stage.verdict();
    }

    /** What the host wrote in its last moment has to land first. */
    private static String soon() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(1);
        stage.isolate(1, 1);
        boolean climbing = stage.await(
                6_000,
                () -> stage.workOn(1, 2).equals("CLIMBING")
                        || stage.workOn(1, 3).equals("CLIMBING"));
        stage.must(climbing && stage.vmRunsOn(1), "SCRIPT", "nobody climbs while the VM runs");
        stage.powerOff(1);
        told(stage, 2, 1, Objects.requireNonNull(life(stage, 1)), false);
        told(stage, 3, 1, life(stage, 1), false);
        stage.must(stage.await(10_000, () -> isProvenByWord(stage, 1)), "I7", "the word leads to no proof");
        return stage.verdict();
    }

    private static String shell() {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true).vmOn(1);
        stage.h(1).vms.stuckOnKill = true;
        stage.isolate(1, 1);
        stage.await(6_000, () -> isSuspected(stage, 1));
        told(stage, 2, 1, life(stage, 1), false);
        told(stage, 3, 1, life(stage, 1), false);
        stage.run(10_000);
        stage.must(!isProvenByWord(stage, 1), "PROOF", "the word counts more than the shell that found the VM");
        return stage.verdict();
    }

    private static String storm() {
        Stage stage = new Stage(Schedule.configs(5, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 1, false), 42);
        stage.powerOff(1);
        stage.must(stage.await(20_000, () -> stage.isClaimed(1)), "I7", "the first host is not claimed");
        stage.powerOff(4);
        stage.run(30_000);
        stage.must(stage.claimOn(4).isEmpty(), "I6", "the storm guard lets a second claim through");
        for (int agent : new int[] {2, 3, 5}) {
            told(stage, agent, 4, life(stage, 4), false);
        }
        stage.run(10_000);
        stage.must(stage.claimOn(4).isEmpty(), "I6", "a word that does not say so passes the storm guard");
        for (int agent : new int[] {2, 3, 5}) {
            told(stage, agent, 4, life(stage, 4), true);
        }
        stage.must(stage.await(10_000, () -> isProvenByWord(stage, 4)), "I7", "the guard cannot be overridden");
        return stage.verdict();
    }
}
