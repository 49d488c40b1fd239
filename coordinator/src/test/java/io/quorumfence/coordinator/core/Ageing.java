package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.HostView;
import org.jspecify.annotations.Nullable;

/** Lets the ages of a view grow, as they do when nothing new is seen. */
final class Ageing {
    private Ageing() {}

    static HostView by(HostView view, long ms) {
        Long opens = view.timeRung().opensInMs();
        HostView.RungView time = new HostView.RungView(
                view.timeRung().possible(), view.timeRung().reason(), opens == null ? null : Math.max(0, opens - ms));
        return new HostView(
                view.host(),
                view.counter(),
                view.bootId(),
                view.phase(),
                view.self(),
                plus(view.storageAgeMs(), ms),
                plus(view.networkAgeMs(), ms),
                view.planes().stream()
                        .map(plane -> new HostView.PlaneAge(plane.plane(), plus(plane.ageMs(), ms)))
                        .toList(),
                view.suspected(),
                view.suspectedForMs(),
                view.terms(),
                time,
                view.hasSsh(),
                view.vms(),
                view.suspectAfterMs(),
                view.work(),
                view.lastRefusal());
    }

    private static @Nullable Long plus(@Nullable Long ageMs, long ms) {
        return ageMs == null ? null : ageMs + ms;
    }
}
