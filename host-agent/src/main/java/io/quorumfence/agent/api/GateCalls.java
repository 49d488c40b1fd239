package io.quorumfence.agent.api;

import io.quorumfence.model.Exemption;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The gate's calls: what their bodies mean, and how the core's replies read. Pure; any thread. */
final class GateCalls {
    private static final int REASON_MAX = 200;
    private static final int BY_MAX = 64;
    /** Both stand in the record's line of evidence. */
    private static final int CONFIRM_BY_MAX = 40;

    private static final int CONFIRM_WHY_MAX = 120;
    /** So many fit into a body. */
    private static final int GRANTS_MAX = 128;

    private static final long TTL_MAX_MS = 86_400_000;

    private GateCalls() {}

    static RequestObservation absence(ReplyId reply, String vm, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("requestId", "token");
        if (fields.has("requestId")) {
            requestId(fields);
        }
        if (fields.has("token")) {
            fields.number("token", 1, Long.MAX_VALUE);
        }
        return new RequestObservation.AbsenceAsked(reply, vmInPath(vm));
    }

    /** Answered without a quorum: whoever switches the reaction off may have lost it. */
    static RequestObservation reaction(ReplyId reply, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("on", "by");
        return new RequestObservation.ReactionAsked(reply, fields.flag("on"), fields.text("by", BY_MAX));
    }

    static Optional<Answer> reaction(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyReaction done
                ? Optional.of(Answer.ok(new JsonObject()
                        .put("on", done.on())
                        .put("inForce", done.inForce().word())
                        .put("owed", done.owed())))
                : Optional.empty();
    }

    static RequestObservation grant(ReplyId reply, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("requestId", "vm", "lastHost", "destination", "basis", "ttlMs");
        return new RequestObservation.GrantAsked(
                reply,
                requestId(fields),
                fields.vm("vm"),
                fields.host("lastHost"),
                fields.host("destination"),
                basis(fields.object("basis")),
                fields.number("ttlMs", 1, TTL_MAX_MS));
    }

    /** The questions of a batch; one that is malformed is answered by itself. */
    static List<Waiting.Question> grants(JsonObject body) throws MalformedJson {
        List<JsonObject> permits = Fields.of(body).only("permits").objects("permits", GRANTS_MAX);
        return permits.stream()
                .map(permit -> (Waiting.Question) reply -> grant(reply, permit))
                .toList();
    }

    static RequestObservation redeem(ReplyId reply, String permit, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("vm");
        return new RequestObservation.RedeemAsked(reply, permitInPath(permit), fields.vm("vm"));
    }

    static RequestObservation end(ReplyId reply, String permit, JsonObject body) throws MalformedJson {
        Fields.of(body).only("reason").remark("reason", REASON_MAX);
        return new RequestObservation.EndAsked(reply, permitInPath(permit));
    }

    static RequestObservation release(ReplyId reply, String caller, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("by", "why");
        return new RequestObservation.ReleaseAsked(
                reply, caller, fields.text("by", REASON_MAX), fields.text("why", REASON_MAX));
    }

    static RequestObservation confirmDead(ReplyId reply, String caller, String host, JsonObject body)
            throws MalformedJson {
        Fields fields = Fields.of(body).only("host", "by", "why", "counter", "bootId", "overrideStorm");
        if (!fields.host("host").value().equals(host)) {
            throw fields.fault("host", "must repeat the host of the path, " + host, fields.host("host"));
        }
        return new RequestObservation.ConfirmDeadAsked(
                reply,
                caller,
                fields.text("by", CONFIRM_BY_MAX),
                fields.text("why", CONFIRM_WHY_MAX),
                fields.host("host"),
                new Incarnation(fields.number("counter", 1, Long.MAX_VALUE), fields.uuid("bootId")),
                fields.has("overrideStorm") && fields.flag("overrideStorm"));
    }

    static Optional<Answer> confirmed(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyConfirmed taken
                ? Optional.of(new Answer(
                        202,
                        Answer.JSON,
                        new JsonObject()
                                .put("host", taken.host().value())
                                .put("counter", taken.life().counter())))
                : Optional.empty();
    }

