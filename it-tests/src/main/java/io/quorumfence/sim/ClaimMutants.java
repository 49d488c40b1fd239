package io.quorumfence.sim;

import java.util.List;

/** What stands between a suspicion and an act. */
final class ClaimMutants {
    private ClaimMutants() {}

    static List<Mutant> all() {
        return List.of(
                networkNotAsked(),
                storageNotAsked(),
                noSecondOpinion(),
                movedBeatIgnored(),
                seenAgainGoesOn(),
                unreadableIsStale(),
                mailToOneStorage(),
                withdrawsUnderTheShell(),
                noSelfWithdrawal(),
                withdrawnStillStands(),
                killsAnyLife(),
                shellWithoutABarrier(),
                unseenStartIsAbsence());
    }

    private static Mutant networkNotAsked() {
        return Mutant.of("network-not-asked", "I5")
                .core(
                        "Suspicion.java",
                        "long seen = peer == null ? Timing.NEVER : peer.lastSignNs();",
                        "long seen = Timing.NEVER;")
                .core(
                        "Suspicion.java",
                        "if (isHeard(s, peer, nowNs) && !s.suspectedNs.containsKey(host)) {",
                        "if (nowNs == 0) {")
                .shownBy("OPINION");
    }

    private static Mutant storageNotAsked() {
        return Mutant.of("storage-not-asked", "I5")
                .core("Suspicion.java", "                && storageAge(s, host, life, nowNs) >= limit\n", "")
                .shownBy("H6");
    }

    private static Mutant noSecondOpinion() {
        return Mutant.of("no-second-opinion", "step 2")
                .core(
                        "Declaration.java",
                        "if (work.opinions.containsValue(Opinion.SEEN)) {",
                        "if (work.token != null) {")
                .core("Declaration.java", "if (silent < needed) {", "if (silent < 0) {")
                .coveredBecause("a peer that sees the suspect says so when it is asked for its promise")
                .core("PromiseRules.java", "if (!bound && isSeen(", "if (!bound && nowNs < 0 && isSeen(")
                .shownBy("OPINION");
    }

    private static Mutant movedBeatIgnored() {
        return Mutant.of("moved-beat-ignored", "step 4")
                .core(
                        "Mailing.java",
                        "if (moved && work.stage.ordinal() <= FenceWork.Stage.RAISING.ordinal()) {",
                        "if (moved && work.token == null) {")
                .coveredBecause("the same read ends the suspicion, and a host that is no suspect is withdrawn")
                .core(
                        "Declaration.java",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves && !shellWorks",
                        "nowNs < 0")
                .shownBy("AGAIN");
    }

    private static Mutant seenAgainGoesOn() {
        return Mutant.of("seen-again-goes-on", "I5")
                .core(
                        "Declaration.java",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves && !shellWorks",
                        "nowNs < 0")
                .shownBy("BACK");
    }

    private static Mutant unreadableIsStale() {
        return Mutant.of("unreadable-is-stale", "I8")
                .core("Mailing.java", "if (work == null || slot.unknown()) {", "if (work == null) {")
                .shownBy("DAMAGED");
    }

    private static Mutant mailToOneStorage() {
        return Mutant.of("mail-to-one-storage", "6")
                .core("Mailing.java", "int majority = Quorum.majority(s.lanes.size());", "int majority = 1;")
                .shownBy("H6");
    }

    private static Mutant withdrawsUnderTheShell() {
        return Mutant.of("withdraws-under-the-shell", "8")
                .core(
                        "Declaration.java",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves && !shellWorks",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves")
                .shownBy("SHELL");
    }

    private static Mutant noSelfWithdrawal() {
        return Mutant.of("no-self-withdrawal", "8")
                .core("SelfDefence.java", "if (claim.get().stage() == ClaimStage.CLAIMED) {", "if (s.life == null) {")
                .shownBy("H15a")
                .within(3_000);
    }

    private static Mutant withdrawnStillStands() {
        return Mutant.of("withdrawn-still-stands", "8")
                .shared(
                        "record/CellRecord.java",
                        "if ((claim.isOpen() || claim.isProven()) && claim.binds(host, life)) {",
                        "if (claim.binds(host, life)) {")
                .shownBy("H14");
    }

    private static Mutant killsAnyLife() {
        return Mutant.of("kills-any-life", "17")
                .model("SimSsh.java", "if (!life.equals(target.tmpfs.life)) {", "if (life.counter() < 0) {")
                .shownBy("H18c");
    }

    private static Mutant shellWithoutABarrier() {
        return Mutant.of("shell-without-a-barrier", "10")
                .model("SimSsh.java", "target.tmpfs.fence(life.counter(), token);", "")
                .shownBy("H9");
    }

    private static Mutant unseenStartIsAbsence() {
        return Mutant.of("unseen-start-is-absence", "10")
                .core(
                        "Ladder.java",
                        "work.sshVerdict = dead && unseen.isPresent() ? SshVerdict.AMBIGUOUS : said;",
                        "work.sshVerdict = said;")
                .shownBy("H9");
    }
}
