package io.quorumfence.agent.core;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.model.SelfFenceAction;

/** The configured spans in nanoseconds, converted once. */
record Timing(
        long beatNs,
        long scanNs,
        long suspectNs,
        long selfNs,
        long actNs,
        long watchdogNs,
        long marginNs,
        long flightNs,
        long stormWindowNs,
        long cooldownNs,
        long powerFlightNs) {
    static final long MILLI = 1_000_000L;
    /** "Long before anything": far enough back that ages against it are huge, near enough that they do not overflow. */
    static final long NEVER = Long.MIN_VALUE / 4;

    static Timing of(CellConfig config) {
        Deadlines d = config.deadlines();
        long beat = d.beat().toNanos();
        return new Timing(
                beat,
                beat / 2,
                d.suspect().toNanos(),
                d.self().toNanos(),
                config.action() == SelfFenceAction.REBOOT ? 0 : d.act().toNanos(),
                d.watchdog().toNanos(),
                d.margin().toNanos(),
                slowest(config.flight().toNanos(), config.rhoPpm()),
                config.stormWindow().toNanos(),
                config.action().isDeed() ? slowest(config.reaction().cooldown().toNanos(), config.rhoPpm()) : 0,
                slowest(config.ladder().powerFlight().toNanos(), config.rhoPpm()));
    }

    /** What a clock that runs fast by the allowed rate must show for this span to have passed. */
    private static long slowest(long ns, int rhoPpm) {
        return ns + (ns * rhoPpm + 999_999L) / 1_000_000L;
    }
}
