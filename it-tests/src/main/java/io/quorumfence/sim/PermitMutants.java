package io.quorumfence.sim;

import java.util.List;

/** What stands between a permit and a start. */
final class PermitMutants {
    private PermitMutants() {}

    static List<Mutant> all() {
        return List.of(
                noBootBarrier(),
                wordCoversRedeemed(),
                permitElsewhereIgnored(),
                redeemedEndsOnAWord(),
                redeemedAfterItsBasis(),
                proofOfAnOlderLife(),
                listCutShortIsAbsence(),
                cutListHidesNothing(),
                hookAsksForNoPermit(),
                startUnderWayIsAbsence(),
                answersBeforeItIsStored());
    }

    private static Mutant noBootBarrier() {
        return Mutant.of("no-boot-barrier", "boot barrier")
                .shared(
                        "record/PermitRules.java",
                        "record.standingClaimOn(entry.host(), entry.incarnation()).isPresent() ||"
                                + " record.isBarred(entry.host());",
                        "entry.gone();")
                .shared(
                        "record/PermitRules.java",
                        "if (record.standingClaimOn(wish.destination(), wish.life()).isPresent()\n              "
                                + "  || record.isBarred(wish.destination())) {",
                        "if (wish.life().counter() < 0) {")
                .coveredBecause("a join closes every open claim on the lives before it")
                .shared("record/JoinRules.java", "closeClaims(wish, before.incarnation(), record, draft);", "")
                .shownBy("BARRIER");
    }

    private static Mutant wordCoversRedeemed() {
        return Mutant.of("word-covers-redeemed", "11")
                .shared(
                        "record/PermitRules.java",
                        "(ofThisLife && permit.stage() == PermitStage.GRANTED);",
                        "ofThisLife;")
                .within(300);
    }

    private static Mutant permitElsewhereIgnored() {
        return Mutant.of("permit-elsewhere-ignored", "11")
                .shared("record/PermitRules.java", "return elsewhere.isEmpty()", "return elsewhere.size() >= 0")
                .within(300);
    }

    private static Mutant redeemedEndsOnAWord() {
        return Mutant.of("redeemed-ends-on-a-word", "11")
                .shared(
                        "record/PermitRules.java",
                        "if (found.get().stage() == PermitStage.REDEEMED && !wish.verifiedAbsent()) {",
                        "if (wish.id() < 0) {")
                .within(3_000);
    }

    private static Mutant redeemedAfterItsBasis() {
        return Mutant.of("redeemed-after-its-basis", "11")
                .shared("record/PermitRules.java", "if (!basisStillHolds(permit, record)) {", "if (wish.id() < 0) {")
                .coveredBecause("a new permit is refused while one is open, and ends what was open")
                .shared("record/PermitRules.java", "return elsewhere.isEmpty()", "return elsewhere.size() >= 0")
                .shared(
                        "record/PermitRules.java",
                        "record.openPermits(wish.vm()).forEach(old -> draft.replace(old.at(PermitStage.ENDED)));",
                        "")
                .shownBy("TWICE");
    }

    private static Mutant proofOfAnOlderLife() {
        return Mutant.of("proof-of-an-older-life", "3")
                .shared(
                        "record/PermitRules.java",
                        "&& last != null\n                &&"
                                + " last.incarnation().equals(claim.get().incarnation());",
                        "&& last != null;")
                .shared(
                        "record/PermitRules.java",
                        "claim.isProven() && last != null && last.incarnation().equals(claim.incarnation()))",
                        "claim.isProven() && last != null)")
                .shownBy("OLDPROOF");
    }

    private static Mutant listCutShortIsAbsence() {
        return Mutant.of("list-cut-short-is-absence", "13")
                .core("PermitDesk.java", "} else if (!listed.complete()) {", "} else if (listed.question() < 0) {")
                .shownBy("CUTLIST");
    }

    private static Mutant cutListHidesNothing() {
        return Mutant.of("cut-list-hides-nothing", "13")
                .core("GrantRules.java", "return beat.vms().complete()", "return beat.sequence() > 0")
                .shownBy("H12");
    }

    private static Mutant hookAsksForNoPermit() {
        return Mutant.of("hook-asks-for-no-permit", "13")
                .model("SimTmpfs.java", "return !ended && admitted.getOrDefault(vm, 0L) == counter;", "return !ended;")
                .shownBy("H12");
    }

    private static Mutant answersBeforeItIsStored() {
        return Mutant.of("answers-before-it-is-stored", "11")
                .core(
                        "PermitDesk.java",
                        "if (wait.storing() > 0 && wait.storing() <= s.storedVersion) {",
                        "if (wait.storing() > 0) {")
                .shownBy("UNSTORED");
    }

    private static Mutant startUnderWayIsAbsence() {
        return Mutant.of("start-under-way-is-absence", "10")
                .core("PermitDesk.java", "} else if (listed.inFlight()) {", "} else if (listed.question() < 0) {")
                .core("PermitDesk.java", "} else if (redeemed.isPresent()) {", "} else if (listed.question() < 0) {")
                .shownBy("H10");
    }
}
