package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.AgentReport.Silent;
import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.AgentTrack;
import io.quorumfence.coordinator.core.CellHealth;
import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.core.LostVms;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.HostTerms;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.coordinator.render.VerdictJson;
import io.quorumfence.model.HostId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts with their evidence: what each says of itself, who sees it, and what the record holds. Pure. */
final class HostsJson {
    private static final long NS_PER_MS = 1_000_000;

    private HostsJson() {}

    static JsonObject cell(CellView view) {
        CellHealth health = CellHealth.of(view);
        JsonObject json = new JsonObject()
                .put("cell", view.state().cell().value())
                .put("verdict", health.level().name().toLowerCase(Locale.ROOT))
                .put("problems", new JsonArray(health.problems()))
                .put("recordVersion", view.record().map(RecordView::version).orElse(null));
        JsonArray hosts = new JsonArray();
        view.hosts().forEach(host -> hosts.add(summary(host, view)));
        return json.put("hosts", hosts)
                .put("claims", list(view, RecordView::claims, HostsJson::claim))
                .put("permits", list(view, RecordView::permits, VerdictJson::permit));
    }

    /** One host in full. */
    static JsonObject host(HostId host, CellView view) {
        LostVms lost = LostVms.of(host, view);
        return summary(host, view)
                .put("cell", view.state().cell().value())
                .put("life", life(host, view))
                .put(
                        "lost",
                        new JsonObject()
                                .put("code", lost.code())
                                .put("detail", lost.text())
                                .put(
                                        "vms",
                                        new JsonArray(lost.vms().stream()
                                                .map(Object::toString)
                                                .toList())))
                .put("own", view.recent(host).map(HostsJson::own).orElse(null))
                .put("claims", list(view, record -> claimsOn(record, host), HostsJson::claim))
                .put(
                        "permits",
                        list(
                                view,
                                record -> record.permits().stream()
                                        .filter(permit -> permit.destination().equals(host)
                                                || permit.lastHost().equals(host))
                                        .toList(),
                                VerdictJson::permit));
    }

    /** The newest life in the record: what an operator's word would be about. */
    private static @Nullable JsonObject life(HostId host, CellView view) {
        return view.record()
                .flatMap(record -> record.host(host))
                .map(entry -> new JsonObject()
                        .put("counter", entry.counter())
                        .put(
                                "bootId",
                                entry.bootId() == null ? null : entry.bootId().toString())
                        .put("gone", entry.gone()))
                .orElse(null);
    }

    private static JsonObject summary(HostId host, CellView view) {
        Optional<AgentStatus> own = view.recent(host);
        JsonObject json = new JsonObject().put("host", host.value()).put("state", state(host, view));
        agent(json, host, view);
        JsonArray seenBy = new JsonArray();
        view.sightsOf(host).forEach(sight -> seenBy.add(sight(sight, view)));
        return json.put("phase", own.map(status -> status.phase().name()).orElse(null))
                .put("counter", own.map(AgentStatus::counter).orElse(null))
                .put("leaseLive", own.map(status -> status.lease().live()).orElse(null))
                .put(
                        "leaseRemainingMs",
                        own.map(status -> status.lease().remainingMs()).orElse(null))
                .put("leaseRenewedBy", own.map(HostsJson::renewedBy).orElse(null))
                .put("vms", own.map(HostsJson::vms).orElse(null))
                .put("vmsComplete", own.map(status -> status.own().complete()).orElse(null))
                .put("seenBy", seenBy);
    }

    /** The plane that renewed the lease last. */
    private static @Nullable String renewedBy(AgentStatus status) {
        Long storage = status.lease().storageRenewalAgeMs();
        Long network = status.lease().networkRenewalAgeMs();
        if (storage == null || network == null) {
            return storage != null ? "storage" : network != null ? "network" : null;
        }
        return storage <= network ? "storage" : "network";
    }

    /** One word for people; what is behind it stands beside it. */
    private static String state(HostId host, CellView view) {
        boolean gone = view.record()
                .flatMap(record -> record.host(host))
                .filter(RecordView.RecordHost::gone)
                .isPresent();
        boolean proven =
                view.record().flatMap(record -> record.provenOnNewestLife(host)).isPresent();
        boolean claimed = view.record()
                .filter(record -> !record.openClaims(host).isEmpty())
                .isPresent();
        if (gone || proven) {
            return "proven-gone";
        }
        if (claimed) {
            return "claimed";
        }
        if (view.sightsOf(host).stream().anyMatch(sight -> sight.view().suspected())) {
            return "suspected";
        }
        return view.recent(host)
                .map(status -> status.phase().name().toLowerCase(Locale.ROOT))
                .orElse("silent");
    }

    private static void agent(JsonObject json, HostId host, CellView view) {
        AgentReport latest =
                view.state().agents().getOrDefault(host, AgentTrack.UNTRIED).latest();
        if (latest instanceof Answered) {
            json.put("agent", "answers");
        } else if (latest instanceof Silent silent) {
            json.put("agent", "silent").put("agentDetail", silent.why());
        } else if (latest instanceof Unreadable bad) {
            json.put("agent", "unreadable").put("agentDetail", bad.why());
        } else {
            json.put("agent", "untried");
        }
        if (latest != null) {
            json.put("agentAgeMs", (view.nowNs() - latest.endedNs()) / NS_PER_MS);
        }
    }

