package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.observation.RequestObservation;
import java.time.Duration;
import java.util.List;

/** Schedules around what a host does at the end of its lease, and what it may promise of it (decision 0006). */
final class ReactionAttacks {
    private static final Reaction FIVE_MINUTES = new Reaction(true, false, Duration.ofMinutes(5));
    private static final Reaction SHADOW = new Reaction(true, true, Duration.ZERO);

    private ReactionAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("LOOP", "a host loses every witness after each of its boots", ReactionAttacks::loop),
                new Attack(
                        "FORGOTTEN", "the agent is dead when the watchdog resets its host", ReactionAttacks::forgotten),
                new Attack("UNKEPT", "the local disk does not keep that the host armed", ReactionAttacks::unkept),
                new Attack("DISARM", "the reaction is switched off on an armed host", ReactionAttacks::disarm),
                new Attack(
                        "TOOLATE",
                        "the reaction is switched off when nobody hears it any more",
                        ReactionAttacks::tooLate),
                new Attack("RESTART", "an agent restarts itself, and its lease stays lost", ReactionAttacks::restart),
                new Attack("HANGS", "an orderly shutdown hangs", ReactionAttacks::hangs),
                new Attack("SHADOW", "one host of four is in shadow mode, another dies", ReactionAttacks::shadow));
    }

    private static Stage stage(int hosts, SelfFenceAction action, Reaction reaction) {
        List<CellConfig> configs =
                Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), action, hosts, false).stream()
                        .map(config -> config.reacting(reaction))
                        .toList();
        return new Stage(configs, 42);
    }

    private static boolean isArmed(Stage stage, int number) {
        var state = stage.h(number).agent.state();
        return state != null && AgentFacts.isArmed(state);
    }

    /** A host is isolated, resets itself, gets its VM back, is isolated again. */
    private static String loop() {
        Stage stage = stage(3, SelfFenceAction.REBOOT, FIVE_MINUTES).vmOn(3);
        for (int i = 0; i < 4; i++) {
            stage.isolate(3, 1);
            stage.run(12_000);
            stage.isolate(3, -1);
            stage.await(30_000, () -> stage.leaseLives(3));
            if (stage.h(3).vms.isEmpty()) {
                stage.h(3).adopt(Stage.VM);
            }
            stage.run(6_000);
            stage.must(i > 0 || stage.cell.resets == 1, "I3", "h3 was not reset the first time");
        }
        stage.must(stage.cell.resets == 1, "COOLDOWN", "h3 was reset " + stage.cell.resets + " times in its cooldown");
        stage.must(stage.vmRunsOn(3), "COOLDOWN", "h3 acted in its cooldown");
        stage.must(!stage.h(3).keeper.isBounded(), "RULE4", "h3 promises in its cooldown");
        stage.run(300_000);
        stage.must(isArmed(stage, 3), "COOLDOWN", "h3 does not arm after its cooldown");
        return stage.verdict();
    }

    /** Nobody is there to write down that the keeper acts, so it had to be written before. */
    private static String forgotten() {
        Stage stage = stage(3, SelfFenceAction.REBOOT, FIVE_MINUTES).vmOn(3);
        stage.h(3).agent.stop();
        stage.run(15_000);
        stage.must(stage.cell.resets == 1, "I3", "the watchdog did not reset h3");
        stage.await(30_000, () -> stage.leaseLives(3));
        stage.vmOn(3);
        stage.isolate(3, 1);
        stage.run(30_000);
        stage.must(stage.cell.resets == 1, "COOLDOWN", "h3 was reset again within its cooldown");
        return stage.verdict();
    }

    /** What the next boot would not know of is not promised. */
    private static String unkept() {
        Stage stage = stage(3, SelfFenceAction.REBOOT, FIVE_MINUTES);
        stage.cell.journal.breakIt(stage.h(3), 1);
        stage.vmOn(3);
        stage.must(!stage.h(3).keeper.isBounded(), "COOLDOWN", "h3 promises what its next boot does not know of");
        stage.isolate(3, 1);
        stage.run(30_000);
        stage.must(stage.cell.resets == 0 && stage.vmRunsOn(3), "COOLDOWN", "h3 acted without keeping it");
        stage.must(!stage.isProven(3), "I8", "h3 was proven by time, and had promised nothing");
        return stage.verdict();
    }

    static void switched(Stage stage, int number, boolean on) {
        SimHost host = stage.h(number);
        host.handled = true;
        stage.ask(number, id -> new RequestObservation.ReactionAsked(id, on, "an operator"));
    }

    /** The weaker terms are out before the expiry is lifted, and nobody counts on the stronger ones then. */
    private static String disarm() {
        Stage stage = stage(3, SelfFenceAction.STOP_VMS, Reaction.PLAIN).vmOn(3);
        switched(stage, 3, false);
        stage.must(
                stage.await(10_000, () -> !stage.h(3).keeper.isBounded()),
                "RULE4",
                "h3 keeps its expiry though all know");
        stage.isolate(3, 1);
        stage.run(30_000);
        stage.must(stage.vmRunsOn(3) && stage.cell.resets == 0, "DISARM", "h3 acted with its reaction off");
        stage.must(!stage.isProven(3), "I8", "h3 was proven by time with its reaction off");
        stage.isolate(3, -1);
        switched(stage, 3, true);
        stage.must(stage.await(20_000, () -> isArmed(stage, 3)), "DISARM", "h3 does not arm again");
        return stage.verdict();
    }

    /** A promise that others may count on is kept, whatever an operator says meanwhile. */
    private static String tooLate() {
        Stage stage = stage(3, SelfFenceAction.STOP_VMS, Reaction.PLAIN).vmOn(3);
        stage.isolate(3, 1);
        stage.run(1_000);
        SimHost host = stage.h(3);
        host.handled = true;
        host.agent.offer(
                new RequestObservation.ReactionAsked(new io.quorumfence.model.ReplyId(999_999), false, "an operator"));
        stage.run(30_000);
        stage.must(!stage.vmRunsOn(3), "I3", "h3 broke its promise when it was switched off");
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** One restart, and the VMs live. */
    private static String restart() {
        Stage stage = stage(3, SelfFenceAction.RESTART_AGENT, FIVE_MINUTES).vmOn(3);
        int before = stage.h(3).agent.process();
        stage.isolate(3, 1);
        stage.run(60_000);
        stage.must(stage.h(3).agent.process() == before + 2, "COOLDOWN", "the agent of h3 did not restart once");
        stage.must(stage.vmRunsOn(3) && stage.cell.resets == 0, "I5", "restart-agent has cost a VM");
        stage.must(!stage.isProven(3), "I8", "h3 was proven by time");
        return stage.verdict();
    }

    /** Down or not: T_act and twice the watchdog after the lease's end it is over. */
    private static String hangs() {
        Stage stage = stage(3, SelfFenceAction.GRACEFUL_REBOOT, FIVE_MINUTES).vmOn(3);
        stage.cell.effects.deedsHang = true;
        stage.isolate(3, 1);
        stage.run(7_200);
        stage.must(stage.vmRunsOn(3), "T_act", "h3 was reset before its shutdown had its time");
        stage.run(10_000);
        stage.must(stage.cell.resets == 1 && !stage.vmRunsOn(3), "I3", "a shutdown that hangs is not ended");
        stage.await(20_000, () -> stage.isProven(3));
        stage.must(stage.isProven(3), "I7", "h3 is reset and not proven");
        return stage.verdict();
    }

    /** It neither claims nor promises; the others are enough without it. */
    private static String shadow() {
        List<CellConfig> configs =
                Schedule.configs(4, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.STOP_VMS, 4, false).stream()
                        .map(config -> config.host().value().equals("h1") ? config.reacting(SHADOW) : config)
                        .toList();
        Stage stage = new Stage(configs, 42).vmOn(3);
        stage.isolate(3, 1);
        stage.run(30_000);
        stage.must(stage.isProven(3), "I7", "three hosts could not prove the end of h3");
        stage.must(
                stage.claimOn(3).isPresent()
                        && !stage.claimOn(3).get().claimer().equals(stage.h(1).id),
                "SHADOW",
                "the shadow claimed");
        stage.must(stage.h(1).tmpfs.promises.isEmpty(), "SHADOW", "the shadow promised");
        return stage.verdict();
    }
}
