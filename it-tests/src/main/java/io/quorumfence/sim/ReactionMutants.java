package io.quorumfence.sim;

import java.util.List;

/** What keeps a host from acting again and again, and from promising what it would not do. */
final class ReactionMutants {
    private ReactionMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.of("acts-in-its-cooldown", "0006")
                        .core("ReactionRules.java", "s.reacting.cooling = nowNs < s.reacting.cooldownUntilNs;", "")
                        .core(
                                "ReactionRules.java",
                                "reacting.cooling = facts.processStartNs() < reacting.cooldownUntilNs;",
                                "")
                        .shownBy("LOOP"),
                Mutant.of("promises-before-it-is-kept", "0006")
                        .core(
                                "ArmingRules.java",
                                "if (needed && ReactionRules.mayPromise(s, nowNs, out)) {",
                                "if (needed) {")
                        .shownBy("UNKEPT"),
                Mutant.of("another-boots-arming-forgotten", "0006")
                        .core(
                                "ReactionRules.java",
                                "(!sameBoot && memory.mayHaveActed())",
                                "(!sameBoot && cooldown < 0)")
                        .shownBy("FORGOTTEN"),
                Mutant.of("switched-off-is-free", "4")
                        .core(
                                "ReactionRules.java",
                                "return s.arming.bounded() || (s.inForce()",
                                "return s.canArm() && (s.inForce()")
                        .core("Rounds.java", "s.arming.bounded() ? s.lease", "s.canArm() ? s.lease")
                        .shownBy("TOOLATE"),
                Mutant.of("restarts-again-and-again", "0006")
                        .core(
                                "ReactionRules.java",
                                "cooldown > 0 && sameBoot && memory.actedNs() != 0",
                                "cooldown > 0 && sameBoot && memory.actedNs() < 0")
                        .shownBy("RESTART"),
                Mutant.of("shadow-acts", "0006")
                        .core(
                                "Declaration.java",
                                "if (s.config.reaction().shadow()) {",
                                "if (s.config.reaction().shadow() && nowNs == 0) {")
                        .core(
                                "PromiseRules.java",
                                "if (s.config.reaction().shadow()) {",
                                "if (s.config.reaction().shadow() && nowNs == 0) {")
                        .shownBy("SHADOW"));
    }
}
