package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.LOG_ONLY;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Schedules around a sibling that sends its shell under another host's claim: h1 holds it, h3 is the suspect. */
final class SiblingAttacks {
    private static final long WAIT_NS = 20_000 * SimCell.MILLI;

    private SiblingAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("SIBLING", "the claimer reaches nobody over ssh, its sibling does", SiblingAttacks::sibling),
                new Attack("SIBLING-LATE", "a question is older than a sign of life may be", SiblingAttacks::late),
                new Attack("SIBLING-SPENT", "a question meets a claim that was taken back", SiblingAttacks::spent),
                new Attack("SIBLING-TAKEN", "a question of a claimer that was succeeded", SiblingAttacks::taken),
                new Attack("SIBLING-SEES", "who is asked sees the suspect again", SiblingAttacks::sees),
                new Attack("SIBLING-TWICE", "questions by the dozen, one shell at a time", SiblingAttacks::twice),
                new Attack("SIBLING-BACK", "the suspect is back under a sibling's shell", SiblingAttacks::back),
                new Attack("SIBLING-SLOW", "who is asked has longer ssh times than the claimer", SiblingAttacks::slow),
                new Attack("SIBLING-RESTART", "the agent of who was asked restarts", SiblingAttacks::restarted),
                new Attack("SIBLING-HELPER", "a shell arrives behind the end of its claim", SiblingAttacks::helper));
    }

    /** h1's own way to h3 is cut from the beginning. */
    private static Stage stage(int hosts, SelfFenceAction action, long seed) {
        Stage stage = new Stage(Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), action, hosts, true), seed);
        stage.vmOn(3);
        stage.cell.ssh.cut(stage.h(1), stage.h(3), true);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        return stage;
    }

    private static Stage climbing(int hosts, SelfFenceAction action) {
        Stage stage = stage(hosts, action, 42);
        stage.isolate(3, 1);
        stage.must(stage.await(9_000, () -> stage.workOn(3, 1).equals("CLIMBING")), "I7", "h1 does not climb");
        return stage;
    }

    /** Nobody else could say anything of a host that promises no end. */
    private static String sibling() {
        Stage stage = climbing(3, LOG_ONLY);
        stage.run(4_000);
        boolean byShell = stage.claimOn(3)
                .flatMap(Claim::proof)
                .filter(proof -> proof.rung() == Rung.SIBLING_SSH)
                .isPresent();
        stage.must(byShell, "I7", "h2's way to h3 is open, and no shell proved h3's end");
        return stage.verdict();
    }

    /** By the asked host's own clock. */
    private static String late() {
        Stage stage = climbing(3, LOG_ONLY);
        long echo = stage.h(2).nowNs() - 2_500 * SimCell.MILLI;
        expect(stage, ask(stage, 2, 1, echo, 100), ShellAnswer.Kind.REFUSED, "a question of 2.5 s ago");
        stage.must(stage.cell.ssh.sentBy(stage.h(2)) == 0, "I5", "h2 sent its shell for a question of 2.5 s ago");
        return stage.verdict();
    }

    /** What the asker believed may be over: the read behind the question decides. */
    private static String spent() {
        Stage stage = climbing(3, STOP_VMS);
        long echo = stage.h(2).nowNs();
        Claim claim = stage.claimOn(3).orElseThrow();
        stage.h(2).agent.pause(1_000 * SimCell.MILLI, 0);
        stage.cell.calls.call(
                0,
                stage.h(2),
                id -> new RequestObservation.ShellAsked(id, stage.h(1).id, 100, claim, 0, echo, WAIT_NS),
                reply -> {});
        stage.isolate(3, -1);
        stage.must(stage.await(900, () -> !stage.isClaimed(3)), "I5", "h3 is back, and its claim stands");
        stage.run(4_000);
        stage.must(stage.cell.ssh.sentBy(stage.h(2)) == 0, "I5", "h2 sent its shell under a claim taken back");
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 was back in time, and lost its VM");
        return stage.verdict();
    }

    /** A successor withdraws by what it sees itself, so its predecessor's questions begin nothing any more. */
    private static String taken() {
        Stage stage = climbing(4, LOG_ONLY);
        for (int helper = 1; helper <= 4; helper++) {
            stage.cell.ssh.cut(stage.h(helper), stage.h(3), true);
        }
        stage.cell.lock.everybodyHolds = true;
        stage.hangStorages(1, 1);
        boolean taken = stage.await(
                9_000,
                () -> stage.claimOn(3)
                        .filter(claim -> !claim.claimer().equals(stage.h(1).id))
                        .isPresent());
        stage.must(taken, "I7", "nobody succeeds h1, whose storages hang");
        int asked = stage.claimOn(3).orElseThrow().claimer().equals(stage.h(2).id) ? 4 : 2;
        ShellAnswer first = ask(stage, asked, 1, stage.h(asked).nowNs(), 100);
        stage.run(400);
        int sent = stage.cell.ssh.sentBy(stage.h(asked));
        stage.must(sent == 0 && first != null, "8", "h" + asked + " sent its shell for a claimer that was succeeded");
        return stage.verdict();
    }

    /** Its promise binds it still, and its suspicion is over. */
    private static String sees() {
        Stage stage = stage(3, STOP_VMS, 42);
        stage.cell.ssh.cut(stage.h(2), stage.h(3), true); // so that only this question counts
        stage.cell.journal.breakIt(stage.h(3), 1);
        stage.isolate(3, 1);
        stage.await(9_000, () -> stage.workOn(3, 1).equals("CLIMBING"));
        stage.part(2, 3, -1);
        stage.must(stage.await(3_000, () -> !stage.isSuspectedBy(3, 2)), "I5", "h2 hears h3, and suspects it");
        int sent = stage.cell.ssh.sentBy(stage.h(2));
        stage.must(stage.isClaimed(3) && stage.isSuspectedBy(3, 1), "I7", "h1 has given up too early");
        ask(stage, 2, 1, stage.h(2).nowNs(), 100);
        stage.run(300);
        stage.must(stage.cell.ssh.sentBy(stage.h(2)) == sent, "I5", "h2 sends its shell to a host that it hears");
        return stage.verdict();
    }

    private static String twice() {
        Stage stage = climbing(3, LOG_ONLY);
        stage.cell.ssh.cut(stage.h(2), stage.h(3), true);
        long echo = stage.h(2).nowNs();
        expect(stage, ask(stage, 2, 1, echo, 100), ShellAnswer.Kind.RUNNING, "the first question");
        stage.await(1_000, () -> stage.cell.ssh.sentBy(stage.h(2)) == 1);
        expect(stage, ask(stage, 2, 1, echo, 100), ShellAnswer.Kind.RUNNING, "the same question again");
        expect(stage, ask(stage, 2, 1, echo, 101), ShellAnswer.Kind.BUSY, "another question");
        stage.must(stage.cell.ssh.sentBy(stage.h(2)) == 1, "4", "h2 has more than one shell at h3");
        stage.run(1_600);
        expect(stage, ask(stage, 2, 1, echo, 100), ShellAnswer.Kind.ENDED, "the same question once more");
        stage.must(stage.cell.ssh.sentBy(stage.h(2)) <= 2, "4", "h2 sends a shell for each question");
        return stage.verdict();
    }

    /** As with the claimer's own shell: its claim stands until it has ended. */
    private static String back() {
        for (int seed = 1; seed <= 6; seed++) {
            Stage stage = stage(3, STOP_VMS, seed);
            stage.cell.journal.breakIt(stage.h(3), 1);
            stage.isolate(3, 1);
            boolean sent = stage.await(12_000, () -> stage.cell.ssh.sentBy(stage.h(2)) > 0);
            stage.must(sent, "I7", "nobody asks h2 for its shell");
            stage.isolate(3, -1);
            stage.run(3_000);
            stage.must(
                    stage.vmRunsOn(3) || stage.isProven(3),
                    "I5",
                    "seed " + seed + ": a sibling's shell ended h3's VM under a claim that was taken back");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }

    /** Another profile, or a file that was changed on one host first: h2's logins take seconds, h1's do not. */
    private static String slow() {
        for (int ms = 3_000; ms <= 5_000; ms += 40) {
            Stage stage = slowStage();
            stage.cell.ssh.cut(stage.h(1), stage.h(3), true);
            stage.cell.lock.hold(stage.h(1), stage.h(3).id);
            stage.cell.journal.breakIt(stage.h(3), 1);
            stage.cell.ssh.loginNs.put(stage.h(2).id, ms * SimCell.MILLI);
            stage.isolate(3, 1);
            stage.await(9_000, () -> stage.workOn(3, 1).equals("CLIMBING"));
            stage.await(1_700, () -> stage.cell.ssh.sentBy(stage.h(2)) > 0);
            stage.run(2_500);
            stage.isolate(3, -1);
            stage.run(5_000);
            stage.must(
                    stage.vmRunsOn(3) || stage.isProven(3),
                    "I5",
                    "a login of " + ms + " ms ended h3's VM under a claim that was taken back");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }

    private static Stage slowStage() {
        var plain = Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), LOG_ONLY, 3, true);
        var short1 = plain.get(0).climbing(plain.get(0).ladder().shelling(Duration.ofMillis(1_500)));
        return new Stage(List.of(short1, plain.get(1), plain.get(2)), 42).vmOn(3);
    }

    /** The helper that its last process has sent is at work all the same. */
    private static String restarted() {
        for (int seed = 1; seed <= 12; seed++) {
            Stage stage = stage(3, STOP_VMS, seed);
            stage.cell.journal.breakIt(stage.h(3), 1);
            stage.isolate(3, 1);
            boolean sent = stage.await(12_000, () -> stage.cell.ssh.sentBy(stage.h(2)) > 0);
            stage.must(sent, "I7", "nobody asks h2 for its shell");
            stage.h(2).agent.stop();
            stage.run(25);
            stage.h(2).agent.start();
            stage.isolate(3, -1);
            stage.run(3_000);
            stage.must(
                    stage.vmRunsOn(3) || stage.isProven(3),
                    "I5",
                    "seed " + seed + ": a shell of h2's last process ended h3's VM under a claim that was taken back");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }

    /** Whoever sent it had not heard; the host itself had. */
    private static String helper() {
        Stage stage = climbing(3, STOP_VMS);
        Claim claim = stage.claimOn(3).orElseThrow();
        stage.isolate(3, -1);
        stage.must(stage.await(3_000, () -> !stage.isClaimed(3)), "I5", "h3 is back, and its claim stands");
        SimHost by = stage.h(2);
        stage.cell.ssh.fence(
                by,
                new LocalCommand.FenceBySsh(
                        999,
                        1,
                        claim.suspect(),
                        claim.incarnation(),
                        claim.token(),
                        by.nowNs() - SimCell.MILLI * 900,
                        Set.of()));
        stage.run(3_000);
        stage.must(stage.vmRunsOn(3), "I5", "a shell that came late ended h3's VM");
        return stage.verdict();
    }

    private static void expect(
            Stage stage, @org.jspecify.annotations.Nullable ShellAnswer answer, ShellAnswer.Kind kind, String what) {
        stage.must(answer != null && answer.kind() == kind, "8", what + ": " + answer + " in place of " + kind);
    }

    /** As if that host had asked; null when no answer came. */
    private static @org.jspecify.annotations.Nullable ShellAnswer ask(
            Stage stage, int asked, int asker, long echo, long attempt) {
        Claim claim = stage.claimOn(3).orElseThrow();
        ReplyCommand reply = stage.ask(
                asked,
                id -> new RequestObservation.ShellAsked(
                        id, stage.h(asker).id, attempt, claim, stage.record().version(), echo, WAIT_NS));
        return reply instanceof ReplyCommand.ReplyShell given ? given.answer() : null;
    }
}
