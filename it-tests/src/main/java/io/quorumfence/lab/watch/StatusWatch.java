package io.quorumfence.lab.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.ground.Ground;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks every agent for its status a few times a second, each on a thread of its own: one may hang. */
public final class StatusWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Timeline timeline;
    private final List<Sampler> samplers = new ArrayList<>();
    private final List<View> views = new ArrayList<>();
    private final Map<String, JsonNode> latest = new HashMap<>();
    private final Map<String, View> latestView = new HashMap<>();
    private final Set<String> noted = new HashSet<>();

    public StatusWatch(Ground ground, Timeline timeline) {
        this.timeline = timeline;
        for (Ground.Host box : ground.plan().agents() ? ground.hosts() : List.<Ground.Host>of()) {
            AgentApi agent = new AgentApi(ground, box.name());
            samplers.add(new Sampler("status-" + box.name(), PERIOD, () -> look(box.name(), agent)));
        }
    }

    private void look(String host, AgentApi agent) {
        Optional<JsonNode> status = agent.status();
        long nowNs = System.nanoTime();
        synchronized (this) {
            View before = latestView.remove(host);
            latest.remove(host);
            if (status.isPresent()) {
                View view = ViewReader.read(host, status.get(), nowNs);
                latest.put(host, status.get());
                latestView.put(host, view);
                views.add(view);
                compare(before, view);
            } else if (before != null) {
                timeline.noteAt(nowNs, "agent", host, host + "'s agent does not answer", "");
            }
        }
    }

    private void compare(@Nullable View before, View view) {
        String host = view.host();
        if (before == null || !before.phase().equals(view.phase()) || before.counter() != view.counter()) {
            note(view, "agent", host + " is " + view.phase(), "incarnation " + view.counter());
        }
        if (before != null && before.leaseLive() && !view.leaseLive()) {
            note(view, "agent", host + "'s lease ended", "");
        }
        for (Sight sight : view.sights()) {
            boolean was = before != null
                    && before.sights().stream().anyMatch(old -> old.host().equals(sight.host()) && old.suspected());
            if (sight.suspected() && !was) {
                note(view, "suspect", host + " suspects " + sight.host(), ages(sight));
            } else if (!sight.suspected() && was) {
                note(view, "suspect", host + " no longer suspects " + sight.host(), ages(sight));
            }
        }
        for (ClaimSeen claim : view.claims()) {
            String event = "claim " + claim.token() + " on " + claim.suspect() + " is " + claim.stage();
            once(view, "claim", event, "by " + claim.claimer() + (claim.isProven() ? ", rung " + claim.rung() : ""));
        }
        view.permits()
                .forEach(permit -> once(
                        view,
                        "claim",
                        "permit for " + permit.destination() + " is " + permit.stage(),
                        permit.id() + ", rung " + permit.rung()));
        for (String code : view.alerts()) {
            boolean was = before != null && before.alerts().contains(code);
            if (!was) {
                note(view, "alert", host + " raises " + code, "");
            }
        }
    }

    private static String ages(Sight sight) {
        return "storage age " + sight.storageAgeMs() + " ms, network age " + sight.networkAgeMs() + " ms";
    }

    private void note(View view, String kind, String event, String detail) {
        timeline.noteAt(view.atNs(), kind, view.host(), event, detail);
    }

    /** What the record shows is seen by every host; it is told once. */
    private void once(View view, String kind, String event, String detail) {
        if (noted.add(event + detail)) {
            timeline.noteAt(view.atNs(), kind, "", event, detail + " (seen at " + view.host() + ")");
        }
    }

    /** The agent's last answer; empty while it does not answer. */
    public synchronized Optional<JsonNode> status(String host) {
        return Optional.ofNullable(latest.get(host));
    }

    public synchronized Optional<View> view(String host) {
        return Optional.ofNullable(latestView.get(host));
    }

    /** All views so far, by time of arrival. */
    public synchronized List<View> views() {
        return List.copyOf(views);
    }

    /** The newest cell record that anybody showed. */
    public synchronized Optional<View> newestRecord() {
        View best = null;
        for (View view : views) {
            if (best == null || view.recordVersion() >= best.recordVersion()) {
                best = view;
            }
        }
        return Optional.ofNullable(best);
    }

    @Override
    public void close() {
        samplers.forEach(Sampler::close);
    }
}
