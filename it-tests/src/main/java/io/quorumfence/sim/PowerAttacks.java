package io.quorumfence.sim;

import static io.quorumfence.model.SelfFenceAction.REBOOT;
import static io.quorumfence.model.SelfFenceAction.STOP_VMS;

import io.quorumfence.config.FenceLadder;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Schedules around fence devices: intents, their ends, and what a device says or does not say. */
final class PowerAttacks {
    private static final VmId ANOTHER = new VmId(new UUID(7, 8));

    private PowerAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("H1b", "a holder decides a power intent and is stopped", PowerAttacks::h1b),
                new Attack("POWERALL", "everybody loses power while an intent is open", PowerAttacks::all15b),
                new Attack("POWER", "a host loses its power, its device answers", PowerAttacks::dead),
                new Attack("POWERALIVE", "a cut-off host is switched off with its VMs", PowerAttacks::alive),
                new Attack("POWERCUT", "an off ends VMs whose last writes are on their way", PowerAttacks::cut),
                new Attack("POWERIDLE", "a device accepts and does nothing", PowerAttacks::idle),
                new Attack("POWERSILENT", "a device never answers", PowerAttacks::silent),
                new Attack("POWERBACK", "the suspect is back while its off is on the way", PowerAttacks::back),
                new Attack("POWERRESTART", "the holder's agent restarts, its call goes on", () -> restart(false)),
                new Attack("POWERBOOT", "the cell is switched on, one host later than the others", PowerAttacks::boot),
                new Attack("POWERHOLDER", "the holder dies for good", PowerAttacks::holder),
                new Attack("POWERUNSEEN", "the claimer's agent restarts, and saw nobody alive", PowerAttacks::unseen),
                new Attack("POWERAWAY", "a device is away for a minute", PowerAttacks::away),
                new Attack("POWERHELDUP", "a holder is paused over the end of a call", PowerAttacks::heldUp),
                new Attack("POWERWIRED", "a device is configured as that of a host that is off", PowerAttacks::wired),
                new Attack("POWERDISARM", "a holder's reaction is switched off", PowerAttacks::disarmed),
                new Attack("POWERUNFIT", "the claimer's reaction is switched off", () -> unfit(false)),
                new Attack("POWERUNFIT-HELD", "the holder's reaction is switched off", () -> unfit(true)),
                new Attack("POWERPAUSE", "an agent is paused for half its lease", PowerAttacks::paused),
                new Attack("POWERLOCK", "a holder's agent restarts, its locks are lost", () -> restart(true)));
    }

    private static Stage stage(int hosts, SelfFenceAction action, Duration flight) {
        Map<HostId, FenceLadder.Rungs> rungs = new HashMap<>();
        FenceLadder.Rungs powered = new FenceLadder.Rungs(true, FenceLadder.Span.ALWAYS, FenceLadder.Span.ALWAYS);
        var plain = Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), action, hosts, false);
        plain.get(0).hosts().forEach(host -> rungs.put(host, powered));
        FenceLadder ladder = new FenceLadder(rungs, flight, Duration.ofSeconds(6));
        return new Stage(plain.stream().map(one -> one.climbing(ladder)).toList(), 42);
    }

    private static Stage stage(int hosts, SelfFenceAction action) {
        return stage(hosts, action, Duration.ofSeconds(1));
    }

    private static boolean isIntended(Stage stage) {
        return stageOf(stage) == ClaimStage.POWER_INTENT;
    }

    private static ClaimStage stageOf(Stage stage) {
        return stage.claimOn(3).map(Claim::stage).orElse(ClaimStage.WITHDRAWN);
    }

    private static SimHost holder(Stage stage) {
        return stage.cell.host(stage.claimOn(3).orElseThrow().claimer());
    }

    /** Waits for the intent on h3; its holder. */
    private static SimHost intended(Stage stage) {
        stage.must(stage.await(12_000, () -> isIntended(stage)), "I7", "nobody intends to switch h3 off");
        return holder(stage);
    }

    private static int free(SimHost holder) {
        return holder.id.value().equals("h1") ? 2 : 1;
    }

    private static boolean isProvenByPower(Stage stage) {
        return stage.claimOn(3)
                .flatMap(Claim::proof)
                .filter(proof -> proof.rung() == Rung.POWER && proof.level() == ProofLevel.HOST_GONE)
                .isPresent();
    }

    /**
     * The holder stands still for longer than its lease. Nobody goes on with its claim, its own watchdog ends it, and
     * until then the suspect's next life runs no VM. What the holder had begun strikes nobody.
     */
    private static String h1b() {
        Stage stage = stage(4, REBOOT).vmOn(3);
        stage.cell.bootFloorNs = 300 * SimCell.MILLI;
        stage.isolate(3, 1);
        stage.await(10_000, () -> stage.isClaimed(3));
        Claim claimed = stage.claimOn(3).orElseThrow();
        provesNothing(stage, claimed);
        SimHost holder = intended(stage);
        holder.agent.pause(40_000 * SimCell.MILLI, 0);
        stage.cell.hosts().forEach(host -> stage.cell.power.silent.add(host.id)); // what was begun goes on
        stage.isolate(3, -1);
        stage.powerOff(3);
        stage.h(3).powerOn();
        stage.await(5_000, () -> stage.leaseLives(3));
        stage.must(isIntended(stage), "PROOF", "the suspect's next boot has ended an intent whose holder is stopped");
        boolean may = PermitAttacks.mayStart(stage, ANOTHER, free(holder), 3);
        stage.must(!may, "BARRIER", "h3 may start a VM while a power intent on its last life is open");
        stage.await(40_000, () -> !isIntended(stage) && stage.leaseLives(3));
        stage.must(!isIntended(stage), "I7", "the holder was reset, and its intent is open for ever");
        stage.run(3_000);
        stage.must(stage.leaseLives(3), "I5", "h3 lives anew, and was switched off");
        return stage.verdict();
    }

    private static void provesNothing(Stage stage, Claim claim) {
        if (claim.stage() != ClaimStage.CLAIMED) {
            return;
        }
        Proof off = new Proof(Rung.POWER, ProofLevel.HOST_GONE, "the command was accepted");
        ChangeResult result = new RecordChange.Prove(
                        claim.token(),
                        claim.claimer(),
                        claim.claimerIncarnation(),
                        stage.record().epoch(),
                        off)
                .applyTo(stage.record());
        stage.must(result instanceof ChangeResult.Rejected, "PROOF", "power proves without an intent in the record");
    }

    /** Its next kernel joins only when nothing that the last one sent can work any more, and that releases it. */
    private static String all15b() {
        Stage stage = stage(3, STOP_VMS, Duration.ofSeconds(4)).vmOn(3);
        stage.cell.power.late = 1;
        stage.isolate(3, 1);
        intended(stage);
        stage.run(400); // its off is on the way
        stage.cell.hosts().forEach(host -> stage.cell.power.silent.add(host.id));
        stage.cell.hosts().forEach(host -> host.powerOff("scripted"));
        stage.isolate(3, -1);
        stage.run(50);
        stage.cell.hosts().forEach(SimHost::powerOn);
        stage.await(25_000, () -> !isIntended(stage) && stage.leaseLives(1) && stage.leaseLives(2));
        stage.must(!isIntended(stage), "I7", "everybody is back, and the intent is open for ever");
        stage.run(1_000);
        if (!stage.h(3).powered) {
            stage.cell.power.switchOn(stage.h(3));
        }
        stage.run(20_000);
        boolean may = PermitAttacks.mayStart(stage, ANOTHER, 1, 3);
        stage.must(may, "I7", "the intent is released, and h3 may start nothing");
        return stage.verdict();
    }

    private static String dead() {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.powerOff(3);
        stage.must(
                stage.await(2_500, () -> stage.isProven(3)), "I7", "h3 is off, its device says so, nothing is proven");
        stage.must(isProvenByPower(stage) && stage.isGone(3), "I7", "h3 is off, and not proven by its device");
        stage.must(stage.cell.power.cuts == 0, "I5", "a host that is off was switched off");
        stage.run(4_000);
        return stage.verdict();
    }

    private static String alive() {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.isolate(3, 1);
        stage.must(stage.await(11_500, () -> stage.isProven(3)), "I7", "h3's device answers, and nothing is proven");
        stage.must(isProvenByPower(stage) && stage.cell.power.cuts == 1, "I7", "h3 was not proven by its device");
        return stage.verdict();
    }

    /** h3 keeps its VM to the last, so what it has written may land for the flight time after the cut. */
    private static String cut() {
        Stage stage = logOnly(4);
        stage.isolate(3, 1);
        stage.must(stage.await(30_000, () -> stage.isProven(3)), "I7", "h3's device answers, and nothing is proven");
        stage.must(isProvenByPower(stage), "I7", "h3 was not proven by its device");
        return stage.verdict();
    }

    private static String idle() {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.cell.power.idle = 1;
        stage.isolate(3, 1);
        stage.run(7_000);
        stage.must(
                !stage.isProven(3) || !stage.vmRunsOn(3), "PROOF", "a device accepted an off, and that was believed");
        stage.run(12_000);
        stage.must(stage.isProven(3), "I7", "a device that does nothing holds the time rung up");
        return stage.verdict();
    }

    /** Raced: the time rung opens as if there were no device. */
    private static String silent() {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.cell.power.silent.add(stage.h(3).id);
        stage.isolate(3, 1);
        long takeoverMs = SimCell.takeoverNs(stage.h(1).config) / SimCell.MILLI;
        boolean proven = stage.await(takeoverMs + 300, () -> stage.isProven(3));
        stage.must(proven, "I7", "a silent device holds the time rung up");
        stage.must(!isProvenByPower(stage), "PROOF", "a silent device proves");
        return stage.verdict();
    }

    /** Rule 9 against an operator: the holder's own end is enforced until nothing of it can strike any more. */
    private static String disarmed() {
        Stage stage = stage(3, STOP_VMS, Duration.ofSeconds(3)).vmOn(3);
        stage.cell.power.late = 1;
        stage.isolate(3, 1);
        SimHost holder = intended(stage);
        ReactionAttacks.switched(stage, holder.index + 1, false);
        stage.await(20_000, () -> !isIntended(stage) || !holder.keeper.isBounded());
        stage.must(!isIntended(stage), "POWER", holder.id + " may be switching h3 off, and nothing ends it");
        stage.must(
                stage.await(10_000, () -> !holder.keeper.isBounded()), "DISARM", "the holder's expiry is never lifted");
        return stage.verdict();
    }

    /** Who switches nobody off any more leaves the claim to others, who do. */
    private static String unfit(boolean held) {
        Stage stage = logOnly(4);
        stage.cell.power.silent.add(stage.h(3).id);
        stage.isolate(3, 1);
        stage.must(stage.await(9_000, () -> stage.isClaimed(3) && (!held || isIntended(stage))), "I7", "no claim");
        ReactionAttacks.switched(stage, holder(stage).index + 1, false);
        stage.run(2_000);
        stage.cell.power.silent.clear();
        stage.run(120_000);
        stage.must(stage.isProven(3), "I7", "h3's device answers for two minutes, and nothing is proven");
        return stage.verdict();
    }

    /** Who is seen again is let go, but not before nothing can strike him any more. */
    private static String back() {
        Stage stage = stage(3, STOP_VMS, Duration.ofSeconds(3)).vmOn(3);
        stage.cell.power.late = 1;
        stage.isolate(3, 1);
        intended(stage);
        stage.await(2_000, () -> stage.cell.power.sent > 0);
        stage.isolate(3, -1);
        stage.await(20_000, () -> !isIntended(stage));
        stage.must(!isIntended(stage), "I7", "an intent on a host that was seen is open for ever");
        stage.run(3_000);
        return stage.verdict();
    }

    /** The next process of the agent does not take the last one's call for over because it has forgotten it. */
    private static String restart(boolean lockLost) {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.cell.power.lockLost = lockLost;
        stage.cell.power.stallNs = 2_500 * SimCell.MILLI;
        stage.cell.power.late = 1;
        stage.isolate(3, 1);
        SimHost holder = intended(stage);
        stage.run(500);
        holder.agent.stop();
        stage.run(100);
        holder.agent.start();
        stage.must(
                stage.await(20_000, () -> stageOf(stage) != ClaimStage.POWER_INTENT),
                "I7",
                "the next process of the agent leaves its intent open");
        stage.run(15_000);
        stage.must(stage.isProven(3), "I7", "h3 was switched off or silent, and nothing is proven");
        return stage.verdict();
    }

    /** Silent to all since they began is a host that boots, too. */
    private static String boot() {
        Stage stage = stage(3, STOP_VMS);
        stage.cell.hosts().forEach(host -> host.powerOff("scripted"));
        stage.run(500);
        stage.h(1).powerOn();
        stage.h(2).powerOn();
        stage.cell.bootFloorNs = 9_000 * SimCell.MILLI;
        stage.h(3).powerOn();
        stage.run(16_000);
        stage.must(stage.cell.power.cuts == 0, "I5", "h3 was switched off as it booted");
        stage.must(stage.leaseLives(3), "I7", "h3 has booted, and holds no lease");
        return stage.verdict();
    }

    /** Proven by its own device to be gone, it holds nothing any more; its suspect is claimed again. */
    private static String holder() {
        Stage stage = stage(5, STOP_VMS).vmOn(3);
        stage.cell.power.silent.add(stage.h(3).id);
        stage.isolate(3, 1);
        SimHost holder = intended(stage);
        stage.run(1_500);
        holder.powerOff("scripted");
        stage.await(40_000, () -> stage.isProven(3));
        stage.must(stage.isProven(3), "I7", "the holder is proven gone, and h3 is nobody's for ever");
        stage.must(stage.record().gone().contains(holder.id), "I7", "the holder is not proven gone by its device");
        return stage.verdict();
    }

    /** h3 promises no end of its own (log-only), so only its device can prove it. */
    private static Stage logOnly(int hosts) {
        Map<HostId, FenceLadder.Rungs> rungs = new HashMap<>();
        FenceLadder.Rungs powered = new FenceLadder.Rungs(true, FenceLadder.Span.ALWAYS, FenceLadder.Span.ALWAYS);
        var plain = Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), STOP_VMS, hosts, false);
        var idle = Schedule.configs(hosts, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.LOG_ONLY, hosts, false);
        plain.get(0).hosts().forEach(host -> rungs.put(host, powered));
        FenceLadder ladder = new FenceLadder(rungs, Duration.ofSeconds(1), Duration.ofSeconds(6));
        var all = new ArrayList<>(plain);
        all.set(2, idle.get(2));
        return new Stage(all.stream().map(one -> one.climbing(ladder)).toList(), 42).vmOn(3);
    }

    private static String unseen() {
        Stage stage = logOnly(4);
        stage.isolate(3, 1);
        stage.must(stage.await(10_000, () -> stage.isClaimed(3)), "I7", "not claimed");
        SimHost claimer = holder(stage);
        claimer.agent.stop();
        stage.run(100);
        claimer.agent.start();
        stage.run(300_000);
        stage.must(
                stage.isProven(3),
                "I7",
                "five minutes later h3 is not proven, its device answers, " + "two siblings saw it alive, claim "
                        + stageOf(stage));
        return stage.verdict();
    }

    private static String away() {
        Stage stage = logOnly(4);
        stage.cell.power.silent.add(stage.h(3).id);
        stage.isolate(3, 1);
        intended(stage);
        stage.run(60_000);
        stage.cell.power.silent.clear();
        stage.run(300_000);
        stage.must(stage.isProven(3), "I7", "its device answers for five minutes, h3 is not proven, " + stageOf(stage));
        return stage.verdict();
    }

    /** One pause of the holder's agent over the end of a call of a device that is silent for that long. */
    private static String heldUp() {
        Stage stage = logOnly(4);
        stage.cell.power.silent.add(stage.h(3).id);
        stage.isolate(3, 1);
        SimHost holder = intended(stage);
        stage.run(5_000);
        holder.agent.pause(3_200 * SimCell.MILLI, 0);
        stage.run(3_200);
        stage.cell.power.silent.clear();
        stage.run(300_000);
        stage.must(stage.isProven(3), "I7", "its device answers for five minutes, h3 is not proven, " + stageOf(stage));
        return stage.verdict();
    }

    private static String wired() {
        Stage stage = stage(5, STOP_VMS).vmOn(3);
        stage.cell.power.wired.put(stage.h(3).id, stage.h(4).id);
        stage.powerOff(4);
        stage.await(12_000, () -> stage.isGone(4));
        stage.run(30_000);
        stage.isolate(3, 1);
        stage.await(7_000, () -> stage.isProven(3));
        stage.must(!(stage.isProven(3) && stage.vmRunsOn(3)), "I1", "h3 is proven by power, and its VM runs");
        return stage.verdict();
    }

    /** Profile fast: suspicion 2 s, lease 6 s. Nothing is wrong with the host, its VM, its keeper or its network. */
    private static String paused() {
        Stage stage = stage(3, STOP_VMS).vmOn(3);
        stage.h(3).agent.pause(3_500 * SimCell.MILLI, 0);
        stage.run(3_600);
        stage.must(stage.h(3).powered, "I5", "h3 was switched off: its agent paused 3.5 s, its lease lives 6 s");
        stage.run(20_000);
        stage.must(stage.vmRunsOn(3) && stage.leaseLives(3), "I5", "h3 has lost its VM");
        return stage.verdict();
    }
}
