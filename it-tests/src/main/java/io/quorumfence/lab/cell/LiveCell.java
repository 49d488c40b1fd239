package io.quorumfence.lab.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.check.Evidence;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.Durations;
import io.quorumfence.lab.ground.Ground;
import io.quorumfence.lab.ground.Lab;
import io.quorumfence.lab.ground.LabBoot;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.watch.BoxWatch;
import io.quorumfence.lab.watch.DiskWatch;
import io.quorumfence.lab.watch.ProcessWatch;
import io.quorumfence.lab.watch.StatusWatch;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A booted cell with its observers and a caller of the gate. Closing it takes everything down. */
public final class LiveCell implements AutoCloseable {
    private static final Duration JOIN = Duration.ofSeconds(120);
    private static final Duration GUEST_BOOT = Duration.ofSeconds(60);

    private final Ground ground;
    private final Timeline timeline;
    private final DiskWatch disks;
    private final ProcessWatch processes;
    private final StatusWatch agents;
    private final BoxWatch boxes;
    private final GateCaller gate;
    private final Set<String> ignored = new HashSet<>();

    private LiveCell(Ground ground, Timeline timeline) {
        this.ground = ground;
        this.timeline = timeline;
        this.disks = new DiskWatch(ground, timeline);
        this.processes = new ProcessWatch(ground, timeline);
        this.agents = new StatusWatch(ground, timeline);
        this.boxes = new BoxWatch(ground, timeline);
        this.gate = new GateCaller(ground, timeline);
    }

    /** Boots the lab and starts watching; agents may still be joining. */
    public static LiveCell boot(LabPlan plan, Checkout checkout, Timeline timeline, Consumer<String> progress) {
        return new LiveCell(new LabBoot(plan, checkout, progress).up(), timeline);
    }

    /** Starts watching a cell on other ground than boxes. */
    public static LiveCell on(Ground ground, Timeline timeline) {
        return new LiveCell(ground, timeline);
    }

    public Ground ground() {
        return ground;
    }

    /** The boxes: only for a cell that was booted in some. */
    public Lab lab() {
        if (ground instanceof Lab lab) {
            return lab;
        }
        throw new IllegalStateException("a cell without boxes: " + ground);
    }

    public LabPlan plan() {
        return ground.plan();
    }

    public Timeline timeline() {
        return timeline;
    }

    public DiskWatch disks() {
        return disks;
    }

    public ProcessWatch processes() {
        return processes;
    }

    public StatusWatch agents() {
        return agents;
    }

    public BoxWatch boxes() {
        return boxes;
    }

    public GateCaller gate() {
        return gate;
    }

    /** Waits until every agent has joined with a live lease and sees every other, and the coordinators answer. */
    public void awaitJoined() {
        if (!plan().agents()) {
            return;
        }
        for (String host : plan().hosts()) {
            await(() -> hasJoined(host), JOIN, host + "'s agent does not join and see the others");
        }
        for (int n = 1; n <= plan().coordinators(); n++) {
            int number = n;
            await(() -> gate.coordinator(number).isUp(), JOIN, "coordinator " + number + " does not answer");
        }
        timeline.note("lab", "", "the cell has joined", plan().hosts() + " see each other");
    }

    private boolean hasJoined(String host) {
        return agents.view(host)
                .filter(view -> view.phase().equals("JOINED") && view.leaseLive())
                .filter(view -> plan().hosts().stream()
                        .filter(other -> !other.equals(host))
                        .allMatch(other -> view.sights().stream().anyMatch(sight -> sees(sight, other))))
                .isPresent();
    }

    private boolean sees(Sight sight, String other) {
        long limit = plan().deadlineMs(other, "suspect");
        return sight.host().equals(other)
                && !sight.suspected()
                && isFresh(sight.storageAgeMs(), limit)
                && isFresh(sight.networkAgeMs(), limit);
    }

    private static boolean isFresh(long ageMs, long limitMs) {
        return ageMs >= 0 && ageMs < limitMs;
    }

