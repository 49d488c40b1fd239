package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Profile;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Schedules around suspicions, opinions, promises, and claims that cross each other. */
final class ClaimAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));

    private ClaimAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("BORN", "a join is known before the first beat of its life", ClaimAttacks::born),
                new Attack("FORGET", "the promiser's process restarts and hears the suspect", ClaimAttacks::forget),
                new Attack("REBIRTH", "the promiser boots and hears the suspect", ClaimAttacks::rebirth),
                new Attack("UNJOINED", "a gone host boots, cannot join, and hears the suspect", ClaimAttacks::unjoined),
                new Attack("OPINION", "the claimer alone does not see the suspect", ClaimAttacks::opinion),
                new Attack("BACK", "the suspect beats again before the mail is raised", ClaimAttacks::back),
                new Attack("AGAIN", "the suspect beats again behind the raised mail", ClaimAttacks::again),
                new Attack("DAMAGED", "the suspect's block cannot be read where it beats", ClaimAttacks::damaged),
                new Attack("SHELL", "the suspect is back while a shell is on it", ClaimAttacks::shell));
    }

    /** Rule 2: nobody is silent before he is born. */
    private static String born() {
        Stage stage = Stage.of(3, 1, STOP_VMS);
        stage.powerOff(3);
        stage.run(8_000);
        TimeAttacks.joinsUnseen(stage);
        stage.run(1_000);
        boolean suspect = stage.isSuspectedBy(3, 1) || stage.isSuspectedBy(3, 2);
        stage.must(!suspect, "I5", "h3 joined a second ago, and is suspected of a silence before that");
        stage.isolate(3, -1);
        stage.run(6_000);
        stage.must(stage.leaseLives(3) && !stage.isClaimed(3), "I5", "h3 beats, and was fenced");
        return stage.verdict();
    }

    /** Rule 16: a promise outlives its process, by its file and by the claim's age. */
    private static String forget() {
        Stage stage = promised(Profile.FAST.deadlines());
        stage.h(2).agent.stop();
        stage.run(20);
        stage.h(2).agent.start();
        stage.part(2, 3, -1);
        stage.run(25_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** Decision 0011: what an earlier life of this host may have promised binds the next one. */
    private static String rebirth() {
        Stage stage = promised(new Deadlines(ms(500), ms(2_000), ms(12_000), ms(1_000), ms(2_000), ms(3_000)));
        stage.cell.bootFloorNs = 100 * SimCell.MILLI;
        stage.powerOff(2);
        stage.h(2).powerOn();
        stage.part(2, 3, -1);
        stage.run(32_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** The first host climbs against the third, and the second has promised. */
    private static Stage promised(Deadlines deadlines) {
        Stage stage = Stage.of(3, 1, STOP_VMS, deadlines, false).vmOn(3);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.isolate(3, 1);
        if (!stage.await(8_000, () -> stage.workOn(3, 1).equals("CLIMBING"))) {
            throw new IllegalStateException("h1 does not climb");
        }
        return stage;
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    /** Rule 3: a gone host counts as promised, so no life of it acknowledges before the record knows that life. */
    private static String unjoined() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        stage.h(2).adopt(ANOTHER);
        stage.run(3_000);
        TimeAttacks.goneUnread(stage);
        stage.cell.journal.breakIt(stage.h(2), 1); // nothing can be decided from there
        stage.h(2).powerOn();
        stage.await(8_000, () -> stage.h(2).agent.state() != null);
        stage.run(2_500);
        stage.part(1, 3, 1);
        stage.run(25_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** Step 2, and rule 16: a peer that hears the suspect ends the attempt, asked for its opinion or its promise. */
    private static String opinion() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.hangStorages(3, 1);
        stage.part(1, 3, 1);
        stage.run(20_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 is seen by two of three, and was fenced");
        return stage.verdict();
    }

    /** Step 4: a beat that moved takes the claim back, whoever reads it first. */
    private static String back() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        return beatsAgain(stage, () -> stage.workOn(3, 1).equals("RAISING"));
    }

    /** The same, seen first by the read behind the raised mail. */
    private static String again() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        return beatsAgain(
                stage,
                () -> stage.cell.storages().get(0).row(stage.h(3).id).stream()
                        .anyMatch(slot -> slot.value()
                                .filter(mail -> mail.stage() == MailStage.EXECUTE)
                                .isPresent()));
    }

    /** The suspect's journal is broken, so that it cannot withdraw the claim itself. */
    private static String beatsAgain(Stage stage, BooleanSupplier when) {
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.slow(1, 0);
        stage.cell.journal.breakIt(stage.h(3), 1);
        stage.isolate(3, 1);
        stage.must(stage.await(8_000, when), "I7", "h1 does not raise its mail");
        stage.hangStorages(3, -1);
        stage.run(10_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 beats on its storage, and was fenced");
        return stage.verdict();
    }

    /** Step 4 on one storage of three: what cannot be read there is not silence. */
    private static String damaged() {
        Stage stage = Stage.of(2, 3, REBOOT).vmOn(2);
        stage.cell.journal.breakIt(stage.h(2), 1); // it cannot withdraw the claim itself
        stage.cell.lock.hold(stage.h(2), stage.h(2).id);
        stage.hang(2, 0, 1);
        stage.hang(1, 2, 1);
        stage.cell.storages().get(1).damage(stage.h(2).id);
        stage.part(1, 2, 1);
        stage.run(8_000); // it lives by the last two storages, and h1 sees neither
        stage.cell.lock.everybodyHolds = true;
        stage.run(12_000);
        return stage.verdict();
    }

    /** A shell that is there may kill at any moment, so its claim stands until it has ended. */
    private static String shell() {
        for (int seed = 1; seed <= 6; seed++) {
            Stage stage = new Stage(Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 3, true), seed);
            stage.cell.journal.breakIt(stage.h(3), 1);
            stage.vmOn(3);
            stage.cell.lock.hold(stage.h(1), stage.h(3).id);
            stage.isolate(3, 1);
            stage.await(8_000, () -> stage.workOn(3, 1).equals("CLIMBING"));
            stage.isolate(3, -1);
            stage.run(3_000);
            stage.must(
                    stage.vmRunsOn(3) || stage.isProven(3),
                    "I5",
                    "seed " + seed + ": a shell ended h3's VM under a claim that was taken back");
            if (!stage.verdict().isEmpty()) {
                return stage.verdict();
            }
        }
        return "";
    }
}
