package io.quorumfence.agent.probe.clock;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. */
public final class SetClock implements NanoClock {
    private final AtomicLong now;

    public SetClock(long startNs) {
        now = new AtomicLong(startNs);
    }

    @Override
    public long nowNs() {
        return now.get();
    }

    public void advance(Duration span) {
        now.addAndGet(span.toNanos());
    }
}
