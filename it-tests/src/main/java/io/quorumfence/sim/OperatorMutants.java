package io.quorumfence.sim;

import java.util.List;

/** What keeps an operator's word from reaching further than he meant it. */
final class OperatorMutants {
    private OperatorMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.of("word-of-another-life", "0050")
                        .core(
                                "OperatorWord.java",
                                "if (!entry.incarnation().equals(asked.life())) {",
                                "if (asked.life().counter() < 0) {")
                        .coveredBecause("a word is only used for its own life")
                        .core("OperatorWord.java", ".filter(word -> word.life.equals(work.life))", "")
                        .core(
                                "OperatorWord.java",
                                "if (entry == null || !entry.incarnation().equals(word.life)) {",
                                "if (entry == null) {")
                        .shownBy("WORDLIFE"),
                Mutant.of("word-before-the-last-write-lands", "0050")
                        .core(
                                "OperatorWord.java",
                                "boolean landed = nowNs - word.get().sinceNs > s.timing.flightNs();",
                                "boolean landed = true;")
                        .shownBy("WORDSOON"),
                Mutant.of("word-against-the-shell", "0050")
                        .core(
                                "OperatorWord.java",
                                "if (work.sshVerdict == SshVerdict.STILL_ALIVE) {",
                                "if (work.sshVerdict == null && nowNs == 0) {")
                        .shownBy("WORDSHELL"),
                Mutant.of("word-passes-the-storm-unasked", "I6")
                        .core("Declaration.java", ".filter(OperatorWord::overridesStorm).isPresent()", ".isPresent()")
                        .shownBy("WORDSTORM"));
    }
}
