package io.quorumfence.lab.scenario;

import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Durations;
import io.quorumfence.lab.ground.LabException;
import java.time.Duration;
import java.util.Map;

/** Waiting: for a condition, that a condition stays, or just for a while. */
final class WaitVerbs {
    private static final Duration ORDINARY = Duration.ofSeconds(30);

    private WaitVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("await", WaitVerbs::await);
        verbs.put("hold", WaitVerbs::hold);
        verbs.put("wait", (value, cast) -> {
            Duration span = value.duration();
            return (stage, step) -> {
                PowerVerbs.sleep(span);
                return System.nanoTime();
            };
        });
    }

    private static Action await(Yaml value, Cast cast) {
        Keys keys = value.keys("await");
        Duration limit = keys.duration("within", ORDINARY);
        Condition condition = Conditions.read(keys, cast, "await");
        keys.end();
        return (stage, step) -> {
            LiveCell.await(() -> condition.holds().test(stage), limit, "not so: " + condition.words());
            return System.nanoTime();
        };
    }

    private static Action hold(Yaml value, Cast cast) {
        Keys keys = value.keys("hold");
        Duration span = keys.need("for").duration();
        Condition condition = Conditions.read(keys, cast, "hold");
        keys.end();
        return (stage, step) -> {
            long beganNs = System.nanoTime();
            if (LiveCell.reached(() -> !condition.holds().test(stage), span)) {
                Duration held = Duration.ofNanos(System.nanoTime() - beganNs);
                throw new LabException("no longer so after " + Durations.show(held) + ": " + condition.words());
            }
            return System.nanoTime();
        };
    }
}
