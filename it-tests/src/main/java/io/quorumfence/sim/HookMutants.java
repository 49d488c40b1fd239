package io.quorumfence.sim;

import java.util.List;

/** What stands between somebody's start and a second process of a VM. */
final class HookMutants {
    private HookMutants() {}

    static List<Mutant> all() {
        return List.of(
                claimBesideAClaim(),
                startClaimEndsUnseen(),
                oldListExcusesAStart(),
                permitUsedTwice(),
                permitUsedAgainAfterItsStart(),
                permitIsAClaim(),
                beatNamesAStart(),
                anAnswerLostIsLostForGood(),
                aVmThatOutlivesTheFirstShellIsForgotten(),
                anOldWordEndsAClaim());
    }

    private static Mutant claimBesideAClaim() {
        return Mutant.of("claim-beside-a-claim", "11")
                .shared("record/VmClaimRules.java", "if (elsewhere.isPresent()) {", "if (wish.claim().isEmpty()) {")
                .shownBy("BACKDOOR");
    }

    private static Mutant startClaimEndsUnseen() {
        return Mutant.of("start-claim-ends-unseen", "11")
                .core(
                        "PermitDesk.java",
                        "if (s.permits.sightsFrom.containsKey(permit.id())) {",
                        "if (permit.id() < 0) {")
                .shownBy("OLDSIGHT");
    }

    private static Mutant oldListExcusesAStart() {
        return Mutant.of("old-list-excuses-a-start", "10")
                .core(
                        "Ladder.java",
                        "(permit.isStartClaim() || !listed.names(permit.vm())))",
                        "!listed.names(permit.vm()))")
                .shownBy("STARTAGAIN");
    }

    private static Mutant permitUsedTwice() {
        return Mutant.of("permit-used-twice", "11")
                .core("HookDesk.java", CLAIMS, ADMITS_AT_ONCE)
                .shownBy("REUSED");
    }

    private static Mutant permitUsedAgainAfterItsStart() {
        return Mutant.of("permit-used-again-after-its-start", "11")
                .core("HookDesk.java", CLAIMS, ADMITS_AT_ONCE)
                .shownBy("REPEATED");
    }

    /** Of a permit that the hook redeems, its start begins under it. */
    private static Mutant permitIsAClaim() {
        return Mutant.of("permit-is-a-claim", "11")
                .core(
                        "HookDesk.java",
                        "if (wait != null && !wanted.claim().equals(claimOf(s, wait))) {",
                        "if (wait == null && wanted.first()) {")
                .core("HookDesk.java", CLAIMS, ADMITS_AT_ONCE)
                .shownBy("BELATED");
    }

    private static Mutant anOldWordEndsAClaim() {
        return Mutant.of("an-old-word-ends-a-claim", "11")
                .core("HookDesk.java", "&& takenNs(permit) < released.saidNs();", ";")
                .shownBy("OLDWORD");
    }

    private static Mutant beatNamesAStart() {
        return Mutant.of("beat-names-a-start", "10")
                .core("LocalDesk.java", ".filter(seen -> seen.pid() > 0 || !mayBeStarting(s, seen.vm()))", "")
                .shownBy("UNFORKED-OFF");
    }

    private static Mutant anAnswerLostIsLostForGood() {
        return Mutant.of("an-answer-lost-is-lost-for-good", "10")
                .model("SimTmpfs.java", "if (!token.equals(foundFor)) {", "if (!found.isEmpty()) {")
                .shownBy("LOSTWORD");
    }

    private static Mutant aVmThatOutlivesTheFirstShellIsForgotten() {
        return Mutant.of("a-vm-that-outlives-the-first-shell-is-forgotten", "10")
                .model("SimTmpfs.java", "if (!token.equals(foundFor)) {", "if (!found.isEmpty()) {")
                .shownBy("STUCK");
    }

    private static final String CLAIMS =
            "        s.permits.starts.put(wait.reply(), wait.asDeciding());\n" + "        if (granted.isPresent()) {";
    private static final String ADMITS_AT_ONCE =
            "        if (own.stream().anyMatch(permit -> permit.isHeldBy(s.self(), s.requireLife()))) {\n"
                    + "            admit(s, wait, own.get(0), record.nextNumber(), out);\n"
                    + "            return;\n"
                    + "        }\n" + CLAIMS;
}
