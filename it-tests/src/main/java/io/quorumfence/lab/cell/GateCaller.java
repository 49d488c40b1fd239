package io.quorumfence.lab.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.Redemption;
import io.quorumfence.check.Evidence.Start;
import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.api.Answer;
import io.quorumfence.lab.api.CoordinatorApi;
import io.quorumfence.lab.ground.Durations;
import io.quorumfence.lab.ground.Ground;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stands in for the cloud management software: asks the gate before it starts a VM elsewhere, uses the permit, starts.
 * Any thread; asks run beside each other.
 */
public final class GateCaller {
    private static final Duration BETWEEN_ASKS = Duration.ofMillis(500);

    private final Ground ground;
    private final Timeline timeline;
    private final Map<Integer, CoordinatorApi> coordinators = new HashMap<>();
    private final Map<String, AgentApi> agents = new HashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final List<Redemption> redemptions = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();

    GateCaller(Ground ground, Timeline timeline) {
        this.ground = ground;
        this.timeline = timeline;
        if (!ground.plan().agents()) {
            return;
        }
        for (int n = 1; n <= ground.plan().coordinators(); n++) {
            coordinators.put(n, new CoordinatorApi(ground, n));
        }
        ground.plan().hosts().forEach(host -> agents.put(host, new AgentApi(ground, host)));
    }

    /** Asks until there is a decision (or the wished verdict), and starts the VM if that was allowed and wanted. */
    public Decision ask(Ask ask) {
        CoordinatorApi coordinator = coordinators.get(ask.coordinator());
        if (coordinator == null) {
            throw new LabException("no coordinator " + ask.coordinator() + "; this lab has " + coordinators.size());
        }
        long askedNs = System.nanoTime();
        long endNs = askedNs + ask.limit().toNanos();
        timeline.noteAt(askedNs, "ask", ask.lastHost(), "asked " + ask.name(), words(ask));
        Decision decision = once(coordinator, ask, askedNs);
        while (!isWished(ask, decision) && System.nanoTime() < endNs) {
            pause();
            decision = once(coordinator, ask, askedNs);
        }
        if (decision.verdict().equals("ALLOW") && ask.start()) {
            use(decision);
        }
        return decision;
    }

    private static boolean isWished(Ask ask, Decision decision) {
        boolean final_ =
                decision.verdict().equals("ALLOW") || decision.verdict().equals("REFUSE");
        return ask.until().isEmpty() ? final_ : decision.verdict().equals(ask.until());
    }

    private Decision once(CoordinatorApi coordinator, Ask ask, long askedNs) {
        Answer answer = coordinator.startRequest(new CoordinatorApi.StartRequest(
                ask.requestId(),
                ground.plan().uuidOf(ask.vm()),
                ask.lastHost(),
                ask.destination(),
                ask.siblings(),
                ask.patience()));
        Decision decision = decision(ask, answer, askedNs);
        boolean news;
        synchronized (this) {
            Decision before = decisions.stream()
                    .filter(d -> d.name().equals(ask.name()))
                    .reduce((first, second) -> second)
                    .orElse(null);
            news = before == null
                    || !before.verdict().equals(decision.verdict())
                    || !before.reason().equals(decision.reason());
            if (news) {
                decisions.add(decision);
            }
        }
        if (news) {
            timeline.noteAt(
                    decision.answeredNs(),
                    "answer",
                    ask.lastHost(),
                    "answered " + ask.name() + " " + decision.verdict(),
                    decision.reason() + ": " + decision.text());
        }
        return decision;
    }

    private static Decision decision(Ask ask, Answer answer, long askedNs) {
        JsonNode body = answer.body();
        String verdict = switch (answer.status()) {
            case 200, 201 -> body.path("verdict").asText("ALLOW");
            case 202 -> "PENDING";
            case 409 -> "REFUSE";
            default -> "no answer (" + answer.status() + ")";
        };
        String reason = body.path("reason").asText(body.path("code").asText(""));
        return new Decision(
                ask.name(),
                ask.vm(),
                ask.lastHost(),
                ask.destination(),
                verdict,
                reason,
                body.path("evidence").size(),
                text(body),
                body.path("permit").path("id").asText(""),
                askedNs,
                answer.receivedNs());
    }

    /** What a person would read of the answer: its detail, its evidence, what would change it. */
    private static String text(JsonNode body) {
        List<String> parts = new ArrayList<>();
        for (String field : List.of("detail", "awaiting", "wouldChange")) {
            if (!body.path(field).asText("").isEmpty()) {
                parts.add(body.path(field).asText());
            }
        }
        body.path("evidence").forEach(item -> parts.add(observation(item)));
        return String.join("; ", parts);
    }

    /** {@code h2 of h1: last saw a sign of it (1200 ms ago)}. */
    private static String observation(JsonNode item) {
        if (!item.has("saw")) {
            return item.isTextual() ? item.asText() : item.toString();
        }
        String age = item.has("ageMs") ? " (" + item.path("ageMs").asLong() + " ms ago)" : "";
        return item.path("who").asText() + " of " + item.path("host").asText() + ": "
                + item.path("saw").asText() + age;
    }

    /** Redeems the permit on its destination and starts the VM there. */
    public void use(Decision allowed) {
        String host = allowed.destination();
        AgentApi agent = agents.get(host);
        if (agent == null) {
            throw new LabException("the permit is for '" + host + "', which is no host of this lab");
        }
        Answer answer = agent.redeem(allowed.permit(), ground.plan().uuidOf(allowed.vm()));
        boolean accepted = answer.status() == 200;
        synchronized (this) {
            redemptions.add(new Redemption(allowed.permit(), host, answer.receivedNs(), accepted));
        }
        timeline.noteAt(
                answer.receivedNs(),
                "answer",
                host,
                host + (accepted ? " redeemed the permit" : " refused to redeem the permit"),
                accepted ? allowed.permit() : answer.status() + " " + answer.text("detail"));
        if (!accepted) {
            throw new LabException("the permit for " + allowed.vm() + " was not redeemed on " + host + ": "
                    + answer.status() + " " + answer.text("detail"));
        }
        start(allowed.vm(), host, allowed.permit(), false);
    }

    /** Starts a VM without asking anybody. */
    public void start(String vm, String host, String permit, boolean raw) {
        synchronized (this) {
            starts.add(new Start(vm, host, System.nanoTime(), permit, raw));
        }
        timeline.note("vm", host, host + " is told to start " + vm, permit.isEmpty() ? "no permit" : permit);
        ground.startVm(vm, host);
    }

    /** Somebody started a VM and asked nobody. */
    public synchronized void noteStart(String vm, String host, long atNs) {
        starts.add(new Start(vm, host, atNs, "", true));
    }

    public CoordinatorApi coordinator(int number) {
        CoordinatorApi found = coordinators.get(number);
        if (found == null) {
            throw new LabException("no coordinator " + number);
        }
        return found;
    }

    public synchronized List<Decision> decisions() {
        return List.copyOf(decisions);
    }

    public synchronized List<Redemption> redemptions() {
        return List.copyOf(redemptions);
    }

    public synchronized List<Start> starts() {
        return List.copyOf(starts);
    }

    private static String words(Ask ask) {
        return "may " + ask.vm() + " (last on " + ask.lastHost() + ") start on " + ask.destination() + "? wait "
                + Durations.show(ask.patience());
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_ASKS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while asking the gate", e);
        }
    }
}