    static RequestObservation vmClass(ReplyId reply, String caller, String vm, JsonObject body) throws MalformedJson {
        Fields fields = Fields.of(body).only("class", "by", "why");
        String vmClass = fields.text("class", 20);
        if (!vmClass.equals("ignore") && !vmClass.equals("protected")) {
            throw fields.fault("class", "must be ignore or protected", vmClass);
        }
        return new RequestObservation.ClassAsked(
                reply,
                caller,
                vmInPath(vm),
                vmClass.equals("ignore"),
                fields.text("by", Exemption.BY_MAX),
                fields.text("why", Exemption.WHY_MAX));
    }

    static Optional<Answer> classed(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyClass now
                ? Optional.of(Answer.ok(new JsonObject()
                        .put("vm", now.vm().toString())
                        .put("class", now.vmClass())
                        .put(
                                "awaited",
                                now.awaited().stream().map(HostId::value).toList())))
                : Optional.empty();
    }

    static Optional<Answer> released(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyReleased released
                ? Optional.of(Answer.ok(
                        new JsonObject().put("host", released.host().value()).put("released", true)))
                : Optional.empty();
    }

    static Optional<Answer> absence(ReplyCommand reply) {
        if (!(reply instanceof ReplyCommand.ReplyAbsence said)) {
            return Optional.empty();
        }
        return Optional.of(Answer.ok(new JsonObject()
                .put("vm", said.vm().toString())
                .put("host", said.host().value())
                .put("counter", said.life().counter())
                .put("bootId", said.life().bootId().toString())
                .put("answer", said.answer().name().toLowerCase(Locale.ROOT))
                .put("reason", said.detail())
                // Absent is said only from behind the start barrier; of the other answers nothing follows.
                .put("barrier", said.answer() == ReplyCommand.Absence.ABSENT)));
    }

    static Optional<Answer> granted(ReplyCommand reply) {
        return permit(reply).map(Answer::created);
    }

    static Optional<Answer> changed(ReplyCommand reply) {
        return permit(reply).map(Answer::ok);
    }

    static Optional<Answer> record(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyRecord read
                ? Optional.of(Answer.ok(new JsonObject().put("version", read.version())))
                : Optional.empty();
    }

    private static Optional<JsonObject> permit(ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyPermit given
                ? Optional.of(new JsonObject().put("permit", PermitJson.of(given.permit())))
                : Optional.empty();
    }

    /** A host's word is bound to its whole life: the counter alone would also fit another boot. */
    private static PermitBasis basis(Fields fields) throws MalformedJson {
        fields.only("kind", "host", "counter", "bootId", "rung", "token");
        String kind = fields.text("kind", 20);
        return switch (kind) {
            case "claim" -> new PermitBasis.ProvenClaim(new FenceToken(fields.number("token", 1, Long.MAX_VALUE)));
            case "host-says" ->
                new PermitBasis.HostSays(
                        fields.host("host"),
                        new Incarnation(fields.number("counter", 1, Long.MAX_VALUE), fields.uuid("bootId")),
                        rung(fields));
            default -> throw fields.fault("kind", "must be host-says or claim", kind);
        };
    }

    private static Rung rung(Fields fields) throws MalformedJson {
        String code = fields.has("rung") ? fields.text("rung", 20) : Rung.HOST_SAYS.code();
        if (code.equals(Rung.HOST_SAYS.code())) {
            return Rung.HOST_SAYS;
        }
        if (code.equals(Rung.REBORN.code())) {
            return Rung.REBORN;
        }
        throw fields.fault("rung", "must be host-says or reborn", code);
    }

    private static String requestId(Fields fields) throws MalformedJson {
        String id = fields.text("requestId", Permit.REQUEST_ID_MAX);
        if (id.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw fields.fault("requestId", "must be printable ASCII without blanks", id);
        }
        return id;
    }

    private static VmId vmInPath(String text) throws MalformedJson {
        return Fields.canonicalUuid(text)
                .map(VmId::new)
                .orElseThrow(() -> new MalformedJson("the VM in the path must be a UUID"));
    }

    private static long permitInPath(String text) throws MalformedJson {
        if (text.matches("[1-9][0-9]{0,17}")) {
            return Long.parseLong(text);
        }
        throw new MalformedJson("the permit in the path must be a positive whole number");
    }
}
