package io.quorumfence.agent.core;

import io.quorumfence.model.PlaneId;
import java.util.HashMap;
import java.util.Map;

/** When something was last noted on each plane. The newest of them is kept, for every step asks it of every peer. */
final class PlaneTimes {
    private final Map<PlaneId, long[]> byPlane = new HashMap<>();
    private long newest = Timing.NEVER;

    /** Times never go back: {@code nowNs} is the newest of all planes. */
    void note(PlaneId plane, long nowNs) {
        byPlane.computeIfAbsent(plane, first -> new long[1])[0] = nowNs;
        newest = Math.max(newest, nowNs);
    }

    void clear() {
        byPlane.clear();
        newest = Timing.NEVER;
    }

    /** On one plane, {@link Timing#NEVER} if never. */
    long on(PlaneId plane) {
        long[] at = byPlane.get(plane);
        return at == null ? Timing.NEVER : at[0];
    }

    /** On any plane, {@link Timing#NEVER} if never. */
    long newest() {
        return newest;
    }

    void copy(PlaneTimes from) {
        from.byPlane.forEach((plane, at) -> byPlane.put(plane, at.clone()));
        newest = from.newest;
    }
}
