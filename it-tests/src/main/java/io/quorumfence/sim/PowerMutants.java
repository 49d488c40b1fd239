package io.quorumfence.sim;

import java.util.List;

/** What the power rung refuses. */
final class PowerMutants {
    private PowerMutants() {}

    static List<Mutant> all() {
        return List.of(
                offWithoutAnIntent(),
                holdersUnbound(),
                holdersDisarm(),
                firstStatusProves(),
                flightOfAnOffIgnored(),
                processOfAnOffIgnored(),
                joinsAtOnce(),
                holderWithdraws(),
                unwitnessed(),
                acceptedIsOff(),
                offOfWhoIsPaused(),
                wrongDevice(),
                intentOfWhoSawNothing(),
                lostLockBelieved(),
                silentNotLookedAt(),
                disarmedClaimerStays(),
                disarmedHolderStays());
    }

    private static Mutant disarmedClaimerStays() {
        return Mutant.of("who-is-disarmed-keeps-the-claim", "I7")
                .core("PowerRung.java", "if (!shells && isAnotherBound(s, work)) {", "if (nowNs < 0) {")
                .shownBy("POWERUNFIT");
    }

    private static Mutant disarmedHolderStays() {
        return Mutant.of("who-is-disarmed-keeps-the-intent", "I7")
                .core("PowerRung.java", "if (!proven && !s.canArm()) {", "if (nowNs < 0) {")
                .shownBy("POWERUNFIT-HELD");
    }

    private static Mutant offWithoutAnIntent() {
        return Mutant.of("off-without-an-intent", "9")
                .core("PowerRung.java", "if (!held && inTime) {", "if (nowNs < 0) {")
                .core("PowerRung.java", "if (!held) {", "if (nowNs < 0) {")
                .shownBy("POWERALIVE");
    }

    private static Mutant holdersUnbound() {
        return Mutant.of("power-holders-unbound", "9")
                .core("PowerRung.java", "return s.arming.published() && s.keeperFeeding;", "return s.keeperFeeding;")
                .core("ArmingRules.java", "|| PowerIntents.bindThisHost(s);", ";")
                .shownBy("POWERALIVE");
    }

    private static Mutant holdersDisarm() {
        return Mutant.of("power-holders-disarm", "9")
                .core("ArmingRules.java", " && !PowerIntents.bindThisHost(s)) {", ") {")
                .shownBy("POWERDISARM");
    }

    private static Mutant firstStatusProves() {
        return Mutant.of("first-status-proves", "9")
                .core(
                        "PowerRung.java",
                        "if (second && mayProve && sound) {",
                        "if ((second || nowNs > 0) && mayProve) {")
                .shownBy("POWERCUT");
    }

    private static Mutant flightOfAnOffIgnored() {
        return Mutant.of("flight-of-an-off-ignored", "9")
                .core(
                        "PowerIntents.java",
                        "nowNs >= Math.max(ended, lastCallOverNs(s)) + s.timing.powerFlightNs()",
                        "nowNs >= ended")
                .shownBy("POWERBACK");
    }

    private static Mutant processOfAnOffIgnored() {
        return Mutant.of("process-of-an-off-ignored", "9")
                .core(
                        "PowerIntents.java",
                        "s.intents.endedNs.put(claim.token(), UNDER_WAY);",
                        "s.intents.endedNs.put(claim.token(), nowNs);")
                .core("PowerIntents.java", "Math.max(ended, lastCallOverNs(s))", "ended")
                .shownBy("POWERRESTART");
    }

    private static Mutant joinsAtOnce() {
        return Mutant.of("holder-joins-at-once", "9")
                .core("PowerIntents.java", "return bootAgeNs >= s.timing.powerFlightNs()", "return bootAgeNs >= 0")
                .shownBy("POWERALL");
    }

    private static Mutant holderWithdraws() {
        return Mutant.of("power-intent-is-withdrawn", "8")
                .shared(
                        "record/ClaimRules.java",
                        "if (claim.stage() != ClaimStage.CLAIMED || !mayWithdraw) {",
                        "if (!claim.isOpen() || !mayWithdraw) {")
                .shownBy("POWERBACK");
    }

    private static Mutant unwitnessed() {
        return Mutant.of("off-of-who-boots", "I5")
                .core("PowerRung.java", "return heard || moved;", "return true;")
                .shownBy("POWERBOOT");
    }

    private static Mutant offOfWhoIsPaused() {
        return Mutant.of("off-while-a-lease-may-live", "I5")
                .core("PowerRung.java", "return off || isLeaseOver(s, work, nowNs);", "return nowNs > 0;")
                .shownBy("POWERPAUSE");
    }

    private static Mutant wrongDevice() {
        return Mutant.of("wrong-device-believed", "I1")
                .core("PowerLooks.java", "s.powerLooks.wrong.add(host);", "s.powerLooks.wrong.remove(host);")
                .shownBy("POWERWIRED");
    }

    private static Mutant intentOfWhoSawNothing() {
        return Mutant.of("intent-of-who-saw-nothing", "I7")
                .core(
                        "PowerRung.java",
                        "return off ? s.powerLooks.isBelieved(work.suspect) : hasWitnessed(s, work);",
                        "return true;")
                .shownBy("POWERUNSEEN");
    }

    private static Mutant lostLockBelieved() {
        return Mutant.of("lost-lock-believed", "9")
                .core("PowerIntents.java", "Math.max(ended, lastCallOverNs(s))", "ended")
                .shownBy("POWERLOCK");
    }

    private static Mutant silentNotLookedAt() {
        return Mutant.of("silent-host-is-not-looked-at", "I7")
                .core(
                        "PowerLooks.java",
                        "if (silentNs >= Suspicion.suspectNs(s, host) / 2 && !asked) {",
                        "if (nowNs < 0) {")
                .shownBy("POWER");
    }

    private static Mutant acceptedIsOff() {
        return Mutant.of("accepted-is-off", "9")
                .core(
                        "PowerRung.java",
                        "p.offSeenNs = Timing.NEVER;\n        p.statusDue = true;",
                        "Ladder.prove(s, work, new Proof(Rung.POWER, ProofLevel.HOST_GONE, \"accepted\"), nowNs);")
                .core(
                        "PowerRung.java",
                        "offEnded(p, done.answer(), nowNs);",
                        "offEnded(s, work, p, done.answer(), nowNs);")
                .core(
                        "PowerRung.java",
                        "offEnded(p, PowerAnswer.UNKNOWN, nowNs);",
                        "offEnded(s, work, p, PowerAnswer.UNKNOWN, nowNs);")
                .core(
                        "PowerRung.java",
                        "private static void offEnded(PowerWork p,",
                        "private static void offEnded(AgentState s, FenceWork work, PowerWork p,")
                .shownBy("POWERIDLE");
    }
}
