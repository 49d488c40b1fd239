package io.quorumfence.lab.ground;

import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Profile;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a lab is made of. Hosts are h1 to hN. {@code settings} are laid over every host's agent.yaml, {@code
 * hostSettings} over one host's, key by key.
 *
 * @param watchdogAction what the stand-in for the watchdog does to the box when it fires: {@code cycle} or {@code off}
 * @param bootDelay how long a box stays off in a watchdog reset
 * @param agents whether the product runs at all; without it there are only boxes, storages and VMs
 */
public record LabPlan(
        String id,
        int hostCount,
        List<Storage> storages,
        Profile profile,
        Map<String, Object> settings,
        Map<String, Map<String, Object>> hostSettings,
        int coordinators,
        List<String> vms,
        String watchdogAction,
        Duration bootDelay,
        boolean agents) {

    /** A quorum storage: a directory on a shared mount, or a raw block device. */
    public record Storage(String id, Kind kind) {
        /** How the hosts reach it. */
        public enum Kind {
            DIRECTORY,
            BLOCK
        }
    }

    public LabPlan {
        storages = List.copyOf(storages);
        settings = Map.copyOf(settings);
        hostSettings = Map.copyOf(hostSettings);
        vms = List.copyOf(vms);
        if (hostCount < 1 || hostCount > 9) {
            throw new LabException("hosts: " + hostCount + " is not between 1 and 9");
        }
        if (storages.isEmpty() || storages.size() > 5) {
            throw new LabException("storages: " + storages.size() + " is not between 1 and 5");
        }
    }

    /** A cell of the given size with nothing special. */
    public static LabPlan ordinary(String id, int hosts, int storageCount, Profile profile) {
        return new LabPlan(
                id,
                hosts,
                directories(storageCount),
                profile,
                Map.of(),
                Map.of(),
                1,
                List.of("v1"),
                "cycle",
                Duration.ofSeconds(1),
                true);
    }

    public static List<Storage> directories(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(k -> new Storage("s" + k, Storage.Kind.DIRECTORY))
                .toList();
    }

    public List<String> hosts() {
        return IntStream.rangeClosed(1, hostCount).mapToObj(i -> "h" + i).toList();
    }

    /** The number in a host's name; its addresses and its place on a VM's disk follow from it. */
    public static int indexOf(String host) {
        return Integer.parseInt(host.substring(1));
    }

    /** The last group of the address of a lab VM's UUID is its number in the plan. */
    public String uuidOf(String vm) {
        int number = vms.indexOf(vm) + 1;
        if (number == 0) {
            throw new LabException("no VM '" + vm + "' in this lab; it has " + vms);
        }
        return String.format(Locale.ROOT, "5f000000-0000-4000-8000-%012d", number);
    }

    /** The watchdog timeout in force on a host: its own setting, else the cell's, else the profile's. */
    public long watchdogMs(String host) {
        return millis(host, "watchdog", profile.deadlines().watchdog());
    }

    /** The deadlines in force on a host, in milliseconds by their names in agent.yaml. */
    public long deadlineMs(String host, String name) {
        Deadlines of = profile.deadlines();
        return switch (name) {
            case "suspect" -> millis(host, name, of.suspect());
            case "self" -> millis(host, name, of.self());
            case "act" -> millis(host, name, of.act());
            case "watchdog" -> millis(host, name, of.watchdog());
            case "margin" -> millis(host, name, of.margin());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private long millis(String host, String deadline, Duration otherwise) {
        Object own = inside(hostSettings.getOrDefault(host, Map.of()), deadline);
        Object cell = inside(settings, deadline);
        Object value = own != null ? own : cell;
        return value == null
                ? otherwise.toMillis()
                : Durations.parse(value.toString()).toMillis();
    }

    private static @Nullable Object inside(Map<String, Object> settings, String deadline) {
        return settings.get("deadlines") instanceof Map<?, ?> deadlines ? deadlines.get(deadline) : null;
    }
}