    /** Starts the scenario's VMs as they are before anything happens, and waits until the whole cell knows of them. */
    public void startFirst(Map<String, String> hostOfVm) {
        hostOfVm.forEach((vm, host) -> gate.start(vm, host, "", false));
        hostOfVm.forEach((vm, host) -> {
            await(() -> disks.isWriting(vm, host), GUEST_BOOT, vm + " does not write on " + host);
            for (String observer : plan().agents() ? plan().hosts() : List.<String>of()) {
                await(() -> knows(observer, vm, host), GUEST_BOOT, observer + " does not learn of " + vm);
            }
        });
        if (plan().agents()) {
            hostOfVm.values().stream().distinct().forEach(this::awaitArmed);
        }
    }

    /** Every host that has a watchdog arms it for its first VM; without one there is nothing to wait for. */
    private void awaitArmed(String host) {
        BooleanSupplier armed = () -> agents.status(host)
                .map(status -> status.path("terms"))
                .filter(terms -> terms.path("armed").asBoolean()
                        || terms.path("watchdog").asText("none").equals("none"))
                .isPresent();
        if (!reached(armed, Duration.ofSeconds(20))) {
            timeline.note("lab", host, host + "'s watchdog is not armed", "going on without");
        }
    }

    private boolean knows(String observer, String vm, String host) {
        String uuid = plan().uuidOf(vm);
        JsonNode status = agents.status(observer).orElse(null);
        if (status == null) {
            return false;
        }
        if (observer.equals(host)) {
            return contains(status.path("vms"), uuid);
        }
        for (JsonNode seen : status.path("hosts")) {
            if (seen.path("host").asText().equals(host)) {
                return contains(seen.path("vms"), uuid);
            }
        }
        return false;
    }

    private static boolean contains(JsonNode vms, String uuid) {
        for (JsonNode vm : vms) {
            if (vm.asText().equals(uuid) || vm.path("vm").asText().equals(uuid)) {
                return true;
            }
        }
        return false;
    }

    /** Waits for a condition and fails with one line when it does not come. */
    public static void await(BooleanSupplier condition, Duration limit, String otherwise) {
        if (!reached(condition, limit)) {
            throw new LabException(otherwise + " (waited " + Durations.show(limit) + ")");
        }
    }

    /** Whether the condition came true within the limit. */
    public static boolean reached(BooleanSupplier condition, Duration limit) {
        long endNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= endNs) {
                return false;
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
        }
        return true;
    }

    /** From now on, and for the judge in all of the run, its host's end is not this VM's. */
    public void ignores(String vm) {
        ignored.add(vm);
    }

    /** Everything that was seen so far, for the judge. */
    public Evidence evidence(long budgetMs) {
        LabPlan plan = plan();
        String first = plan.hosts().get(0);
        Evidence.Terms terms = new Evidence.Terms(
                plan.hostCount(),
                plan.deadlineMs(first, "suspect"),
                plan.deadlineMs(first, "act"),
                plan.deadlineMs(first, "watchdog"),
                stormLimit(plan),
                budgetMs,
                ignored);
        return new Evidence(
                disks.writes(),
                processes.presences(),
                gate.starts(),
                gate.decisions(),
                gate.redemptions(),
                agents.views(),
                terms);
    }

    private static int stormLimit(LabPlan plan) {
        Object set = plan.settings().get("storm") instanceof Map<?, ?> storm ? storm.get("limit") : null;
        int limit = set instanceof Number number ? number.intValue() : 0;
        return limit > 0 ? limit : Math.max(1, plan.hostCount() / 3);
    }

    /** The newest view of the record that any host showed, if one did. */
    public Optional<View> record() {
        return agents.newestRecord();
    }

    /** Stops watching; the lab lives on without this process. */
    public void leaveUp() {
        lab().keep();
        close();
    }

    @Override
    public void close() {
        agents.close();
        boxes.close();
        processes.close();
        disks.close();
        ground.close();
    }
}
