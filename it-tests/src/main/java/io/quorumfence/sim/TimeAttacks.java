package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Schedules around the proof by time: how long it waits, on whose terms, and under which counts it asks. */
final class TimeAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));
    private static final long SOON_NS = 20 * SimCell.MILLI;

    private TimeAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("FEED", "the keeper feeds once more, late, and the reset takes its time", TimeAttacks::feed),
                new Attack("DRIFT", "the same, with the clocks at the two edges of their rates", TimeAttacks::drift),
                new Attack("TERMS", "nobody knows the terms of a new life, only those of the last", TimeAttacks::terms),
                new Attack("WEAKER", "some have heard the weaker terms, one only the stronger", TimeAttacks::weaker),
                new Attack("EPOCH", "the suspect counts without hosts that are back", TimeAttacks::epoch),
                new Attack("STALE", "the claimer has not heard that a gone host is back", TimeAttacks::stale),
                new Attack("REFUSED", "the claimer is fit, and nobody can promise", TimeAttacks::refused),
                new Attack(
                        "DEVICE", "the watchdog never fires, and a shell sees what still runs", TimeAttacks::device));
    }

    /** A feed may come up to T_wd after the expiry, and a reset takes up to the margin: both are waited for. */
    private static String feed() {
        for (int seed = 1; seed <= 6; seed++) {
            List<CellConfig> configs = Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), REBOOT, 3, false);
            String verdict = feedsLate(new Stage(configs, seed));
            if (!verdict.isEmpty()) {
                return verdict;
            }
        }
        return "";
    }

    private static String feedsLate(Stage stage) {
        stage.vmOn(3);
        stage.isolate(3, 1);
        stage.run(3_000);
        SimHost late = stage.h(3);
        long endNs = late.clock.trueAt(late.tmpfs.leaseEndNs);
        stage.cell.time.at(endNs - SOON_NS, () -> late.keeper.stop(true));
        stage.cell.time.at(endNs + 1_450 * SimCell.MILLI, late.keeper::resume);
        stage.run(22_000);
        stage.await(15_000, () -> stage.isProven(3)); // its last beat may have landed late, and begins all anew
        stage.must(stage.isProven(3), "I7", "h3 had promised its end, and is not proven");
        return stage.verdict();
    }

    /** T_takeover runs on the observer's clock, the lease and the watchdog on the suspect's. */
    private static String drift() {
        int rho = 60_000;
        for (int seed = 1; seed <= 6; seed++) {
            List<CellConfig> configs = Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), REBOOT, 3, false).stream()
                    .map(config -> withRho(config, rho))
                    .toList();
            Stage stage = new Stage(configs, seed);
            stage.h(1).changeRate(rho);
            stage.h(2).changeRate(rho);
            stage.h(3).changeRate(-rho);
            stage.slow(1, 0); // the oracle's suspicion time is a true one
            stage.slow(2, 0);
            String verdict = feedsLate(stage);
            if (!verdict.isEmpty()) {
                return verdict;
            }
        }
        return "";
    }

    private static CellConfig withRho(CellConfig c, int rho) {
        return new CellConfig(
                c.cell(),
                c.host(),
                c.members(),
                c.planes(),
                c.storages(),
                c.deadlines(),
                rho,
                c.flight(),
                c.action(),
                c.watchdog(),
                c.stormLimit(),
                c.stormWindow());
    }

    /** I8: a life that nobody has seen has promised nothing, whatever the one before it had. */
    private static String terms() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        stage.powerOff(3);
        Incarnation life = joinsUnseen(stage);
        stage.run(30_000);
        boolean proven = stage.record().claims().stream()
                .anyMatch(claim -> claim.isProven() && claim.incarnation().equals(life));
        stage.must(!proven, "I8", "h3 is proven by time on the terms of another life");
        return stage.verdict();
    }

    /** The third host boots and joins, its first beat hangs, and another decision tells the others of the join. */
    static Incarnation joinsUnseen(Stage stage) {
        SimHost host = stage.h(3);
        stage.cell.cutAll(host, 1);
        stage.slow(3, 0);
        host.powerOn();
        if (!stage.await(12_000, () -> host.tmpfs.joined)) {
            throw new IllegalStateException("h3 did not join");
        }
        stage.hangStorages(3, 1);
        Incarnation life = Objects.requireNonNull(host.tmpfs.life);
        PermitAttacks.granted(stage, ANOTHER, 1, 2);
        return life;
    }

    /** Weaker terms that were heard anywhere hold, whoever speaks last. */
    private static String weaker() {
        Stage stage = Stage.of(5, 1, REBOOT).vmOn(3);
        stage.part(1, 3, 1);
        stage.part(5, 3, 1); // they know it as armed
        stage.run(1_000);
        stage.h(3).vms.stop(Stage.VM);
        stage.await(6_000, () -> !stage.h(3).keeper.isBounded());
        stage.must(!stage.h(3).keeper.isBounded(), "I7", "h3 has no VM, two peers and a storage, and stays armed");
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.isolate(3, 1);
        stage.run(25_000);
        stage.must(stage.isClaimed(3), "I8", "the claim on unarmed h3 is not open any more");
        return stage.verdict();
    }

    /** Decision 0003: who is promised must block under every count that the suspect may go by. */
    private static String epoch() {
        Stage stage = Stage.of(5, 1, REBOOT).vmOn(3);
        stage.h(2).adopt(ANOTHER);
        stage.h(4).adopt(new VmId(new UUID(7, 9)));
        stage.run(3_000);
        stage.powerOff(2);
        stage.powerOff(4);
        stage.await(40_000, () -> stage.isGone(2) && stage.isGone(4));
        stage.must(stage.isGone(2) && stage.isGone(4), "I7", "h2 and h4 lost their power, and are not gone");
        stage.run(1_500);
        stage.hangStorages(3, 1); // it counts three hosts from here on
        stage.part(3, 2, 1);
        stage.part(3, 4, 1);
        stage.h(2).powerOn();
        stage.h(4).powerOn();
        stage.await(10_000, () -> stage.h(2).tmpfs.joined && stage.h(4).tmpfs.joined);
        stage.run(4_000);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.part(3, 1, 1);
        stage.part(1, 5, 1);
        stage.run(25_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 has two of its three, and was fenced");
        return stage.verdict();
    }

    /** Decision 0003: a proof by time is void under another epoch than the one it was judged under. */
    private static String stale() {
        Stage stage = Stage.of(3, 1, REBOOT).vmOn(3);
        stage.h(2).adopt(ANOTHER);
        stage.run(3_000);
        goneUnread(stage);
        stage.slow(2, 0);
        stage.hangStorages(2, 1);
        stage.cell.cutAll(stage.h(1), 1);
        stage.h(2).powerOn();
        stage.await(12_000, () -> stage.workOn(3, 1).equals("CLIMBING"));
        stage.hangStorages(2, -1);
        stage.await(6_000, () -> stage.h(2).tmpfs.joined);
        stage.hangStorages(2, 1); // no beat of its new life is seen
        stage.run(16_000);
        return stage.verdict();
    }

    /** The second host dies and is proven gone; the third has promised that, and never reads of its end. */
    static void goneUnread(Stage stage) {
        stage.slow(3, 0);
        stage.powerOff(2);
        if (!stage.await(30_000, () -> stage.isGone(2))) {
            throw new IllegalStateException("h2 lost its power, and is not gone");
        }
        stage.hangStorages(3, 1);
    }

    /** Step 5: whoever has not promised may acknowledge, however long it is asked. */
    private static String refused() {
        Stage stage = Stage.of(4, 1, STOP_VMS).vmOn(3);
        stage.cell.lock.hold(stage.h(1), stage.h(3).id);
        stage.slow(1, 0);
        stage.isolate(3, 1);
        stage.deafen(4, 1, 1); // it is heard, and cannot be asked
        stage.await(8_000, () -> stage.workOn(3, 1).equals("CLAIMING"));
        stage.hangStorages(2, 1); // asked for a promise, it waits for the record
        stage.part(2, 3, -1);
        stage.part(4, 3, -1);
        stage.run(25_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 is seen by three of four, and was fenced");
        return stage.verdict();
    }

    /** Outside of the failure model: a watchdog that fails. A shell that still finds the VM contradicts the time. */
    private static String device() {
        Stage stage = Stage.of(3, 1, STOP_VMS, Profile.FAST.deadlines(), true).vmOn(3);
        stage.h(3).watchdogBroken = true;
        stage.h(3).vms.stuckOnKill = true;
        stage.isolate(3, 1);
        stage.run(25_000);
        stage.must(stage.isClaimed(3), "PROOF", "h3 is proven while a shell finds its VM alive");
        stage.h(3).sshOpen = false;
        stage.run(10_000);
        stage.must(
                stage.isClaimed(3), "PROOF", "h3 is proven by time after a shell found that it has outlived its time");
        return stage.verdict();
    }
}
