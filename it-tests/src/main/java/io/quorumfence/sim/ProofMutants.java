package io.quorumfence.sim;

import java.util.List;

/** What stands between a silence and a proof. */
final class ProofMutants {
    private ProofMutants() {}

    static List<Mutant> all() {
        return List.of(
                noMargin(),
                driftIgnored(),
                oneWatchdogPeriod(),
                ageNotCapped(),
                goneWithoutAnAge(),
                silentBeforeItWasBorn(),
                termsOfAnotherLife(),
                weakestTermsIgnored(),
                unarmedIsProven(),
                unfitStaysBlind(),
                epochsIgnored(),
                onePromiseIsEnough(),
                stillAliveIgnored(),
                stillAliveForgotten(),
                acknowledgesUnverified());
    }

    private static Mutant noMargin() {
        return Mutant.of("no-margin", "T_takeover")
                .shared(
                        "config/TakeoverTime.java",
                        "Math.addExact(Math.addExact(span, drift), terms.marginNs())",
                        "Math.addExact(span, drift)")
                .shownBy("FEED");
    }

    private static Mutant driftIgnored() {
        return Mutant.of("drift-ignored", "T_takeover")
                .shared(
                        "config/TakeoverTime.java",
                        "Math.addExact(Math.addExact(span, drift), terms.marginNs())",
                        "Math.addExact(span, terms.marginNs())")
                .shownBy("DRIFT");
    }

    private static Mutant oneWatchdogPeriod() {
        return Mutant.of("one-watchdog-period", "T_takeover")
                .shared("config/TakeoverTime.java", "Math.multiplyExact(2L, terms.watchdogNs())", "terms.watchdogNs()")
                .shownBy("FEED");
    }

    private static Mutant ageNotCapped() {
        return Mutant.of("age-not-capped", "2")
                .core(
                        "PromiseRules.java",
                        "long last = Math.max(s.facts.processStartNs(), peer == null ? Timing.NEVER :"
                                + " peer.ackSentNs);",
                        "long last = peer == null ? Timing.NEVER / 2 : peer.ackSentNs;")
                .shownBy("H2a");
    }

    private static Mutant goneWithoutAnAge() {
        return Mutant.of("gone-without-an-age", "2")
                .core(
                        "TimeProof.java",
                        "seen == null ? Long.MAX_VALUE / 4 : seen.sinceNs()",
                        "Timing.NEVER + gone.value().length()")
                .shownBy("H2b");
    }

    private static Mutant silentBeforeItWasBorn() {
        return Mutant.of("silent-before-it-was-born", "2")
                .core(
                        "AgentState.java",
                        "return born == null ? facts.processStartNs() : Math.max(facts.processStartNs(),"
                                + " born.sinceNs());",
                        "return facts.processStartNs();")
                .shownBy("BORN");
    }

    private static Mutant termsOfAnotherLife() {
        return Mutant.of("terms-of-another-life", "4")
                .core(
                        "PromiseRules.java",
                        "Optional<Terms> terms = acked.map(AckRequest::terms);",
                        "Optional<Terms> terms = Optional.ofNullable(peer).flatMap(p ->"
                                + " Optional.ofNullable(p.lastAcked)).map(AckRequest::terms);")
                .coveredBecause(
                        "who has heard nothing of a life knows no epoch of it, and without one nothing is blocked")
                .core("TimeProof.java", "if (epoch < record.goneHistory().get(0).epoch()) {", "if (epoch < 0) {")
                .shownBy("TERMS");
    }

    private static Mutant weakestTermsIgnored() {
        return Mutant.of("weakest-terms-ignored", "4")
                .core(
                        "TimeProof.java",
                        "terms = Suspicion.weakest(terms, promise.terms());",
                        "terms = promise.terms().isPresent() ? promise.terms() : terms;")
                .shownBy("WEAKER");
    }

    private static Mutant unfitStaysBlind() {
        return Mutant.of("unfit-stays-blind", "15")
                .core("Declaration.java", "RecordDesk.readAgain(s, nowNs);", "")
                .shownBy("H16");
    }

    private static Mutant unarmedIsProven() {
        return Mutant.of("unarmed-is-proven", "12")
                .core(
                        "TimeProof.java",
                        "return t.armed() ? Optional.empty() : Optional.of(",
                        "return true ? Optional.empty() : Optional.of(")
                .shownBy("H11");
    }

    private static Mutant epochsIgnored() {
        return Mutant.of("epochs-ignored", "15")
                .core(
                        "TimeProof.java",
                        ".filter(set -> set.epoch() >= epoch)",
                        ".filter(set -> set.epoch() == record.epoch())")
                .shownBy("EPOCH");
    }

    private static Mutant onePromiseIsEnough() {
        return Mutant.of("one-promise-is-enough", "step 5")
                .core(
                        "TimeProof.java",
                        ".allMatch(counted -> Quorum.blocks(counted, promised, work.suspect));",
                        ".allMatch(counted -> !counted.isEmpty());")
                .shownBy("REFUSED");
    }

    private static Mutant stillAliveIgnored() {
        return Mutant.of("still-alive-ignored", "ladder")
                .core("Ladder.java", "if (open && !contradicted(s, work)) {", "if (open) {")
                .shownBy("DEVICE");
    }

    private static Mutant stillAliveForgotten() {
        return Mutant.of("still-alive-forgotten", "ladder")
                .core("Ladder.java", "work.outlived || outlives(s, work, nowNs)", "outlives(s, work, nowNs)")
                .shownBy("DEVICE");
    }

    private static Mutant acknowledgesUnverified() {
        return Mutant.of("acknowledges-unverified", "10")
                .core(
                        "Pill.java",
                        "return gone ? told(s).filter(token -> knows(s, token)) : Optional.empty();",
                        "return s.phase == HostPhase.LATCHED ? told(s) : Optional.empty();")
                .shownBy("PILL-D");
    }
}
