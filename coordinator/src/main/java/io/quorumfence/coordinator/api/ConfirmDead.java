package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.agents.ConfirmAnswer;
import io.quorumfence.coordinator.agents.OperatorSays;
import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.model.HostId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes an operator's word on to the agents that suspect the host. Refuses by itself what any answering agent
 * contradicts; whether the word leads to a proof is decided by the agents, and shown by the record.
 */
final class ConfirmDead {
    private static final Logger LOG = LoggerFactory.getLogger("io.quorumfence.decisions");
    private static final Set<String> KNOWN = Set.of("host", "by", "why", "counter", "bootId", "overrideStorm");
    private static final int BY_MAX = 40;
    private static final int WHY_MAX = 120;

    private ConfirmDead() {}

    static void tell(RoutingContext request, GateLoop gate, OneHost one, byte[] bytes) {
        OperatorSays word;
        try {
            word = word(one.host(), new JsonObject(Buffer.buffer(bytes)));
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return;
        } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
            Reply.badRequest("the body must be {\"host\": its name once more, \"counter\" and \"bootId\" of the life,"
                            + " \"by\", \"why\"}")
                    .send(request);
            return;
        }
        Optional<Reply> no = contradicted(word, one.view());
        if (no.isPresent()) {
            LOG.warn("{} refused: {}", prefix(word), no.get().body().getString("detail"));
            no.get().send(request);
            return;
        }
        List<HostId> agents = one.view().hosts().stream()
                .filter(host ->
                        !host.equals(word.host()) && one.view().answering(host).isPresent())
                .toList();
        LOG.warn("{} life={} overrideStorm={}: {}", prefix(word), word.counter(), word.overridesStorm(), word.why());
        gate.confirmDead(one.view().state().cell(), agents, word)
                .onSuccess(answers -> {
                    Reply reply = form(word, answers);
                    LOG.warn(
                            "{} {}: {}",
                            prefix(word),
                            reply.status(),
                            reply.body().encode());
                    reply.send(request);
                })
                .onFailure(request::fail);
    }

    private static String prefix(OperatorSays word) {
        return "[confirm-dead suspect=" + word.host() + " by=\"" + word.by() + "\"]";
    }

    private static OperatorSays word(HostId host, JsonObject body) throws BadBody {
        if (!KNOWN.containsAll(body.fieldNames())) {
            throw new BadBody("known fields are "
                    + String.join(", ", KNOWN.stream().sorted().toList()));
        }
        if (!OneHost.text(body, "host").equals(host.value())) {
            throw new BadBody("field 'host' must repeat the host's name, " + host);
        }
        String by = OneHost.text(body, "by");
        String why = OneHost.text(body, "why");
        if (by.length() > BY_MAX || why.length() > WHY_MAX) {
            throw new BadBody(
                    "by has at most " + BY_MAX + " characters and why " + WHY_MAX + ": both stand in the cell record");
        }
        Long counter = body.getLong("counter");
        if (counter == null || counter < 1) {
            throw new BadBody("field 'counter' must be the life that is meant, as GET /v1/hosts/" + host + " shows it");
        }
        boolean override = Boolean.TRUE.equals(body.getBoolean("overrideStorm"));
        return new OperatorSays(host, counter, UUID.fromString(OneHost.text(body, "bootId")), by, why, override);
    }

    /** What the coordinator sees itself; the agents look again, each for itself. */
    private static Optional<Reply> contradicted(OperatorSays word, CellView view) {
        HostId host = word.host();
        if (!view.hasAgents()) {
            return no("no-agents", "no agent of the cell answers; nobody can take the word", true);
        }
        if (view.answering(host).isPresent()) {
            return no("host-seen", "the agent of host " + host + " answers: it is not dead", false);
        }
        Optional<RecordHost> life = view.record().flatMap(record -> record.host(host));
        if (life.isEmpty()) {
            return no("unknown-host", "the record knows no life of host " + host, false);
        }
        if (life.get().counter() != word.counter()
                || !word.bootId().equals(life.get().bootId())) {
            return no(
                    "stale-incarnation",
                    "the record shows life " + life.get().counter() + " of host " + host + ", the word speaks of life "
                            + word.counter() + "; look again",
                    false);
        }
        if (view.record().flatMap(record -> record.provenOnNewestLife(host)).isPresent()) {
            return no("already-proven", "the end of host " + host + " is proven already", false);
        }
        return view.sightsOf(host).stream()
                .filter(sight -> !sight.view().suspected())
                .findFirst()
                .flatMap(sight -> no("host-seen", seen(sight), false));
    }

    private static String seen(Sight sight) {
        return "host " + sight.observer() + " does not suspect it: a beat changed "
                + ms(sight.view().storageAgeMs()) + ", it was heard "
                + ms(sight.view().networkAgeMs());
    }

    private static String ms(@Nullable Long age) {
        return age == null ? "never" : age + " ms ago";
    }

    private static Optional<Reply> no(String code, String detail, boolean retryable) {
        String title = "The word was not taken; nothing was changed";
        return Optional.of(Reply.problem(retryable ? 503 : 409, code, title, detail, retryable));
    }

    private static Reply form(OperatorSays word, List<ConfirmAnswer> answers) {
        JsonArray taken = new JsonArray();
        JsonArray refused = new JsonArray();
        answers.forEach(answer -> {
            if (answer.isTaken()) {
                taken.add(answer.agent().value());
            } else {
                refused.add(new JsonObject()
                        .put("agent", answer.agent().value())
                        .put("code", answer.code())
                        .put("detail", answer.detail()));
            }
        });
        if (taken.isEmpty()) {
            Optional<ConfirmAnswer> first = answers.stream().findFirst();
            return no(
                            first.map(ConfirmAnswer::code).orElse("no-agents"),
                            first.map(answer -> "host " + answer.agent() + ": " + answer.detail())
                                    .orElse("no agent was there to be told"),
                            false)
                    .orElseThrow();
        }
        return Reply.json(
                202,
                new JsonObject()
                        .put("host", word.host().value())
                        .put("counter", word.counter())
                        .put("takenBy", taken)
                        .put("refusedBy", refused));
    }
}
