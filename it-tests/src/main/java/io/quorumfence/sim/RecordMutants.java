package io.quorumfence.sim;

import java.util.List;

/** What the record and its register refuse. */
final class RecordMutants {
    private RecordMutants() {}

    static List<Mutant> all() {
        return List.of(
                vmsGoneLeavesTheCounts(),
                powerProvesAlone(),
                powerIntentIsTakenOver(),
                powerIntentEndsWithABoot(),
                claimsOutliveTheBoot(),
                goneAfterItJoined(),
                goneStillCounts(),
                noStormGuard(),
                secondClaim(),
                claimedClaimers(),
                proofOfAnotherEpoch(),
                decidedNotAdopted(),
                acceptedBallotIgnored(),
                overtakenBallotGoesOn(),
                lostWriteForgiven(),
                writesRightAfterBoot(),
                unjoinedLivesShowThemselves(),
                mailSharesABlock(),
                anotherMembershipJoins(),
                anotherMembershipCounts(),
                tornCopyHidesItsSibling());
    }

    private static Mutant vmsGoneLeavesTheCounts() {
        return Mutant.of("vms-gone-leaves-the-counts", "1")
                .shared(
                        "record/ClaimRules.java",
                        "&& proof.level() == ProofLevel.HOST_GONE) {",
                        "&& proof.level() != null) {")
                .shownBy("H1a");
    }

    private static Mutant powerProvesAlone() {
        return Mutant.of("power-proves-alone", "9")
                .shared("record/ClaimRules.java", "case POWER -> at == ClaimStage.POWER_INTENT &&", "case POWER ->")
                .shownBy("H1b");
    }

    private static Mutant powerIntentIsTakenOver() {
        return Mutant.of("power-intent-is-taken-over", "9")
                .shared(
                        "record/ClaimRules.java",
                        "if (found.isEmpty() || found.get().stage() != ClaimStage.CLAIMED) {",
                        "if (found.isEmpty() || !found.get().isOpen()) {")
                .coveredBecause("nobody asks to take an open intent over")
                .core("Declaration.java", "if (claim.stage() != ClaimStage.CLAIMED) {", "if (!claim.isOpen()) {")
                .shownBy("POWERHOLDER");
    }

    private static Mutant powerIntentEndsWithABoot() {
        return Mutant.of("power-intent-ends-with-a-boot", "9")
                .shared(
                        "record/JoinRules.java",
                        "claim.stage() == ClaimStage.CLAIMED && claim",
                        "claim.isOpen() && claim")
                .shownBy("H1b");
    }

    private static Mutant claimsOutliveTheBoot() {
        return Mutant.of("claims-outlive-the-boot", "9")
                .shared("record/JoinRules.java", "closeClaims(wish, before.incarnation(), record, draft);", "")
                .shownBy("H15b");
    }

    private static Mutant goneAfterItJoined() {
        return Mutant.of("gone-after-it-joined", "3")
                .shared(
                        "record/JoinRules.java",
                        "draft.put(new HostEntry(host, life, false));",
                        "draft.put(new HostEntry(host, life, before != null && before.gone()));")
                .shownBy("H3");
    }

    private static Mutant goneStillCounts() {
        return Mutant.of("gone-still-counts", "15")
                .shared(
                        "record/ClaimRules.java",
                        "draft.put(new HostEntry(entry.host(), entry.incarnation(), true));",
                        "draft.put(entry);")
                .shownBy("H16");
    }

    private static Mutant noStormGuard() {
        return Mutant.of("no-storm-guard", "15")
                .shared("record/ClaimRules.java", "if (recent >= wish.stormLimit()) {", "if (recent < 0) {")
                .shownBy("H17");
    }

    private static Mutant secondClaim() {
        return Mutant.of("second-claim", "I4")
                .shared(
                        "record/ClaimRules.java",
                        "if (standing.isPresent()) {\n            boolean own",
                        "if (standing.isPresent() && standing.get().claimer().equals(wish.claimer())) {\n       "
                                + "     boolean own")
                .within(300);
    }

