package io.quorumfence.config;

import java.time.Duration;

/**
 * The spans that must fit each other (safety.md, profiles).
 *
 * @param beat h, time between two rounds
 * @param suspect T_suspect, silence on both planes before a host is suspected
 * @param self T_self, length of the lease
 * @param act T_act, time the self-fence action may take before the watchdog ends it
 * @param watchdog T_wd, the watchdog's timeout
 * @param margin reset time plus flight time of I/O already handed to the fabric
 */
public record Deadlines(
        Duration beat, Duration suspect, Duration self, Duration act, Duration watchdog, Duration margin) {}
