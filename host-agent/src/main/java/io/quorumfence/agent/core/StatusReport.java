package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /v1/status} shows: the state in plain maps, lists, strings and numbers. Reads a state that was handed
 * out, on any thread; spans are milliseconds, null where nothing is known.
 */
public final class StatusReport {
    private final AgentState s;
    private final long nowNs;

    private StatusReport(AgentState s, long nowNs) {
        this.s = s;
        this.nowNs = nowNs;
    }

    /** The whole report. */
    public static Map<String, @Nullable Object> of(AgentState state, long nowNs) {
        return new StatusReport(state, nowNs).all();
    }

    private Map<String, @Nullable Object> all() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("v", 1);
        json.put("cell", s.config.cell().value());
        json.put("host", s.self().value());
        json.put("index", s.config.indexOf(s.self()));
        json.put("counter", s.life == null ? 0 : s.life.counter());
        json.put("bootId", s.facts.bootId().toString());
        json.put("phase", s.life == null ? "STARTING" : s.phase.name());
        json.put("nowNs", nowNs);
        json.put("lease", lease());
        json.put("terms", terms(s.terms()));
        json.put("arming", s.arming.state.name());
        json.put("keeper", keeper());
        json.put("selfFence", ReactionReport.of(s, nowNs));
        json.put("storages", storages());
        json.put("hosts", hosts());
        json.put("vms", vms());
        json.put("vmsComplete", s.vmsComplete);
        json.put("record", s.record().map(RecordReport::of).orElse(null));
        json.put("alerts", Alerts.of(s, nowNs));
        return json;
    }

    private Map<String, @Nullable Object> lease() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("live", s.leaseLives(nowNs));
        json.put("remainingMs", s.isJoined() ? ms(s.leaseEndNs() - nowNs) : 0);
        json.put("storageRenewalAgeMs", age(s.lease.storageNs));
        json.put("networkRenewalAgeMs", age(s.lease.networkNs));
        json.put("firstRenewalAgeMs", age(s.lease.firstNs));
        json.put("lengthMs", ms(s.timing.selfNs()));
        json.put("lastBy", lastBy());
        json.put("warnedPercent", EarlyWarning.level(s, nowNs));
        json.put("then", EarlyWarning.then(s));
        return json;
    }

    /** The plane that renewed last; null when none has since the lease began. */
    private @Nullable String lastBy() {
        if (Math.max(s.lease.storageNs, s.lease.networkNs) <= Timing.NEVER / 2) {
            return null;
        }
        return s.lease.storageNs >= s.lease.networkNs ? "storage" : "network";
    }

    static Map<String, @Nullable Object> terms(Terms terms) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("action", word(terms.action()));
        json.put("selfMs", ms(terms.selfNs()));
        json.put("actMs", ms(terms.actNs()));
        json.put("watchdogMs", ms(terms.watchdogNs()));
        json.put("watchdog", word(terms.watchdog()));
        json.put("armed", terms.armed());
        json.put("suspectMs", ms(terms.suspectNs()));
        return json;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Map<String, @Nullable Object> keeper() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("alive", s.keeperFeeding);
        json.put("watchdogOpen", s.keeperFeeding);
        json.put("watchdog", watchdog());
        boolean bounded = s.isJoined() && s.arming.bounded();
        json.put("expiryInMs", bounded ? ms(s.leaseEndNs() + s.timing.actNs() - nowNs) : null);
        json.put("latched", s.phase == io.quorumfence.model.HostPhase.LATCHED);
        return json;
    }

    private Map<String, @Nullable Object> watchdog() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("identity", s.watchdog.identity());
        json.put("askedMs", s.watchdog.askedMs());
        json.put("timeoutMs", ms(s.keeperWatchdogNs));
        json.put("nowayout", s.watchdog.nowayout());
        json.put("lastResetByWatchdog", s.watchdog.lastResetByWatchdog());
        json.put("trouble", s.watchdog.trouble());
        return json;
    }

    private List<Map<String, @Nullable Object>> storages() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Lane lane : s.lanes.values()) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            boolean stuck = lane.busy && nowNs - lane.opStartedNs > s.timing.beatNs();
            json.put("id", lane.id.value());
            json.put("state", !lane.open ? "shut" : stuck ? "busy" : lane.detail.isEmpty() ? "ok" : "failed");
            json.put("lastOkAgeMs", age(lane.okEndNs));
            json.put("lastLatencyMs", ms(lane.latencyNs));
            json.put("busyForMs", lane.busy ? ms(nowNs - lane.opStartedNs) : 0);
            json.put("detail", lane.detail);
            list.add(json);
        }
        return list;
    }

    private List<Map<String, @Nullable Object>> hosts() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (HostId host : s.config.hosts()) {
            list.add(host.equals(s.self()) ? self() : other(host));
        }
        return list;
    }

    private Map<String, @Nullable Object> self() {
        Map<String, @Nullable Object> json = identity(s.self(), Optional.ofNullable(s.life));
        json.put("phase", s.life == null ? "STARTING" : s.phase.name());
        json.put("self", true);
        json.put("storageAgeMs", age(s.lease.storageNs));
        json.put("networkAgeMs", age(s.lease.networkNs));
        json.put("suspected", false);
        json.put("terms", terms(s.terms()));
        json.put("vms", s.vmList.vms().stream().map(Object::toString).toList());
        json.put("vmsComplete", s.vmsComplete);
        return json;
    }

    private Map<String, @Nullable Object> identity(HostId host, Optional<Incarnation> life) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("host", host.value());
        json.put("index", s.config.indexOf(host));
        json.put("counter", life.map(Incarnation::counter).orElse(0L));
        json.put("bootId", life.map(l -> l.bootId().toString()).orElse(null));
        return json;
    }

    private Map<String, @Nullable Object> other(HostId host) {
        Optional<Incarnation> life = s.record().flatMap(r -> r.host(host)).map(HostEntry::incarnation);
        Optional<Beat> beat = GrantRules.newestBeat(s, host);
        Map<String, @Nullable Object> json = identity(host, life);
        json.put("phase", beat.map(b -> b.phase().name()).orElse(null));
        json.put("self", false);
        json.put("storageAgeMs", life.map(l -> seenAge(host, l)).orElse(null));
        PeerView peer = s.peers.get(host);
        json.put("networkAgeMs", peer == null ? null : age(peer.lastSeenNs()));
        json.put("planes", planes(peer));
        Long since = s.suspectedNs.get(host);
        json.put("suspected", since != null);
        json.put("suspectedForMs", since == null ? 0 : ms(nowNs - since));
        json.put("suspectAfterMs", ms(Suspicion.suspectNs(s, host)));
        json.put("terms", beat.map(b -> terms(b.terms())).orElse(null));
        json.put("timeRung", life.map(l -> timeRung(host, l)).orElse(null));
        json.put("ssh", Ladder.hasSsh(s, host));
        json.put("power", s.config.ladder().of(host).powered());
        json.put("obeyed", beat.flatMap(Beat::obeyed).map(FenceToken::value).orElse(null));
        json.put("beatCounter", beat.map(b -> b.incarnation().counter()).orElse(0L));
        json.put(
                "beatBootId", beat.map(b -> b.incarnation().bootId().toString()).orElse(null));
        json.put(
                "vms",
                beat.map(b -> b.vms().vms().stream().map(Object::toString).toList())
                        .orElse(List.of()));
        json.put("vmsComplete", beat.map(b -> b.vms().complete()).orElse(false));
        json.put("work", work(host));
        json.put("lastRefusal", s.lastRefusal.get(host));
        return json;
    }

    private @Nullable Object seenAge(HostId host, Incarnation life) {
        long newest = Timing.NEVER;
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            newest = Math.max(newest, sighting == null ? Timing.NEVER : sighting.seenNs(life));
        }
        return age(newest);
    }

    private Map<String, @Nullable Object> planes(@Nullable PeerView peer) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        s.config.planes().forEach(plane -> json.put(plane.value(), peer == null ? null : age(peer.seenNs.on(plane))));
        return json;
    }

    private Map<String, @Nullable Object> timeRung(HostId host, Incarnation life) {
        FenceWork work = s.works.get(host);
        TimeProof.Judgement judged = work != null && work.stage.ordinal() >= FenceWork.Stage.CLIMBING.ordinal()
                ? TimeProof.judge(s, work, nowNs)
                : TimeProof.outlook(s, host, life);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("possible", judged.possible());
        json.put("reason", judged.reason());
        json.put("opensInMs", judged.possible() ? Math.max(0, ms(judged.opensNs() - nowNs)) : null);
        return json;
    }

    private @Nullable Map<String, @Nullable Object> work(HostId host) {
        FenceWork work = s.works.get(host);
        if (work == null) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("stage", word(work.stage));
        json.put("sinceMs", ms(nowNs - work.sinceNs));
        json.put("token", work.token == null ? 0 : work.token.value());
        json.put(
                "promises",
                work.promises.keySet().stream().map(HostId::value).sorted().toList());
        json.put("ssh", work.sshVerdict == null ? null : work.sshVerdict.name());
        json.put("power", work.power.detail);
        json.put("detail", work.detail);
        return json;
    }

    private List<Map<String, @Nullable Object>> vms() {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        s.vms.forEach(vm -> {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("vm", vm.vm().toString());
            json.put("name", vm.name());
            json.put("pid", vm.pid());
            json.put("state", vm.state());
            list.add(json);
        });
        return list;
    }

    private @Nullable Object age(long sinceNs) {
        return sinceNs <= Timing.NEVER / 2 ? null : ms(nowNs - sinceNs);
    }

    private static long ms(long ns) {
        return ns / Timing.MILLI;
    }
}
