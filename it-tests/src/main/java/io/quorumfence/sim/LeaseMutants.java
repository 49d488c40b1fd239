package io.quorumfence.sim;

import java.util.List;

/** What ends a lease, arms a host, and lets it acknowledge. */
final class LeaseMutants {
    private LeaseMutants() {}

    static List<Mutant> all() {
        return List.of(
                noLatch(),
                latchNotKept(),
                clearedNotKept(),
                leaseFromCompletion(),
                mailboxNotRead(),
                unreadableMailboxRenews(),
                promisesForgottenOnRestart(),
                promisesForgottenByTheNextLife(),
                acknowledgesAlthoughBound(),
                bindsWhoeverReadsIt(),
                acknowledgesBeforeItsJoin(),
                listFromBeforeTheLatch(),
                startsUnarmed(),
                disarmsBeforeItIsKnown(),
                latchedCountsAsSeen(),
                expiredLifeGoesOn(),
                keeperFeedsAgain(),
                slownessNotPublished(),
                restartWaitsForTheRecord());
    }

    private static Mutant noLatch() {
        return Mutant.of("no-latch", "latch")
                .core("Latch.java", "if (over && ReactionRules.endsLife(s)) {", "if (over && nowNs == 0) {")
                .shownBy("SELF");
    }

    private static Mutant latchNotKept() {
        return Mutant.of("latch-not-kept", "latch")
                .core("Latch.java", "out.command(new LocalCommand.StoreLatch(s.requireLife().counter()));", "")
                .shownBy("BARRED");
    }

    private static Mutant clearedNotKept() {
        return Mutant.of("cleared-not-kept", "latch")
                .core(
                        "Latch.java",
                        "if (s.facts.clearedCounter() == s.requireLife().counter()) {",
                        "if (s.isJoined()) {")
                .shownBy("CLEARED");
    }

    private static Mutant leaseFromCompletion() {
        return Mutant.of("lease-from-completion", "lease")
                .core(
                        "StorageDesk.java",
                        "lane.cleanStartNs = Math.max(lane.cleanStartNs, lane.opStartedNs);",
                        "lane.cleanStartNs = nowNs;")
                .shownBy("LATE");
    }

    private static Mutant mailboxNotRead() {
        return Mutant.of("mailbox-not-read", "6")
                .core("Rounds.java", "if (binds(s, entry)) {", "if (s.life == null && binds(s, entry)) {")
                .core(
                        "StorageDesk.java",
                        "boolean held = lane.mail.stream().anyMatch(entry -> Rounds.binds(s, entry));",
                        "boolean held = false;")
                .shownBy("BACK");
    }

    private static Mutant unreadableMailboxRenews() {
        return Mutant.of("unreadable-mailbox-renews", "6")
                .core("StorageDesk.java", "if (!lane.mailUnreadable && !held) {", "if (!held) {")
                .shownBy("TORN");
    }

    private static Mutant promisesForgottenOnRestart() {
        return Mutant.of("promises-forgotten-on-restart", "16")
                .core(
                        "AgentState.java",
                        "facts.promises().forEach(promise -> promises.bound.put(promise.token(), promise));",
                        "")
                .coveredBecause("what a process promised is an open claim in the record it left, and binds by its age")
                .core(
                        "Acknowledging.java",
                        "boolean mayBePromised = claim.isOpen() && token < s.strangeBelow;",
                        "boolean mayBePromised = false;")
                .shownBy("FORGET");
    }

    private static Mutant promisesForgottenByTheNextLife() {
        return Mutant.of("promises-forgotten-by-the-next-life", "0011")
                .core(
                        "Acknowledging.java",
                        "boolean mayBePromised = claim.isOpen() && token < s.strangeBelow;",
                        "boolean mayBePromised = false;")
                .shownBy("REBIRTH");
    }

    private static Mutant acknowledgesAlthoughBound() {
        return Mutant.of("acknowledges-although-bound", "step 5")
                .core(
                        "Acknowledging.java",
                        "if (bindingToken(s, request) != 0) {",
                        "if (s.life == null && bindingToken(s, request) != 0) {")
                .shownBy("BOUND");
    }

