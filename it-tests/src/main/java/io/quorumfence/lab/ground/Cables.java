package io.quorumfence.lab.ground;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cut and heal on the lab's switch. A cut is a silent drop between two ports, in one direction, on one plane; it stays
 * through a power cycle of the box, as a pulled cable does. Any thread.
 */
public final class Cables {
    /** The planes, in the order of their addresses 10.77.1, 10.77.2, 10.77.3. */
    public static final List<String> PLANES = List.of("management", "storage", "third");

    private final Path switchPid;
    private final Set<String> drops = new LinkedHashSet<>();

    Cables(Path switchPid) {
        this.switchPid = switchPid;
    }

    /** Which way the packets of a cut no longer go, seen from the host. */
    public enum Direction {
        BOTH,
        IN,
        OUT
    }

    /** Cuts a host from everybody on a plane, or from the named peers only. */
    public synchronized void cut(String host, String plane, Direction direction, List<String> peers) {
        drops.addAll(rules(host, plane, direction, peers));
        apply();
    }

    /** Takes back every cut of the host on the plane, whoever it was cut from. */
    public synchronized void heal(String host, String plane) {
        String port = '"' + port(host, plane) + '"';
        drops.removeIf(rule -> rule.contains(port));
        apply();
    }

    public synchronized void healAll() {
        drops.clear();
        apply();
    }

    private static List<String> rules(String host, String plane, Direction direction, List<String> peers) {
        String port = port(host, plane);
        List<String> others = peers.isEmpty()
                ? List.of("")
                : peers.stream().map(peer -> port(peer, plane)).toList();
        return others.stream()
                .flatMap(other -> {
                    String out = "iifname \"" + port + "\"" + (other.isEmpty() ? "" : " oifname \"" + other + "\"");
                    String in = (other.isEmpty() ? "" : "iifname \"" + other + "\" ") + "oifname \"" + port + "\"";
                    return switch (direction) {
                        case BOTH -> List.of(out, in).stream();
                        case IN -> List.of(in).stream();
                        case OUT -> List.of(out).stream();
                    };
                })
                .map(match -> match + " drop")
                .toList();
    }

    private static String port(String host, String plane) {
        if (!PLANES.contains(plane)) {
            throw new LabException("no plane '" + plane + "'; there are " + PLANES);
        }
        return host.startsWith("coord") ? "x" + host : "p" + LabPlan.indexOf(host) + plane.charAt(0);
    }

    private void apply() {
        String rules = drops.stream().map(rule -> "    " + rule + "\n").collect(Collectors.joining());
        String table = """
                table bridge qflab {}
                delete table bridge qflab
                table bridge qflab {
                  chain cuts {
                    type filter hook forward priority 0; policy accept;
                %s  }
                }
                """;
        Command.of(Namespaces.network(switchPid), "nft", "-f", "-")
                .input(String.format(table, rules))
                .check("cannot cut a cable of the switch");
    }
}
