package io.quorumfence.sim;

import java.util.List;

/** What keeps a VM that its host leaves alone from starting anywhere else (decision 0042). */
final class ClassMutants {
    private ClassMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.of("permit-for-an-ignored-vm", "0042")
                        .shared(
                                "record/PermitRules.java",
                                "ExemptionRules.unprotected(wish.vm(), record)",
                                "Optional.<Rejected>empty()")
                        .shownBy("CLASS"),
                Mutant.of("protected-before-all-have-heard", "0042")
                        .shared(
                                "record/ExemptionRules.java",
                                ".filter(host -> !isDone(entry, host, record))",
                                ".filter(host -> host.gone() && !isDone(entry, host, record))")
                        .shownBy("CLASSLATE"),
                Mutant.of("heard-before-it-is-kept", "0042")
                        .core(
                                "ClassDesk.java",
                                "boolean kept = s.storedVersion >= record.version();",
                                "boolean kept = true;")
                        .shownBy("CLASSUNKEPT"),
                Mutant.of("heard-by-a-latched-life", "0042")
                        .core(
                                "ClassDesk.java",
                                "if (!kept || !s.recordRead || !s.leaseLives(nowNs)) {",
                                "if (!kept || !s.recordRead || s.life == null) {")
                        .coveredBecause("by then a claim stands on that life")
                        .shared("record/ExemptionRules.java", "(!fenced && entry", "(entry")
                        .shownBy("CLASSLATCHED"),
                Mutant.of("ignored-again-as-if-anew", "0042")
                        .shared(
                                "record/ExemptionRules.java",
                                "entry.map(old -> old.again(number, wish.by(), wish.why()))",
                                "entry.map(old -> Exemption.of(wish.vm(), number, wish.by(), wish.why()))")
                        .shownBy("CLASSAGAIN"),
                Mutant.of("ignored-under-an-open-claim", "0042")
                        .shared("record/ExemptionRules.java", "if (claim.isOpen() || isDoubtful", "if (isDoubtful")
                        .shownBy("CLASSOPEN"));
    }
}
