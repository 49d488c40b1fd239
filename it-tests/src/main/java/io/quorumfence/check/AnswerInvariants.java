package io.quorumfence.check;

import io.quorumfence.check.Evidence.Decision;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** I7 and I8: that the gate answers in time, and that it says why. */
final class AnswerInvariants {
    private static final Set<String> VERDICTS = Set.of("ALLOW", "REFUSE", "PENDING");

    private final Evidence evidence;
    private final List<Decision> decisions;

    AnswerInvariants(Evidence evidence) {
        this.evidence = evidence;
        this.decisions = evidence.decisions();
    }

    /**
     * I7: the budget is kept where the run promises one.
     *
     * @param lostNs when the host was lost, as the scenario says; negative when it does not
     */
    Finding liveness(long lostNs) {
        long budgetMs = evidence.terms().budgetMs();
        if (budgetMs == 0 || lostNs < 0) {
            return Finding.notJudged("the run promises no budget");
        }
        Optional<Decision> allowed = decisions.stream()
                .filter(d -> d.verdict().equals("ALLOW") && d.answeredNs() > lostNs)
                .findFirst();
        if (allowed.isEmpty()) {
            return Finding.violated("no ALLOW at all, the budget was " + budgetMs + " ms");
        }
        long took = (allowed.get().answeredNs() - lostNs) / 1_000_000;
        String figure = took + " ms of " + budgetMs + " ms";
        return took > budgetMs ? Finding.violated("ALLOW took " + figure) : Finding.ok("ALLOW took " + figure);
    }

    /** I8: what is unknown refuses, and every answer carries its reason and what it rests on. */
    Finding reasons() {
        for (Decision decision : decisions) {
            if (!VERDICTS.contains(decision.verdict())) {
                return Finding.violated(
                        "'" + decision.name() + "' was answered with '" + decision.verdict() + "': " + decision.text());
            }
            if (decision.reason().isEmpty()) {
                return Finding.violated(
                        decision.verdict() + " to '" + decision.name() + "' came without a reason: " + decision.text());
            }
            if (!decision.verdict().equals("PENDING") && decision.evidenceItems() == 0) {
                return Finding.violated(decision.verdict() + " (" + decision.reason() + ") to '" + decision.name()
                        + "' came without evidence");
            }
        }
        return decisions.isEmpty()
                ? Finding.notJudged("nobody asked")
                : Finding.ok(decisions.size() + " answers, each with its reason");
    }
}
