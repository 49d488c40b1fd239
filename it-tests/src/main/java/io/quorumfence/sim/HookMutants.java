package io.quorumfence.sim;

import java.util.List;

/** What stands between somebody's start and a second process of a VM. */
final class HookMutants {
    private HookMutants() {}

    static List<Mutant> all() {
        return List.of(claimBesideAClaim(), startClaimEndsUnseen(), oldListExcusesAStart(), permitUsedTwice());
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
                .core("HookDesk.java", "s.permits.unused.remove(claim.id());", "s.permits.unused.add(claim.id());")
                .shownBy("REUSED");
    }
}