    private static Mutant claimedClaimers() {
        return Mutant.of("claimed-claimers", "step 3")
                .shared(
                        "record/ClaimRules.java",
                        "|| record.gone().contains(claimer)\n                || record.standingClaimOn(claimer,"
                                + " life).isPresent();",
                        "|| record.gone().contains(claimer);")
                .shownBy("MUTUAL");
    }

    private static Mutant proofOfAnotherEpoch() {
        return Mutant.of("proof-of-another-epoch", "15")
                .shared(
                        "record/ClaimRules.java",
                        "if (proof.rung() == Rung.TIME && wish.epoch() != record.epoch()) {",
                        "if (wish.epoch() < 0) {")
                .coveredBecause("who joins after the claim is bound by it, so no count can grow against the proof")
                .core(
                        "Acknowledging.java",
                        "boolean mayBePromised = claim.isOpen() && token < s.strangeBelow;",
                        "boolean mayBePromised = false;")
                .shownBy("STALE");
    }

    private static Mutant decidedNotAdopted() {
        return Mutant.of("decided-not-adopted", "7")
                .shared(
                        "record/Register.java",
                        "boolean moved = newest.version() > knownVersion();",
                        "boolean moved = decided == null;")
                .shownBy("H7");
    }

    private static Mutant acceptedBallotIgnored() {
        return Mutant.of("accepted-ballot-ignored", "7")
                .shared(
                        "record/Register.java",
                        "own.accept(highestAccepted().flatMap(BallotBlock::candidate).orElse(proposal));",
                        "own.accept(proposal);")
                .shared(
                        "record/Register.java",
                        "} else if (open.isEmpty()) {",
                        "} else if (open.isEmpty() || nowNs >= 0) {")
                .shownBy("H6");
    }

    private static Mutant overtakenBallotGoesOn() {
        return Mutant.of("overtaken-ballot-goes-on", "7")
                .shared(
                        "record/Register.java",
                        "if (isVoting() && own.isOvertaken()) {",
                        "if (isVoting() && own.isOvertaken() && nowNs < 0) {")
                .shownBy("DUEL");
    }

    private static Mutant lostWriteForgiven() {
        return Mutant.of("lost-write-forgiven", "19")
                .shared("record/OwnWrites.java", "dropped.add(storage);", "")
                .shownBy("H19s");
    }

    private static Mutant writesRightAfterBoot() {
        return Mutant.of("writes-right-after-boot", "5")
                .core("StorageDesk.java", ">= s.timing.flightNs();", ">= 0;")
                .shownBy("H8");
    }

    private static Mutant unjoinedLivesShowThemselves() {
        return Mutant.of("unjoined-lives-show-themselves", "0010")
                .core("AgentState.java", "return life != null && phase != HostPhase.JOINING;", "return life != null;")
                .shownBy("REUSE");
    }

    private static Mutant mailSharesABlock() {
        return Mutant.of("mail-shares-a-block", "5")
                .model(
                        "SimStorage.java",
                        "mail.put(new Mailbox(from.id, c.suspect()), Slot.of(c.entry()));",
                        "mail.put(new Mailbox(c.suspect(), c.suspect()), Slot.of(c.entry()));")
                .shownBy("H5");
    }

    private static Mutant anotherMembershipJoins() {
        return Mutant.of("another-membership-joins", "14")
                .core(
                        "Joining.java",
                        "if ((fresh || cleared) && s.isOfThisCell(record) && PowerIntents.letJoin(s, record, nowNs)) {",
                        "if (fresh || cleared) {")
                .shownBy("H13");
    }

    private static Mutant anotherMembershipCounts() {
        return Mutant.of("another-membership-counts", "14")
                .core("Acknowledging.java", "return fit && sameCell ?", "return fit ?")
                .coveredBecause("who answers says his membership too, and the one who asked compares it")
                .core("Rounds.java", "if (round != null && mine && sameCell &&", "if (round != null && mine &&")
                .shownBy("H13");
    }

    private static Mutant tornCopyHidesItsSibling() {
        return Mutant.of("torn-copy-hides-its-sibling", "5")
                .shared(
                        "wire/StorageBlocks.java",
                        "if (!(first instanceof BlockRead.Valid) && second instanceof BlockRead.Invalid invalid) {",
                        "if (second instanceof BlockRead.Invalid invalid) {")
                .shownBy("H19a");
    }
}
