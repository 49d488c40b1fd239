package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Permit;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import java.util.List;

/** Schedules around live migrations between enforcing hosts (rule 13): h1 hands over to h2, and h3 would start it. */
final class MoveAttacks {
    private MoveAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("MOVED", "a VM migrates, and back at once", MoveAttacks::thereAndBack),
                new Attack("MOVETWICE", "two migrations of one VM begin at once", MoveAttacks::twice),
                new Attack("MOVEIMPOSTOR", "a VM is started where it migrates to", MoveAttacks::impostor),
                new Attack("MOVEUNSEEN", "both hosts fall silent before a beat tells of it", MoveAttacks::unseen),
                new Attack("MOVESOURCE", "the source loses power in the middle", MoveAttacks::sourceDies),
                new Attack("MOVETARGET", "the destination loses power in the middle", MoveAttacks::targetDies),
                new Attack("MOVEBOTH", "both hosts die in the middle", MoveAttacks::bothDie),
                new Attack("MOVEFAILS", "a migration fails, and its VM is started again", MoveAttacks::fails),
                new Attack("MOVELOST", "the hook's first yes is lost", MoveAttacks::lost),
                new Attack("MOVERESERVED", "a shell finds a host that only reserved", MoveAttacks::reserved),
                new Attack("MOVERESTART", "the destination's agent restarts in the middle", MoveAttacks::restart),
                new Attack("MOVEAGENTS", "both agents are down in the middle", MoveAttacks::agents),
                new Attack("MOVESHELL", "a shell proves the source while the VM runs elsewhere", MoveAttacks::shell),
                new Attack("MOVENAMED", "a caller's permit has the name of a reservation", MoveAttacks::named),
                new Attack("MOVELAST", "both hosts die while one only reserved", MoveAttacks::last),
                new Attack("MOVECLASS", "a shell spares an ignored VM that has just come", MoveAttacks::spared));
    }

    private static Stage running(int hosts, SelfFenceAction action, boolean shells) {
        List<CellConfig> plain = Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), action, hosts, shells);
        Stage stage = Stage.enforcing(plain).vmOn(1);
        stage.must(open(stage) == 1, "I7", "the VM that runs on h1 is not claimed");
        return stage;
    }

    private static Stage running() {
        return running(3, SelfFenceAction.STOP_VMS, false);
    }

    private static SimMove move(Stage stage, int from, int to, long execMs, long copyMs) {
        long prepareNs = 20 * SimCell.MILLI;
        return new SimMove(
                stage.h(from), stage.h(to), Stage.VM, prepareNs, execMs * SimCell.MILLI, copyMs * SimCell.MILLI);
    }

    /** Both processes are there. */
    private static Stage underWay(Stage stage, long copyMs) {
        move(stage, 1, 2, 20, copyMs).begin();
        stage.must(stage.await(4_000, () -> stage.vmRunsOn(2)), "I7", "the migration to h2 does not begin");
        stage.must(
                open(stage) == 2,
                "RULE13",
                "the record does not tell of both hosts: " + stage.record().permits());
        return stage;
    }

    private static long open(Stage stage) {
        return stage.record().openPermits(Stage.VM).size();
    }

    private static boolean isHeldBy(Stage stage, int host) {
        List<Permit> open = stage.record().openPermits(Stage.VM);
        return open.size() == 1 && open.get(0).destination().equals(stage.h(host).id);
    }

    private static void start(Stage stage, int host) {
        stage.h(host).vms.start(Stage.VM, SimCell.MILLI, 0);
    }

    /** Again and again, as a management program does it. */
    private static boolean starts(Stage stage, int host, long withinMs) {
        for (long spent = 0; spent < withinMs && !stage.vmRunsOn(host); spent += 1_000) {
            start(stage, host);
            stage.run(1_000);
        }
        return stage.vmRunsOn(host);
    }

    private static boolean isGranted(Stage stage, int last) {
        PermitBasis proof =
                new PermitBasis.ProvenClaim(stage.claimOn(last).orElseThrow().token());
        return stage.ask(
                        3,
                        id -> new RequestObservation.GrantAsked(
                                id, "by-h" + last, Stage.VM, stage.h(last).id, stage.h(3).id, proof, 60_000))
                instanceof ReplyCommand.ReplyPermit;
    }

    private static String thereAndBack() {
        Stage stage = underWay(running(), 500);
        stage.must(stage.await(2_000, () -> !stage.vmRunsOn(1)), "I7", "h1 keeps its process");
        move(stage, 2, 1, 20, 500).begin();
        stage.run(100);
        stage.must(!stage.vmRunsOn(1) || open(stage) == 2, "RULE13", "it comes back, and the record knows of one host");
        stage.must(stage.await(5_000, () -> isHeldBy(stage, 2) || open(stage) == 2), "I7", "h1 holds it for good");
        for (int i = 0; i < 5 && !stage.vmRunsOn(1); i++) {
            move(stage, 2, 1, 20, 500).begin();
            stage.run(2_000);
        }
        stage.must(stage.await(5_000, () -> isHeldBy(stage, 1)), "I7", "h1 does not hold it after it came back");
        stage.must(!starts(stage, 3, 3_000), "I1", "h3 starts it");
        return stage.verdict();
    }

    private static String twice() {
        Stage stage = running();
        move(stage, 1, 2, 300, 2_000).begin();
        move(stage, 1, 3, 300, 2_000).begin();
        stage.run(1_500);
        stage.must(stage.vmRunsOn(2) ^ stage.vmRunsOn(3), "RULE13", "not exactly one migration goes on");
        stage.run(4_000);
        stage.must(open(stage) == 1, "I7", "the record still tells of " + open(stage) + " hosts");
        return stage.verdict();
    }

    private static String impostor() {
        Stage stage = running();
        SimMove slow = new SimMove(stage.h(1), stage.h(2), Stage.VM, 3_000 * SimCell.MILLI, 0, 500 * SimCell.MILLI);
        slow.begin();
        stage.must(stage.await(2_000, () -> open(stage) == 2), "I7", "the migration to h2 does not begin");
        stage.run(200);
        start(stage, 2);
        stage.run(1_000);
        stage.must(!stage.vmRunsOn(2), "I1", "h2 starts a VM that runs on h1");
        // Libvirt is done with the start that was refused, and says so; the migration may come to nothing by that.
        boolean one = stage.await(8_000, () -> open(stage) == 1 && stage.vmRunsOn(isHeldBy(stage, 1) ? 1 : 2));
        stage.must(one, "I7", "nobody holds it alone: " + stage.record().permits());
        return stage.verdict();
    }

    /** H12: the destination's last list lacks the VM, whose process is about to begin there. */
    private static String unseen() {
        Stage stage = running(5, SelfFenceAction.STOP_VMS, true);
        stage.h(2).sshOpen = false;
        move(stage, 1, 2, 400, 300).begin();
        boolean claimed = stage.await(
                3_000,
                () -> open(stage) == 2
                        && stage.record().openPermits(Stage.VM).stream().noneMatch(Permit::isMove));
        stage.must(claimed, "I7", "the migration to h2 does not begin");
        stage.run(20);
        stage.isolate(1, 1);
        stage.isolate(2, 1);
        stage.must(stage.await(5_000, () -> stage.isProven(1)), "I7", "no shell proves h1");
        stage.must(stage.vmRunsOn(2), "I7", "it does not run on h2 any more");
        start(stage, 3);
        stage.run(500);
        stage.must(!stage.vmRunsOn(3), "I1", "h3 starts it while h2 has it");
        return stage.verdict();
    }

    private static String sourceDies() {
        Stage stage = underWay(running(), 8_000);
        stage.powerOff(1);
        stage.must(stage.await(30_000, () -> stage.isProven(1)), "I7", "h1 is not proven");
        start(stage, 3);
        stage.run(500);
        stage.must(!stage.vmRunsOn(3) || !stage.vmRunsOn(2), "I1", "h3 starts it while h2 has a process");
        stage.must(
                starts(stage, 3, 40_000) || isGranted(stage, 1),
                "I7",
                "h3 never starts it: " + stage.record().permits());
        return stage.verdict();
    }

    private static String targetDies() {
        Stage stage = underWay(running(), 20_000);
        stage.powerOff(2);
        stage.must(stage.await(40_000, () -> isHeldBy(stage, 1)), "I7", "h1 does not hold it alone");
        stage.must(stage.vmRunsOn(1), "I7", "it does not run on h1 any more");
        stage.h(1).vms.stop(Stage.VM);
        stage.must(starts(stage, 1, 8_000), "I7", "h1 does not start it again");
        return stage.verdict();
    }

    private static String bothDie() {
        Stage stage = underWay(running(5, SelfFenceAction.STOP_VMS, false), 20_000);
        stage.isolate(1, 1);
        stage.isolate(2, 1);
        boolean proven = stage.await(60_000, () -> stage.isProven(1) && stage.isProven(2));
        stage.must(proven, "I7", "not both are proven");
        stage.must(open(stage) == 1, "RULE13", "the record still tells of " + open(stage) + " hosts");
        stage.must(
                isGranted(stage, 1) || isGranted(stage, 2),
                "I7",
                "nobody may start it: " + stage.record().permits());
        return stage.verdict();
    }

    private static String fails() {
        Stage stage = running();
        SimMove move = move(stage, 1, 2, 20, 1_000);
        move.breaks = true;
        move.begin();
        stage.must(stage.await(4_000, () -> stage.vmRunsOn(2)), "I7", "the migration to h2 does not begin");
        stage.h(1).vms.stop(Stage.VM);
        start(stage, 1);
        stage.run(300);
        stage.must(!stage.vmRunsOn(1), "I1", "h1 starts it while h2 has a process");
        stage.must(
                starts(stage, 1, 40_000),
                "I7",
                "h1 does not start it again: " + stage.record().permits());
        return stage.verdict();
    }

    private static String lost() {
        Stage stage = running();
        ReplyCommand said = stage.ask(
                2,
                id -> new RequestObservation.StartAsked(
                        id, Stage.VM, true, 0, stage.h(2).nowNs()));
        stage.must(said instanceof ReplyCommand.ReplyAdmitted, "I7", "h2 says " + said);
        stage.h(1).vms.stop(Stage.VM);
        stage.must(!starts(stage, 3, 10_000), "RULE13", "h3 starts it while it may come to h2");
        stage.must(
                starts(stage, 1, 40_000),
                "I7",
                "h1 never starts it again: " + stage.record().permits());
        return stage.verdict();
    }

    private static String reserved() {
        Stage stage = running(3, SelfFenceAction.LOG_ONLY, true);
        ReplyCommand said = stage.ask(
                2,
                id -> new RequestObservation.StartAsked(
                        id, Stage.VM, true, 0, stage.h(2).nowNs()));
        stage.must(said instanceof ReplyCommand.ReplyAdmitted, "I7", "h2 says " + said);
        stage.isolate(2, 1);
        stage.must(stage.await(20_000, () -> stage.isProven(2)), "I7", "no shell proves h2");
        stage.must(isHeldBy(stage, 1), "RULE13", "h2 is proven and still may have it");
        return stage.verdict();
    }

    /** Between the two questions, and while the process that takes it in is there. */
    private static String restart() {
        Stage stage = running();
        SimMove slow = new SimMove(stage.h(1), stage.h(2), Stage.VM, 4_000 * SimCell.MILLI, 0, 4_000 * SimCell.MILLI);
        slow.begin();
        stage.must(stage.await(2_000, () -> open(stage) == 2), "I7", "the migration to h2 does not begin");
        restart(stage);
        stage.must(stage.await(6_000, () -> stage.vmRunsOn(2)), "I7", "no process on h2");
        restart(stage);
        stage.must(stage.await(15_000, () -> isHeldBy(stage, 2)), "I7", "h2 does not hold it in the end");
        return stage.verdict();
    }

    private static void restart(Stage stage) {
        stage.h(2).agent.stop();
        stage.run(500);
        stage.h(2).agent.start();
    }

    private static String agents() {
        Stage stage = underWay(running(), 2_000);
        stage.h(1).agent.stop();
        stage.h(2).agent.stop();
        start(stage, 3);
        stage.must(stage.await(4_000, () -> !stage.vmRunsOn(1)), "I7", "it does not go over");
        stage.must(!stage.vmRunsOn(3), "I1", "h3 starts it");
        stage.h(1).agent.start();
        stage.h(2).agent.start();
        stage.must(!starts(stage, 3, 3_000), "I1", "h3 starts it");
        stage.must(stage.vmRunsOn(2), "I7", "h2 lost it");
        return stage.verdict();
    }

    private static String shell() {
        Stage stage = underWay(running(3, SelfFenceAction.STOP_VMS, true), 300);
        stage.must(stage.await(3_000, () -> isHeldBy(stage, 2)), "I7", "it does not go over");
        stage.isolate(1, 1);
        stage.await(30_000, () -> stage.isProven(1));
        stage.must(!starts(stage, 3, 3_000), "I1", "h3 starts it");
        stage.must(stage.vmRunsOn(2) && isHeldBy(stage, 2), "I7", "h2 does not hold it any more");
        return stage.verdict();
    }

    /** Of a reservation nothing begins, so it ends by time; of a caller's permit a start may hang in libvirt. */
    private static String named() {
        Stage stage = Stage.of(5, 1, SelfFenceAction.STOP_VMS).vmOn(1);
        stage.powerOff(1);
        stage.must(stage.await(30_000, () -> stage.isProven(1)), "I7", "h1 is not proven");
        if (redeems(stage, 2, Permit.MOVE_CLAIM + "by-a-caller")) {
            stage.h(2).vms.start(Stage.VM, SimCell.MILLI, 45_000 * SimCell.MILLI);
            stage.run(40_000);
            stage.must(open(stage) == 1, "I2", "a redeemed permit ends while its start is under way");
            if (redeems(stage, 3, "once-more")) {
                stage.h(3).vms.start(Stage.VM, SimCell.MILLI, 0);
            }
            stage.run(10_000);
        }
        return stage.verdict();
    }

    private static boolean redeems(Stage stage, int host, String requestId) {
        PermitBasis proof =
                new PermitBasis.ProvenClaim(stage.claimOn(1).orElseThrow().token());
        ReplyCommand reply = stage.ask(
                host,
                id -> new RequestObservation.GrantAsked(
                        id, requestId, Stage.VM, stage.h(1).id, stage.h(host).id, proof, 60_000));
        return reply instanceof ReplyCommand.ReplyPermit got
                && stage.ask(
                                host,
                                id -> new RequestObservation.RedeemAsked(
                                        id, got.permit().id(), Stage.VM))
                        instanceof ReplyCommand.ReplyPermit;
    }

    /** The caller knows of h1 only, and nothing of the VM was ever on h2. */
    private static String last() {
        Stage stage = running(5, SelfFenceAction.STOP_VMS, false);
        ReplyCommand said = stage.ask(
                2,
                id -> new RequestObservation.StartAsked(
                        id, Stage.VM, true, 0, stage.h(2).nowNs()));
        stage.must(said instanceof ReplyCommand.ReplyAdmitted, "I7", "h2 says " + said);
        stage.isolate(1, 1);
        stage.run(1_500);
        stage.isolate(2, 1);
        boolean proven = stage.await(60_000, () -> stage.isProven(1) && stage.isProven(2));
        stage.must(proven, "I7", "not both are proven");
        stage.must(
                isGranted(stage, 1),
                "I7",
                "nobody may start it: " + stage.record().permits());
        return stage.verdict();
    }

    /** The proof of h2 does not speak of it, and no beat of h2 has named it yet. */
    private static String spared() {
        Stage stage = running(5, SelfFenceAction.STOP_VMS, true);
        stage.h(1).sshOpen = false;
        ReplyCommand said = stage.ask(
                4, id -> new RequestObservation.ClassAsked(id, "coordinator", Stage.VM, true, "operator", "scripted"));
        stage.must(said instanceof ReplyCommand.ReplyClass, "SCRIPT", "the VM is not ignored");
        stage.run(1_000);
        move(stage, 1, 2, 400, 7_000).begin();
        boolean claimed = stage.await(
                3_000,
                () -> open(stage) == 2
                        && stage.record().openPermits(Stage.VM).stream().noneMatch(Permit::isMove));
        stage.must(claimed, "I7", "the migration to h2 does not begin");
        stage.run(20);
        stage.isolate(2, 1);
        stage.must(stage.await(7_000, () -> stage.isProven(2)), "I7", "no shell proves h2");
        stage.must(stage.await(9_000, () -> !stage.vmRunsOn(1)), "I7", "it does not go over to h2");
        stage.run(2_000);
        stage.must(stage.vmRunsOn(2), "CLASS", "h2 did not leave the ignored VM alone");
        stage.must(!starts(stage, 3, 5_000), "I1", "h3 starts it while h2 runs it");
        return stage.verdict();
    }
}
