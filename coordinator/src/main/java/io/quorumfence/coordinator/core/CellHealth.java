package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.model.HostId;
import io.quorumfence.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a cell is, for a person who wants one word first: whether the failover of its next dead host would work.
 *
 * @param problems one line each, the worst first
 */
public record CellHealth(Level level, List<String> problems) {
    /** How an agent's reason begins when nothing but arming is missing. */
    private static final String UNARMED = "unarmed:";

    public CellHealth {
        problems = List.copyOf(problems);
    }

    /** The one word. */
    public enum Level {
        HEALTHY,
        /** Something is wrong, or would be when the next host is lost. */
        DEGRADED,
        /** Nothing could be decided now. */
        CRITICAL
    }

    /** Judges a cell. */
    public static CellHealth of(CellView view) {
        List<String> critical = critical(view);
        List<String> problems = new ArrayList<>(critical);
        view.hosts().forEach(host -> problems.addAll(troubles(host, view)));
        Level level = !critical.isEmpty() ? Level.CRITICAL : problems.isEmpty() ? Level.HEALTHY : Level.DEGRADED;
        return new CellHealth(level, problems);
    }

    private static List<String> critical(CellView view) {
        if (!view.hasAgents()) {
            return List.of("no agent answers the coordinator");
        }
        Optional<RecordView> record = view.record();
        if (record.isEmpty()) {
            return List.of("no agent has read the cell record");
        }
        int counted = (int) record.get().members().stream()
                .filter(host ->
                        record.get().host(host).filter(entry -> entry.gone()).isEmpty())
                .count();
        long fit = view.hosts().stream()
                .filter(host -> view.recent(host).filter(AgentStatus::isFit).isPresent())
                .count();
        return counted > 0 && fit < Quorum.blocking(counted)
                ? List.of("only " + fit + " of " + counted + " hosts are fit to decide, " + Quorum.blocking(counted)
                        + " are needed")
                : List.of();
    }

    private static List<String> troubles(HostId host, CellView view) {
        List<String> found = new ArrayList<>();
        Optional<AgentStatus> own = view.recent(host);
        if (own.isEmpty()) {
            found.add("host " + host + ": its agent does not answer: " + view.silence(host));
        } else {
            found.addAll(byItsWord(host, own.get()));
        }
        List<Sight> sights = view.sightsOf(host);
        sights.stream()
                .filter(sight -> sight.view().suspected())
                .findFirst()
                .ifPresent(sight -> found.add("host " + host + ": suspected by " + sight.observer()));
        if (!sights.isEmpty()
                && !isUnarmedForNothing(own, sights)
                && sights.stream().noneMatch(sight -> sight.view().timeRung().possible())) {
            found.add("host " + host + ": time would prove nothing: "
                    + sights.get(0).view().timeRung().reason());
        }
        view.record().stream()
                .flatMap(record -> record.openClaims(host).stream())
                .forEach(claim -> found.add("host " + host + ": claim " + claim.token() + " is " + claim.stage()));
        return found;
    }

    /** A host without a protected VM is unarmed on purpose; it arms before its first one starts. */
    private static boolean isUnarmedForNothing(Optional<AgentStatus> own, List<Sight> sights) {
        return own.filter(status ->
                                status.own().complete() && status.own().vms().isEmpty())
                        .isPresent()
                && sights.stream()
                        .allMatch(sight -> sight.view().timeRung().reason().startsWith(UNARMED));
    }

    private static List<String> byItsWord(HostId host, AgentStatus own) {
        List<String> found = new ArrayList<>();
        if (!own.isFit()) {
            found.add("host " + host + ": " + own.phase() + ", lease "
                    + (own.lease().live() ? "live" : "not live"));
        }
        own.storages().stream()
                .filter(lane -> !lane.state().equals("ok"))
                .forEach(lane -> found.add("host " + host + ": storage " + lane.id() + " is " + lane.state()
                        + (lane.detail().isEmpty() ? "" : " (" + lane.detail() + ")")));
        own.alerts().forEach(alert -> found.add("host " + host + ": " + alert.code() + ": " + alert.text()));
        return found;
    }
}
