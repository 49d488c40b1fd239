package io.quorumfence.config;

import java.time.Duration;

/** The published presets. */
public enum Profile {
    FAST(new Deadlines(ms(500), ms(2000), ms(6000), ms(1000), ms(2000), ms(3000)), ms(15_000)),
    NORMAL(new Deadlines(ms(1000), ms(3000), ms(10_000), ms(3000), ms(5000), ms(5000)), ms(30_000)),
    PATIENT(new Deadlines(ms(2000), ms(6000), ms(25_000), ms(8000), ms(10_000), ms(10_000)), ms(65_000));

    private final Deadlines deadlines;
    private final Duration budget;

    Profile(Deadlines deadlines, Duration budget) {
        this.deadlines = deadlines;
        this.budget = budget;
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    public Deadlines deadlines() {
        return deadlines;
    }

    /** Published time from power loss to ALLOW when nothing answers. */
    public Duration budget() {
        return budget;
    }
}