    private static JsonObject sight(CellView.Sight sight, CellView view) {
        HostView seen = sight.view();
        long sinceMs = (view.nowNs() - sight.answer().endedNs()) / NS_PER_MS;
        JsonObject planes = new JsonObject();
        seen.planes().forEach(plane -> planes.put(plane.plane(), plus(plane.ageMs(), sinceMs)));
        JsonObject json = new JsonObject()
                .put("who", sight.observer().value())
                .put("counter", seen.counter())
                .put("phase", seen.phase() == null ? null : seen.phase().name())
                .put("storageAgeMs", plus(seen.storageAgeMs(), sinceMs))
                .put("networkAgeMs", plus(seen.networkAgeMs(), sinceMs))
                .put("planes", planes)
                .put("suspected", seen.suspected())
                .put("terms", terms(seen.terms()))
                .put(
                        "timeRung",
                        new JsonObject()
                                .put("possible", seen.timeRung().possible())
                                .put("reason", seen.timeRung().reason())
                                .put("opensInMs", seen.timeRung().opensInMs()))
                .put("ssh", seen.hasSsh())
                .put(
                        "vms",
                        new JsonArray(
                                seen.vms().vms().stream().map(Object::toString).toList()))
                .put("vmsComplete", seen.vms().complete());
        if (!seen.lastRefusal().isEmpty()) {
            json.put("lastRefusal", seen.lastRefusal());
        }
        HostView.Work work = seen.work();
        return work == null
                ? json
                : json.put(
                        "work",
                        new JsonObject()
                                .put("stage", work.stage())
                                .put("ssh", work.ssh())
                                .put("promises", VerdictJson.hosts(work.promises()))
                                .put("detail", work.detail()));
    }

    private static @Nullable Long plus(@Nullable Long ageMs, long sinceMs) {
        return ageMs == null ? null : ageMs + sinceMs;
    }

    private static @Nullable JsonObject terms(@Nullable HostTerms terms) {
        return terms == null
                ? null
                : new JsonObject()
                        .put("action", terms.action())
                        .put("selfMs", terms.selfMs())
                        .put("actMs", terms.actMs())
                        .put("watchdogMs", terms.watchdogMs())
                        .put("watchdog", terms.watchdog())
                        .put("armed", terms.armed())
                        .put("suspectMs", terms.suspectMs());
    }

    private static JsonObject own(AgentStatus status) {
        JsonArray storages = new JsonArray();
        status.storages()
                .forEach(lane -> storages.add(new JsonObject()
                        .put("id", lane.id())
                        .put("state", lane.state())
                        .put("lastOkAgeMs", lane.lastOkAgeMs())
                        .put("lastLatencyMs", lane.lastLatencyMs())
                        .put("detail", lane.detail())));
        JsonArray alerts = new JsonArray();
        status.alerts()
                .forEach(alert ->
                        alerts.add(new JsonObject().put("code", alert.code()).put("text", alert.text())));
        return new JsonObject()
                .put("bootId", status.bootId().toString())
                .put("terms", terms(status.terms()))
                .put(
                        "keeper",
                        new JsonObject()
                                .put("alive", status.keeper().alive())
                                .put("watchdogOpen", status.keeper().watchdogOpen())
                                .put("expiryInMs", status.keeper().expiryInMs())
                                .put("latched", status.keeper().latched()))
                .put("storageRenewalAgeMs", status.lease().storageRenewalAgeMs())
                .put("networkRenewalAgeMs", status.lease().networkRenewalAgeMs())
                .put("storages", storages)
                .put("alerts", alerts);
    }

    private static JsonArray vms(AgentStatus status) {
        JsonArray vms = new JsonArray();
        status.own()
                .vms()
                .forEach(vm -> vms.add(new JsonObject()
                        .put("vm", vm.vm().toString())
                        .put("name", vm.name())
                        .put("state", vm.state())));
        return vms;
    }

    private static List<ClaimView> claimsOn(RecordView record, HostId host) {
        return record.claims().stream()
                .filter(claim -> claim.suspect().equals(host))
                .toList();
    }

    private static JsonObject claim(ClaimView claim) {
        return new JsonObject()
                .put("token", claim.token().value())
                .put("suspect", claim.suspect().value())
                .put("counter", claim.counter())
                .put("claimer", claim.claimer() == null ? null : claim.claimer().value())
                .put("stage", claim.stage().name())
                .put("rung", claim.rung())
                .put("level", claim.level())
                .put("evidence", claim.evidence());
    }

    private static <T> JsonArray list(CellView view, Function<RecordView, List<T>> part, Function<T, JsonObject> form) {
        JsonArray array = new JsonArray();
        view.record().map(part).orElse(List.of()).forEach(item -> array.add(form.apply(item)));
        return array;
    }
}
