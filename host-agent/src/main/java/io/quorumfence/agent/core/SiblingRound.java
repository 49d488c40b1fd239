package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which siblings were asked for their shell since the claimer's own reached nobody; one is asked at a time. */
final class SiblingRound {
    /** Since the own shell has found only silence, until somebody knows more or nobody is left. */
    private boolean on;

    @Nullable
    HostId asked;

    long attempt;
    long echo;
    long repeatedNs;
    /** The sibling has said that it is at work. */
    boolean heard;

    final Set<HostId> tried = new HashSet<>();
    /** Until then a shell that was asked for may be at work, whatever became of its answer. */
    long openUntilNs = Timing.NEVER;
    /** The same without the question that is out now: of those before whose answers were lost. */
    long earlierUntilNs = Timing.NEVER;

    SiblingRound copy() {
        SiblingRound twin = new SiblingRound();
        twin.on = on;
        twin.asked = asked;
        twin.attempt = attempt;
        twin.echo = echo;
        twin.repeatedNs = repeatedNs;
        twin.heard = heard;
        twin.tried.addAll(tried);
        twin.openUntilNs = openUntilNs;
        twin.earlierUntilNs = earlierUntilNs;
        return twin;
    }

    boolean isOn() {
        return on;
    }

    boolean mayRun(long nowNs) {
        return nowNs < openUntilNs;
    }

    void begin() {
        on = true;
        asked = null;
        tried.clear();
    }

    void end() {
        on = false;
        asked = null;
    }
}
