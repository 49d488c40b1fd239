package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Schedules around claims, promises and proofs. */
final class ProofAttacks {
    private ProofAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("H1a", "a host proven by shell only is counted as promised", ProofAttacks::h1a),
                new Attack("H2a", "the promiser restarted after its last acknowledgement", ProofAttacks::h2a),
                new Attack("H2b", "the last acknowledgers died, and count without an age", ProofAttacks::h2b),
                new Attack("BOUND", "a peer that promised hears the suspect again", ProofAttacks::bound),
                new Attack("ALONE", "the claimer is cut off before anybody has promised", ProofAttacks::alone),
                new Attack("H3", "a gone host boots again and stays out of the counts", ProofAttacks::h3),
                new Attack("H14", "a withdrawn claim is taken for a standing one", ProofAttacks::h14),
                new Attack("H15a", "two hosts: the claimer dies, the claimed one wakes up healthy", ProofAttacks::h15a),
                new Attack("H15b", "the whole cell loses power with a claim open", ProofAttacks::h15b),
                new Attack("H16", "three hosts fail one after the other", ProofAttacks::h16),
                new Attack("H17", "six hosts drop out 3 s apart", ProofAttacks::h17),
                new Attack("PILL", "one storage of three comes back to a fenced host", ProofAttacks::pill),
                new Attack("PILL-D", "it comes back while a VM hangs in the kernel", ProofAttacks::pillWithSurvivor));
    }

    /** Only HOST_GONE counts as promised and leaves the counts. */
    private static String h1a() {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true);
        stage.isolate(2, 1);
        stage.await(10_000, () -> stage.isProven(2));
        stage.must(stage.isProven(2) && !stage.isGone(2), "PROOF", "a shell's word made h2 leave the counts");
        stage.powerOff(3);
        stage.run(25_000);
        stage.must(!stage.isProven(3), "I1", "h3 is proven with one promise of three");
        return stage.verdict();
    }

    /** An age is at most the time since the promiser's process started. */
    private static String h2a() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.hangStorages(3, 1);
        stage.part(1, 3, 1);
        stage.run(20_000); // it lives by h2 alone, and h1 has not seen it since
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.h(2).agent.stop();
        stage.run(20);
        stage.part(2, 3, 1);
        stage.h(2).agent.start();
        stage.run(20_000);
        stage.must(stage.isProven(3), "I7", "h3 is silent for all, and is not proven");
        return stage.verdict();
    }

    /** A gone host enters lastSeen at the moment its end was first seen. */
    private static String h2b() {
        Deadlines quick = new Deadlines(ms(300), ms(900), ms(1_500), ms(300), ms(400), ms(1_200));
        Deadlines slow = new Deadlines(ms(300), ms(900), ms(20_000), ms(300), ms(400), ms(1_200));
        List<CellConfig> configs = new ArrayList<>(Schedule.configs(5, 1, 1, quick, REBOOT, 5, false));
        configs.set(2, Schedule.configs(5, 1, 1, slow, REBOOT, 5, false).get(2));
        Stage stage = new Stage(configs, 42);
        stage.h(2).adopt(new VmId(new UUID(7, 8)));
        stage.h(5).adopt(new VmId(new UUID(7, 9)));
        stage.vmOn(3);
        stage.hangStorages(3, 1);
        stage.part(1, 3, 1);
        stage.part(4, 3, 1);
        stage.run(20_000); // it lives by h2 and h5 alone
        stage.powerOff(2);
        stage.await(8_000, () -> stage.isGone(2));
        stage.powerOff(5);
        stage.run(45_000);
        stage.must(stage.isGone(5) && stage.isProven(3), "I7", "h3 and h5 had promised their end, and are not proven");
        return stage.verdict();
    }

    /** The suspect can decide nothing, and its word in its own slot is a proof long before time is one. */
    private static String pill() {
        Stage stage = Stage.of(3, 3, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.await(12_000, () -> !stage.vmRunsOn(3));
        stage.await(
                4_000,
                () -> stage.workOn(3, 1).equals("CLIMBING")
                        || stage.workOn(3, 2).equals("CLIMBING"));
        stage.hang(3, 0, -1);
        stage.await(2_500, () -> stage.isProven(3));
        stage.must(
                stage.claimOn(3)
                        .flatMap(Claim::proof)
                        .filter(p -> p.rung() == Rung.PILL)
                        .isPresent(),
                "I7",
                "h3 has stopped its VMs and can say so, and nobody takes its word");
        stage.must(!stage.isGone(3), "PROOF", "the word of h3 about its VMs made it leave the counts");
        return stage.verdict();
    }

    /** What cannot be ended is not acknowledged. */
    private static String pillWithSurvivor() {
        Stage stage = Stage.of(3, 3, STOP_VMS).vmOn(3);
        stage.h(3).vms.stuckOnKill = true;
        stage.isolate(3, 1);
        stage.await(12_000, () -> !stage.leaseLives(3));
        stage.hang(3, 0, -1);
        stage.run(6_000);
        return stage.verdict();
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    /** Step 5: who promised acknowledges no more, whoever asks. */
    private static String bound() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.isolate(3, 1);
        stage.await(8_000, () -> stage.workOn(3, 1).equals("CLIMBING"));
        stage.part(2, 3, -1); // it hears h2 again, and nobody else
        stage.run(30_000);
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** Without a blocking set of promises the suspect may renew with all the others, so nothing is proven. */
    private static String alone() {
        Stage stage = Stage.of(5, 1, STOP_VMS).vmOn(3);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.isolate(3, 1);
        stage.slow(1, 0);
        stage.await(8_000, () -> stage.workOn(3, 1).equals("CLAIMING"));
        stage.cell.cutAll(stage.h(1), 1);
        stage.cell.cutAll(stage.h(3), -1);
        stage.run(30_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 is seen by three of five, and was fenced");
        return stage.verdict();
    }

    /** A gone host is promised only while the record knows no later life of it. */
    private static String h3() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(2);
        stage.powerOff(2);
        stage.await(30_000, () -> stage.isGone(2));
        stage.must(stage.isGone(2), "I7", "h2 rebooted by promise, and is not gone");
        stage.h(2).powerOn();
        stage.run(6_000);
        stage.must(!stage.isGone(2) && stage.leaseLives(2), "I7", "h2 joined again and is out of the counts");
        return stage.verdict();
    }

    /** WITHDRAWN spends its token; a new claim gets a new one. */
    private static String h14() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.await(8_000, () -> stage.isClaimed(3));
        stage.isolate(3, -1);
        stage.await(
                4_000,
                () -> stage.claimOn(3)
                        .filter(claim -> claim.stage() == ClaimStage.WITHDRAWN)
                        .isPresent());
        stage.run(8_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 came back in time, and cannot renew");
        long spent = stage.claimOn(3).orElseThrow().token().value();
        stage.powerOff(3);
        stage.run(20_000);
        stage.must(
                stage.isProven(3) && stage.claimOn(3).orElseThrow().token().value() > spent,
                "I7",
                "h3 is dead, and no second token was given");
        return stage.verdict();
    }

    /** A claimed host with a live lease withdraws the claim itself. */
    private static String h15a() {
        Stage stage = Stage.of(2, 1, STOP_VMS).vmOn(1);
        stage.h(2).adopt(new VmId(new UUID(7, 8)));
        stage.run(2_000);
        stage.h(2).agent.pause(3_500 * SimCell.MILLI, 0);
        stage.await(5_000, () -> stage.isClaimed(2));
        stage.powerOff(1);
        stage.run(25_000);
        stage.must(stage.cell.oracle.fences == 0, "I5", "h2 woke up healthy, and could not keep its lease");
        stage.must(stage.isProven(1), "I7", "h2 woke up healthy and cannot claim h1");
        return stage.verdict();
    }

    /** A new kernel boot closes what was open on the life before. */
    private static String h15b() {
        Stage stage = Stage.of(3, 1, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.await(8_000, () -> stage.isClaimed(3));
        stage.cell.hosts().forEach(host -> host.powerOff("scripted"));
        stage.isolate(3, -1);
        stage.run(1_000);
        stage.cell.powerOnAll();
        stage.await(10_000, () -> stage.leaseLives(1) && stage.leaseLives(2) && stage.leaseLives(3));
        for (int host = 1; host <= 3; host++) {
            stage.must(
                    stage.leaseLives(host) && !stage.record().isBarred(stage.h(host).id),
                    "I7",
                    "h" + host + " is back after the power loss, and may not start anything");
        }
        return stage.verdict();
    }

    /** Gone hosts leave every count, down to the last survivor. */
    private static String h16() {
        for (int seed = 1; seed <= 6; seed++) {
            List<CellConfig> configs = Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), REBOOT, 3, false);
            String verdict = lastOne(new Stage(configs, seed).vmOn(2));
            if (!verdict.isEmpty()) {
                return verdict;
            }
        }
        return "";
    }

    /** The second host ends in the instant in which the first one's end is decided: its beats tell nobody of it. */
    private static String lastOne(Stage stage) {
        stage.h(3).adopt(new VmId(new UUID(7, 8)));
        stage.run(2_000);
        stage.powerOff(2);
        stage.await(30_000, () -> stage.isGone(2));
        stage.powerOff(3);
        stage.run(25_000);
        stage.must(stage.isProven(3), "I7", "the last survivor cannot prove the second dead host");
        return stage.verdict();
    }

    /** The record counts the claims of a window, and the guard is a condition of the next one. */
    private static String h17() {
        List<CellConfig> configs = Schedule.configs(6, 1, 1, Profile.FAST.deadlines(), STOP_VMS, 0, false);
        Stage stage = new Stage(configs, 42);
        for (int host = 3; host <= 6; host++) {
            stage.h(host).adopt(new VmId(new UUID(8, host)));
        }
        stage.run(4_000);
        for (int host = 3; host <= 5; host++) {
            stage.powerOff(host);
            stage.run(3_000);
        }
        stage.run(40_000);
        long proven = stage.record().claims().stream().filter(Claim::isProven).count();
        stage.must(proven == 2, "I6", proven + " hosts of six proven, two are the share");
        return stage.verdict();
    }
}
