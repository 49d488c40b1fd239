package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Plays the steps of one scenario in their order. Ends at the first that fails; what runs beside is waited for. */
final class ScenarioPlay {
    private final Stage stage;
    private final Timeline timeline;
    private final Map<Step, CompletableFuture<Void>> background = new LinkedHashMap<>();

    ScenarioPlay(Stage stage) {
        this.stage = stage;
        this.timeline = stage.cell().timeline();
    }

    /** One line for each step that failed. */
    List<String> play(List<Step> steps) {
        List<String> failures = new ArrayList<>();
        long beganNs = System.nanoTime();
        for (Step step : steps) {
            step.at().ifPresent(at -> sleepUntil(beganNs + at.toNanos()));
            if (step.background()) {
                background.put(
                        step,
                        CompletableFuture.runAsync(() -> perform(step), task -> new Thread(task, step.name()).start()));
            } else if (!attempt(step, () -> perform(step), failures)) {
                break;
            }
        }
        background.forEach((step, running) -> attempt(step, running::join, failures));
        return failures;
    }

    private boolean attempt(Step step, Runnable work, List<String> failures) {
        try {
            work.run();
            return true;
        } catch (LabException | CompletionException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            String line = "step '" + step.name() + "' (line " + step.line() + "): " + cause.getMessage();
            failures.add(line);
            timeline.note("step", "", step.name() + " failed", String.valueOf(cause.getMessage()));
            return false;
        }
    }

    private void perform(Step step) {
        perform(stage, step);
    }

    private static long perform(Stage stage, Step step) {
        Timeline timeline = stage.cell().timeline();
        timeline.note("step", "", "begin " + step.name(), step.verb());
        long at = step.action().play(stage, step.name());
        stage.tookEffect(step.name(), at);
        timeline.noteAt(at, "step", "", step.name(), "line " + step.line());
        return at;
    }

    /** The steps of a {@code together}, each on a thread of its own. */
    static Action together(List<Step> steps) {
        return (stage, name) ->
                Together.all(steps.stream()
                                .<Supplier<Long>>map(step -> () -> perform(stage, step))
                                .toList())
                        .stream()
                        .mapToLong(Long::longValue)
                        .min()
                        .orElseGet(System::nanoTime);
    }

    private static void sleepUntil(long nanos) {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            PowerVerbs.sleep(Duration.ofNanos(left));
        }
    }
}
