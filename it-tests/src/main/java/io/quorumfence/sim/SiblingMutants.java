package io.quorumfence.sim;

import java.util.List;

/** What stands between a question to a sibling and its shell. */
final class SiblingMutants {
    private SiblingMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.of("lent-without-a-read", "I5")
                        .core(
                                "LentShells.java",
                                "RecordDesk.read(s, new Pending.ShellRead(asked.claim().suspect(), shell.id), nowNs);",
                                "fresh(s, new Pending.ShellRead(asked.claim().suspect(), shell.id), nowNs, out);")
                        .shownBy("SIBLING-SPENT"),
                Mutant.of("lent-to-who-was-succeeded", "8")
                        .core(
                                "LentShells.java",
                                "refusal(s, asked, nowNs).or(() -> spent(s, asked));",
                                "refusal(s, asked, nowNs);")
                        .shownBy("SIBLING-TAKEN"),
                Mutant.of("lent-for-an-old-question", "I5")
                        .core("LentShells.java", "if (!isFresh(s, asked, nowNs)) {", "if (nowNs < 0) {")
                        .shownBy("SIBLING-LATE"),
                Mutant.of("lent-for-longer-than-waited-for", "I5")
                        .core(
                                "LentShells.java",
                                "asked.waitNs() - s.config.ladder().shellTimeout().toNanos()",
                                "asked.waitNs()")
                        .shownBy("SIBLING-SLOW"),
                Mutant.of("lent-by-who-sees", "I5")
                        .core("LentShells.java", "if (!s.suspectedNs.containsKey(suspect)) {", "if (nowNs < 0) {")
                        .shownBy("SIBLING-SEES"),
                Mutant.of("a-shell-a-question", "4")
                        .core(
                                "LentShells.java",
                                "known != null && known.isUnderWay() || ownShell(s, suspect, nowNs)",
                                "nowNs < 0")
                        .shownBy("SIBLING-TWICE"),
                Mutant.of("withdraws-under-a-lent-shell", "8")
                        .core("FenceWork.java", "return sshRunning || round.mayRun(nowNs);", "return sshRunning;")
                        .shownBy("SIBLING-BACK"),
                Mutant.of("forgets-what-its-last-process-sent", "I5")
                        .core(
                                "LentShells.java",
                                "} else if (isOfAnEarlierProcess(s, asked, nowNs)) {",
                                "} else if (nowNs < 0) {")
                        .shownBy("SIBLING-RESTART"),
                Mutant.of("late-shells-are-not-told", "I5")
                        .core("RecordDesk.java", "out.command(new LocalCommand.StoreSpent(below));", "")
                        .shownBy("SIBLING-HELPER"),
                Mutant.of("late-shells-strike", "I5")
                        .model("SimSsh.java", "if (token.value() < target.tmpfs.spentBelow) {", "if (token == null) {")
                        .shownBy("SIBLING-HELPER"));
    }
}
