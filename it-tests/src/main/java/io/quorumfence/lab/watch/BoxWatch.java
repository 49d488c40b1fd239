package io.quorumfence.lab.watch;

import io.quorumfence.lab.ground.Ground;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows power and watchdogs of the hosts, and whether their agents run. */
public final class BoxWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final Ground ground;
    private final Timeline timeline;
    private final Map<String, Integer> watchdogLines = new HashMap<>();
    private final Map<String, Boolean> on = new HashMap<>();
    private final Map<String, Boolean> agentRuns = new HashMap<>();
    private final Map<String, Integer> resets = new HashMap<>();
    private final Sampler sampler;

    public BoxWatch(Ground ground, Timeline timeline) {
        this.ground = ground;
        this.timeline = timeline;
        this.sampler = new Sampler("box-watch", PERIOD, this::look);
    }

    private void look() {
        for (Ground.Host box : ground.hosts()) {
            String host = box.name();
            changed(on, host, box.isOn(), host + " is powered", host + " is off");
            changed(agentRuns, host, box.isOn() && box.agentRuns(), host + "'s agent runs", host + "'s agent is gone");
            watchdog(box);
        }
    }

    private void changed(Map<String, Boolean> states, String host, boolean now, String yes, String no) {
        Boolean before = states.put(host, now);
        if (before == null || before != now) {
            timeline.note("box", host, now ? yes : no, "");
        }
    }

    /** Lines are {@code <CLOCK_MONOTONIC ns> text}, which is this timeline's clock. */
    private void watchdog(Ground.Host box) {
        List<String> lines;
        try {
            lines = Files.readAllLines(box.logs().resolve("watchdog.log"));
        } catch (IOException e) {
            return; // nothing was written yet
        }
        int known = watchdogLines.getOrDefault(box.name(), 0);
        for (String line : lines.subList(Math.min(known, lines.size()), lines.size())) {
            String[] parts = line.split(" ", 2);
            if (parts.length == 2) {
                timeline.noteAt(Long.parseLong(parts[0]), "box", box.name(), box.name() + "'s " + parts[1], "");
                if (parts[1].equals("watchdog fired")) {
                    synchronized (this) {
                        resets.merge(box.name(), 1, Integer::sum);
                    }
                }
            }
        }
        watchdogLines.put(box.name(), lines.size());
    }

    /** How often the host's watchdog has fired. */
    public synchronized int resets(String host) {
        return resets.getOrDefault(host, 0);
    }

    @Override
    public void close() {
        sampler.close();
    }
}
