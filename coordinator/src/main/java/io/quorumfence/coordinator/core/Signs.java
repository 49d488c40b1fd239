package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.coordinator.core.status.HostTerms;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Signs of life of a host, as the other agents saw them. All ages are reckoned on the coordinator's own clock. */
final class Signs {
    private static final long NS_PER_MS = 1_000_000;
    private static final long DEFAULT_SUSPECT_MS = 3_000;

    private Signs() {}

    /**
     * Signs of life after the ask. Half a suspicion time is left out: an observer reads once a round, so the last
     * beat of a host that has just lost its power may be seen a round later. A latched life gives no sign (rule 18).
     */
    static List<Evidence> seenSince(long sinceNs, HostId host, List<Sight> sights, CellView view) {
        List<Evidence> found = new ArrayList<>();
        for (Sight sight : sights) {
            if (sight.view().phase() == AgentPhase.LATCHED) {
                continue;
            }
            sign(sight, sight.view().storageAgeMs(), sinceNs, "storage", "saw its beat change", host, view)
                    .ifPresent(found::add);
            List<HostView.PlaneAge> planes = sight.view().planes();
            if (planes.isEmpty()) {
                sign(sight, sight.view().networkAgeMs(), sinceNs, "network", "was acknowledged by it", host, view)
                        .ifPresent(found::add);
            }
            planes.forEach(plane -> sign(
                            sight,
                            plane.ageMs(),
                            sinceNs,
                            "plane " + plane.plane(),
                            "was acknowledged by it",
                            host,
                            view)
                    .ifPresent(found::add));
        }
        return found;
    }

    private static Optional<Evidence> sign(
            Sight sight, @Nullable Long ageMs, long sinceNs, String plane, String saw, HostId host, CellView view) {
        if (ageMs == null || sight.notBeforeNs(ageMs) <= sinceNs) {
            return Optional.empty();
        }
        long nowAgeMs = (view.nowNs() - sight.notBeforeNs(ageMs)) / NS_PER_MS;
        return Optional.of(Evidence.seen(sight.observer(), host, saw, plane, nowAgeMs));
    }

    /** The longest suspicion time that anybody publishes for the host. */
    static long suspectMs(HostId host, CellView view, List<Sight> sights) {
        long published =
                sights.stream().mapToLong(sight -> suspectMs(sight.view())).reduce(0, Math::max);
        long observers = view.hosts().stream()
                .filter(other -> !other.equals(host))
                .flatMap(other -> view.recent(other).stream())
                .map(status -> status.terms())
                .filter(Objects::nonNull)
                .mapToLong(HostTerms::suspectMs)
                .reduce(0, Math::max);
        long known = Math.max(published, observers);
        return known == 0 ? DEFAULT_SUSPECT_MS : known;
    }

    /** When each observer last saw the host. */
    static List<Evidence> lastSeen(HostId host, CellView view) {
        return view.sightsOf(host).stream()
                .map(sight -> {
                    OptionalLong seenNs = sight.lastSeenNs();
                    return seenNs.isPresent()
                            ? new Evidence(
                                    sight.observer().value(),
                                    host,
                                    "last saw a sign of it" + (sight.view().suspected() ? ", suspects it" : ""),
                                    null,
                                    Math.max(0, (view.nowNs() - seenNs.getAsLong()) / NS_PER_MS))
                            : Evidence.of(sight.observer().value(), host, "has never seen it");
                })
                .toList();
    }

    private static long suspectMs(HostView view) {
        Long after = view.suspectAfterMs();
        HostTerms terms = view.terms();
        return Math.max(after == null ? 0 : after, terms == null ? 0 : terms.suspectMs());
    }
}