    private static Mutant bindsWhoeverReadsIt() {
        return Mutant.of("binds-whoever-reads-it", "0011")
                .core(
                        "Acknowledging.java",
                        "boolean mayBePromised = claim.isOpen() && token < s.strangeBelow;",
                        "boolean mayBePromised = claim.isOpen();")
                .shownBy("ALONE");
    }

    private static Mutant acknowledgesBeforeItsJoin() {
        return Mutant.of("acknowledges-before-its-join", "3")
                .core(
                        "Acknowledging.java",
                        "boolean fit = s.leaseLives(nowNs) && mayAcknowledge(s) && request.phase()",
                        "boolean fit = request.phase()")
                .shownBy("UNJOINED");
    }

    private static Mutant listFromBeforeTheLatch() {
        return Mutant.of("list-from-before-the-latch", "10")
                .core(
                        "Latch.java",
                        "listed.question() == s.latchQuestion && listed.question() != 0",
                        "listed.question() >= 0")
                .shownBy("OLDLIST");
    }

    private static Mutant startsUnarmed() {
        return Mutant.of("starts-unarmed", "12")
                .core(
                        "PermitDesk.java",
                        "!wait.deciding() && (s.arming.state == Arming.State.ARMED || !s.canArm())",
                        "!wait.deciding()")
                .core(
                        "ArmingRules.java",
                        "return ofOwn || hasRedeemed(s) ||",
                        "return !s.vms.isEmpty() || s.vmsInFlight || unknown ||")
                .within(300);
    }

    private static Mutant disarmsBeforeItIsKnown() {
        return Mutant.of("disarms-before-it-is-known", "4")
                .core("ArmingRules.java", "onStorages(s) && onNetwork(s) && !", "!")
                .shownBy("H4");
    }

    private static Mutant latchedCountsAsSeen() {
        return Mutant.of("latched-counts-as-seen", "18")
                .core(
                        "PeerDesk.java",
                        "if (request.phase() == HostPhase.JOINED && echoes) {",
                        "if (request.sequence() > 0) {")
                .shownBy("H19b");
    }

    private static Mutant expiredLifeGoesOn() {
        return Mutant.of("expired-life-goes-on", "18")
                .core("Resume.java", "if (latched || expired) {", "if (s.life == null) {")
                .core(
                        "Resume.java",
                        "s.facts.endPromised() ? s.facts.leaseEndNs() - s.timing.selfNs() : s.facts.processStartNs();",
                        "s.facts.processStartNs();")
                .shownBy("H19c");
    }

    private static Mutant keeperFeedsAgain() {
        return Mutant.of("keeper-feeds-again", "18")
                .model(
                        "SimKeeper.java",
                        "boolean never = latched > 0 && counter <= latched;\n        if (never) {",
                        "boolean never = latched > 0 && counter < 0;\n        if (never) {")
                .model(
                        "SimKeeper.java",
                        "boolean revived = newCounter > counter && latched > 0 && !feeding;",
                        "boolean revived = latched > 0 && !feeding;")
                .coveredBecause(
                        "a new process looks at the expiry and at what the keeper says, and never renews an ended life")
                .core("Resume.java", "if (latched || expired) {", "if (s.life == null) {")
                .core(
                        "Resume.java",
                        "s.facts.endPromised() ? s.facts.leaseEndNs() - s.timing.selfNs() : s.facts.processStartNs();",
                        "s.facts.processStartNs();")
                .core(
                        "LocalDesk.java",
                        "s.isJoined() && seen.latchedCounter() >= s.requireLife().counter();",
                        "seen.latchedCounter() < 0;")
                .shownBy("REVIVE");
    }

    private static Mutant slownessNotPublished() {
        return Mutant.of("slowness-not-published", "16")
                .core(
                        "AgentState.java",
                        "return Math.min(timing.selfNs(), Math.max(timing.suspectNs(), 2 * (slowest +"
                                + " timing.beatNs())));",
                        "return Math.min(timing.selfNs(), timing.suspectNs());")
                .shownBy("H18a");
    }

    private static Mutant restartWaitsForTheRecord() {
        return Mutant.of("restart-waits-for-the-record", "16")
                .core("AgentState.java", "return recordRead || promises.intact;", "return recordRead;")
                .shownBy("H18b");
    }
}
