package io.quorumfence.config;

import io.quorumfence.model.HostId;
import java.time.Duration;
import java.util.Map;

/**
 * Which rungs are climbed against which host, and when. Rungs whose time has come are raced. The passive ones (reborn,
 * poison pill, time) wait all the while and cost nothing, so they have no place here.
 *
 * @param hosts by suspect; a host without an entry has {@link Rungs#PLAIN}
 * @param powerFlight longest time a power command may still work after the process that gave it has ended
 * @param powerTimeout longest time one call of a host's fence devices may take
 * @param shellTimeout longest time from the decision to send a shell until nothing of it works any more
 */
public record FenceLadder(
        Map<HostId, Rungs> hosts, Duration powerFlight, Duration powerTimeout, Duration shellTimeout) {
    /** Two connection times, eight addresses 200 ms apart, a moment of grace, and the command, by their defaults. */
    public static final Duration SHELL_TIMEOUT = Duration.ofMillis(11_100);

    /** No power anywhere, shells at once. */
    public static final FenceLadder PLAIN = new FenceLadder(Map.of(), Duration.ofSeconds(1), Duration.ofSeconds(8));

    /** Shells within their default time. */
    public FenceLadder(Map<HostId, Rungs> hosts, Duration powerFlight, Duration powerTimeout) {
        this(hosts, powerFlight, powerTimeout, SHELL_TIMEOUT);
    }

    public FenceLadder shelling(Duration timeout) {
        return new FenceLadder(hosts, powerFlight, powerTimeout, timeout);
    }

    public FenceLadder {
        hosts = Map.copyOf(hosts);
    }

    /**
     * When a rung begins and how long it is tried, counted from *execute*.
     *
     * @param atMost zero: as long as the claim is open
     */
    public record Span(Duration after, Duration atMost) {
        public static final Span ALWAYS = new Span(Duration.ZERO, Duration.ZERO);

        public boolean holdsAt(long sinceNs) {
            return sinceNs >= after.toNanos()
                    && (atMost.isZero() || sinceNs < after.plus(atMost).toNanos());
        }
    }

    /** @param powered whether fence devices are configured for the host */
    public record Rungs(boolean powered, Span shell, Span power) {
        public static final Rungs PLAIN = new Rungs(false, Span.ALWAYS, Span.ALWAYS);
    }

    public Rungs of(HostId suspect) {
        return hosts.getOrDefault(suspect, Rungs.PLAIN);
    }
}
