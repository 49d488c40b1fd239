package io.quorumfence.lab.watch;

import io.quorumfence.check.Evidence.Presence;
import io.quorumfence.lab.ground.Ground;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks every 100 ms which hosts hold a process that can write a VM's disk. A process counts until its number has left
 * the host: a zombie whose threads sit in D state can still write. One that takes in a migration counts once its source
 * has none: until then its guest does not run.
 */
public final class ProcessWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final Ground ground;
    private final Timeline timeline;
    /** Which VM a process is of; it keeps that until it is gone, also when it has become a zombie without words. */
    private final Map<String, String> known = new HashMap<>();

    /** Processes that take in a VM and whose source was there at every look so far. */
    private final Set<String> arriving = new HashSet<>();

    private final Map<String, Presence> current = new HashMap<>();
    private final List<Presence> ended = new ArrayList<>();
    private final Sampler sampler;

    public ProcessWatch(Ground ground, Timeline timeline) {
        this.ground = ground;
        this.timeline = timeline;
        this.sampler = new Sampler("process-watch", PERIOD, this::look);
    }

    private void look() {
        for (Ground.Host box : ground.hosts()) {
            long nowNs = System.nanoTime();
            Set<String> present = new HashSet<>();
            Set<String> seen = new HashSet<>();
            for (long pid : box.processes()) {
                String key = box.name() + "/" + pid;
                seen.add(key);
                // Only a yes is kept: a child between fork and exec is not yet what it will be.
                String vm = known.computeIfAbsent(key, k -> vmOf(k, pid));
                if (vm != null && !isArriving(key, vm, box.name())) {
                    present.add(vm);
                }
            }
            known.keySet().removeIf(key -> key.startsWith(box.name() + "/") && !seen.contains(key));
            arriving.retainAll(known.keySet());
            record(box.name(), present, nowNs);
        }
    }

    private synchronized boolean isArriving(String key, String vm, String host) {
        boolean source =
                current.keySet().stream().anyMatch(at -> at.startsWith(vm + "/") && !at.equals(vm + "/" + host));
        return arriving.contains(key) && (source || !arriving.remove(key));
    }

    private @Nullable String vmOf(String key, long pid) {
        String line = commandLine(pid);
        if (line == null || !line.contains(ground.vmProgram()) || !line.contains("-uuid")) {
            return null;
        }
        if (line.contains(" -incoming ")) {
            arriving.add(key);
        }
        return ground.plan().vms().stream()
                .filter(vm -> line.contains(ground.plan().uuidOf(vm)))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String commandLine(long pid) {
        try {
            byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException e) {
            return null;
        }
    }

    private synchronized void record(String host, Set<String> present, long nowNs) {
        for (String vm : ground.plan().vms()) {
            String key = vm + "/" + host;
            Presence before = current.get(key);
            if (present.contains(vm)) {
                current.put(key, new Presence(vm, host, before == null ? nowNs : before.fromNs(), nowNs));
                if (before == null) {
                    timeline.noteAt(nowNs, "vm", host, host + " has a process of " + vm, "");
                }
            } else if (before != null) {
                current.remove(key);
                ended.add(before);
                timeline.noteAt(nowNs, "vm", host, host + " has no process of " + vm, "");
            }
        }
    }

    public synchronized boolean isPresent(String vm, String host) {
        return current.containsKey(vm + "/" + host);
    }

    public synchronized List<Presence> presences() {
        List<Presence> all = new ArrayList<>(ended);
        all.addAll(current.values());
        return all;
    }

    @Override
    public void close() {
        sampler.close();
    }
}
