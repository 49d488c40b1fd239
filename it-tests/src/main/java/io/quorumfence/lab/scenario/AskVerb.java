package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.lab.cell.Ask;
import io.quorumfence.lab.ground.Box;
import io.quorumfence.lab.ground.Durations;
import io.quorumfence.lab.ground.LabException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A start request to the gate; with {@code expect} its answer is checked on the spot. */
final class AskVerb {
    private static final List<String> VERDICTS = List.of("ALLOW", "REFUSE", "PENDING");

    private AskVerb() {}

    static Action read(Yaml value, Cast cast) {
        Keys keys = value.keys("ask");
        String vm = cast.vm(keys.need("vm"));
        String lastHost = cast.hostOrStranger(keys.need("lastHost"));
        String destination = cast.destination(keys.need("destination"));
        List<String> siblings = keys.texts("siblings", List.of());
        Optional<String> requestId = keys.find("requestId").map(Yaml::text);
        Duration patience = keys.duration("wait", Duration.ofSeconds(20));
        int coordinator = keys.find("coordinator").map(cast::coordinator).orElse(1);
        boolean start = keys.flag("start", true);
        String until = keys.oneOf("until", VERDICTS, "");
        Duration limit = keys.duration("for", Duration.ofSeconds(60));
        Optional<AnswerExpectation> expected = keys.find("expect").map(AnswerExpectation::read);
        keys.end();
        return (stage, step) -> {
            // The step's name is the request's name, and its request id unless it has one of its own.
            Decision decision = stage.cell()
                    .gate()
                    .ask(new Ask(
                            step,
                            vm,
                            lastHost,
                            destination.equals("any") ? anyOf(stage, lastHost) : destination,
                            siblings,
                            requestId.orElse(step),
                            patience,
                            coordinator,
                            start,
                            until,
                            limit));
            stage.decided(decision);
            if (!until.isEmpty() && !decision.verdict().equals(until)) {
                throw new LabException("still " + decision.verdict() + " (" + decision.reason() + ") after "
                        + Durations.show(limit) + ", " + until + " was waited for: " + decision.text());
            }
            expected.ifPresent(expectation -> expectation.insist(decision, stage));
            return decision.answeredNs();
        };
    }

    private static String anyOf(Stage stage, String lastHost) {
        return stage.cell().lab().boxes().stream()
                .filter(box -> box.isOn() && !box.name().equals(lastHost))
                .map(Box::name)
                .findFirst()
                .orElseThrow(() -> new LabException("no host is left to start a VM on"));
    }
}
