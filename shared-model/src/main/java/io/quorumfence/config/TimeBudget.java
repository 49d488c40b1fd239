package io.quorumfence.config;

import java.time.Duration;

/**
 * How long a failover of a host takes when nothing answers.
 *
 * @param takeover T_takeover of the deadlines in force
 * @param published the profile's promise, power loss to ALLOW
 * @param inForce the promise that holds: the published one, or a longer one when the deadlines ask for it
 */
public record TimeBudget(Duration takeover, Duration published, Duration inForce) {

    /** Allowed, and said aloud: whoever relies on the profile's number must know. */
    public boolean isLonger() {
        return inForce.compareTo(published) > 0;
    }
}
