package io.quorumfence.config;

import java.time.Duration;

/**
 * Whether a host's self-fence is in force at all, and how soon again.
 *
 * @param on the reaction's one switch
 * @param shadow everything is computed and published, nothing is done or promised
 * @param cooldown shortest time between two actions, over a reboot too; zero for none
 */
public record Reaction(boolean on, boolean shadow, Duration cooldown) {
    /** In force, without a cooldown. */
    public static final Reaction PLAIN = new Reaction(true, false, Duration.ZERO);
}
