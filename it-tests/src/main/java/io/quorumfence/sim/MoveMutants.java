package io.quorumfence.sim;

import java.util.List;

/** What stands between a migration and a second place where its VM runs, or none. */
final class MoveMutants {
    private MoveMutants() {}

    static List<Mutant> all() {
        return List.of(
                twoMigrationsAtOnce(),
                anyStartIsAnArrival(),
                aProofEndsBoth(),
                aProofEndsNeither(),
                reservationStays(),
                reservationLooksLikeAStart(),
                reservationByACaller(),
                reservationOutlivesItsHost(),
                aProofEndsWhatItDoesNotSpeakOf());
    }

    private static Mutant reservationByACaller() {
        return Mutant.of("reservation-by-a-caller", "13")
                .shared(
                        "record/PermitRules.java",
                        "if (Permit.isReserved(wish.requestId())) {",
                        "if (wish.ttlMs() < 0) {")
                .shownBy("MOVENAMED");
    }

    private static Mutant reservationOutlivesItsHost() {
        return Mutant.of("reservation-outlives-its-host", "13")
                .shared("record/MoveRules.java", "(its && permit.isMove())", "(its && elsewhere)")
                .shownBy("MOVELAST");
    }

    private static Mutant aProofEndsWhatItDoesNotSpeakOf() {
        return Mutant.of("a-proof-ends-what-it-does-not-speak-of", "0042")
                .shared("record/MoveRules.java", "&& ExemptionRules.speaksOf(proven, permit.vm(), record)", "")
                .shownBy("MOVECLASS");
    }

    private static Mutant twoMigrationsAtOnce() {
        return Mutant.of("two-migrations-at-once", "13")
                .shared("record/MoveRules.java", "if (open.size() > 1) {", "if (open.size() > 2) {")
                .shownBy("MOVETWICE");
    }

    private static Mutant anyStartIsAnArrival() {
        return Mutant.of("any-start-is-an-arrival", "13")
                .core("MoveDesk.java", "permit.id() == wait.way().reservation()", "permit.id() > 0")
                .shownBy("MOVEIMPOSTOR");
    }

    private static Mutant aProofEndsBoth() {
        return Mutant.of("a-proof-ends-both-sides", "13")
                .shared("record/MoveRules.java", "if (elsewhere || (its", "if (permit.isOpen() || (its")
                .shownBy("MOVEUNSEEN");
    }

    private static Mutant aProofEndsNeither() {
        return Mutant.of("a-proof-ends-neither-side", "13")
                .shared("record/MoveRules.java", "if (elsewhere || (its", "if ((its")
                .shownBy("MOVEBOTH");
    }

    private static Mutant reservationStays() {
        return Mutant.of("reservation-stays", "13")
                .core("MoveDesk.java", "&& nowNs - sinceNs > RESERVED_NS;", "&& nowNs < sinceNs;")
                .shownBy("MOVELOST");
    }

    private static Mutant reservationLooksLikeAStart() {
        return Mutant.of("reservation-looks-like-a-start", "13")
                .core("Ladder.java", "                        && !permit.isMove()\n", "")
                .shownBy("MOVERESERVED");
    }
}
