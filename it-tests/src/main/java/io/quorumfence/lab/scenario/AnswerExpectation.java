package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.lab.ground.Durations;
import io.quorumfence.lab.ground.LabException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an answer of the gate should be. Empty lists and texts are not checked.
 *
 * @param verdicts any of these will do
 * @param reasons any of these
 * @param mentions the answer's text must contain each
 * @param within counted from the step {@code of}
 */
record AnswerExpectation(
        List<String> verdicts, List<String> reasons, List<String> mentions, Optional<Duration> within, String of) {

    private static final List<String> VERDICTS = List.of("ALLOW", "REFUSE", "PENDING");

    /** {@code REFUSE}, or a mapping with decision, reason, mentions, within. */
    static AnswerExpectation read(Yaml value) {
        Keys keys = value.keys("expect", "decision");
        AnswerExpectation read = read(keys);
        keys.end();
        return read;
    }

    /** Reads its own keys out of a mapping that may have more. */
    static AnswerExpectation read(Keys keys) {
        List<String> verdicts = keys.find("decision")
                .map(value -> (value.isList() ? value.items() : List.of(value))
                        .stream().map(one -> one.oneOf(VERDICTS)).toList())
                .orElse(List.of());
        List<String> reasons = keys.texts("reason", List.of());
        List<String> mentions = keys.texts("mentions", List.of());
        Optional<Keys> within = keys.find("within").map(value -> value.keys("within"));
        Optional<Duration> limit = within.map(
                span -> Duration.ofMillis(Math.round(1000 * span.need("seconds").decimal())));
        String of = within.map(span -> span.text("of")).orElse("");
        within.ifPresent(Keys::end);
        return new AnswerExpectation(verdicts, reasons, mentions, limit, of);
    }

    boolean isEmpty() {
        return verdicts.isEmpty() && reasons.isEmpty() && mentions.isEmpty() && within.isEmpty();
    }

    void insist(Decision decision, Stage stage) {
        List<String> failures = failures(decision, stage);
        if (!failures.isEmpty()) {
            throw new LabException(String.join("; ", failures));
        }
    }

    List<String> failures(Decision decision, Stage stage) {
        List<String> failures = new ArrayList<>();
        String got = decision.verdict() + " (" + decision.reason() + ")";
        if (!verdicts.isEmpty() && !verdicts.contains(decision.verdict())) {
            failures.add("'" + decision.name() + "' was answered with " + got + ", " + verdicts + " was expected: "
                    + decision.text());
        } else if (!reasons.isEmpty() && !reasons.contains(decision.reason())) {
            failures.add("'" + decision.name() + "' was answered with " + got + ", reason " + reasons
                    + " was expected: " + decision.text());
        }
        for (String wanted : mentions) {
            if (!decision.text().contains(wanted)) {
                failures.add("the answer to '" + decision.name() + "' does not mention '" + wanted + "': "
                        + decision.text());
            }
        }
        within.ifPresent(limit -> late(decision, limit, stage).ifPresent(failures::add));
        return failures;
    }

    private Optional<String> late(Decision decision, Duration limit, Stage stage) {
        OptionalLong from = stage.moment(of);
        if (from.isEmpty()) {
            return Optional.of("the time of '" + decision.name() + "' counts from '" + of + "', which did not happen");
        }
        Duration took = Duration.ofNanos(decision.answeredNs() - from.getAsLong());
        return took.compareTo(limit) <= 0
                ? Optional.empty()
                : Optional.of("'" + decision.name() + "' was decided " + Durations.show(took) + " after '" + of + "', "
                        + Durations.show(limit) + " was the limit");
    }
}
