package io.quorumfence.agent.api;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The JSON of the calls between agents, used by both ends. An answer repeats what was asked, so that it cannot be taken
 * for the answer to another question. Pure; any thread.
 */
public final class PeerJson {
    /** Of the calls between agents; another one is refused, not guessed at. */
    public static final long VERSION = 1;

    public static final String OPINION_PATH = "/v1/peer/opinion";
    public static final String PROMISE_PATH = "/v1/peer/promise";

    public static final String SHELL_PATH = "/v1/peer/shell";
    /** As many as the fence helper tells of. */
    private static final int ENDED_MAX = 4096;

    private PeerJson() {}

    /** "Have you seen this life lately?" */
    public record OpinionQuestion(HostId suspect, Incarnation life) {}

    /** "Be bound by this claim." */
    public record PromiseQuestion(Claim claim, long recordVersion) {}

    /** "Send your shell in place of mine, to end so long after the echo," a number of the asked host's own. */
    public record ShellQuestion(Claim claim, long recordVersion, long attempt, long echo, long waitNs) {}

    /** The version the other side speaks. */
    public static long version(JsonObject json) throws MalformedJson {
        return Fields.of(json).number("v", 1, Long.MAX_VALUE);
    }

    public static JsonObject encode(OpinionQuestion question) {
        return new JsonObject()
                .put("v", VERSION)
                .put("suspect", question.suspect().value())
                .put("life", life(question.life()));
    }

    public static OpinionQuestion opinionQuestion(JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "suspect", "life");
        return new OpinionQuestion(fields.host("suspect"), life(fields.object("life")));
    }

    public static JsonObject encode(OpinionQuestion question, Opinion opinion) {
        return encode(question).put("opinion", opinion.name());
    }

    public static Opinion opinion(OpinionQuestion asked, JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "suspect", "life", "opinion");
        OpinionQuestion echoed = new OpinionQuestion(fields.host("suspect"), life(fields.object("life")));
        if (!echoed.equals(asked)) {
            throw new MalformedJson("it answers another question, about " + echoed.suspect() + " " + echoed.life());
        }
        return fields.choice("opinion", Opinion.class);
    }

    public static JsonObject encode(PromiseQuestion question) {
        return new JsonObject()
                .put("v", VERSION)
                .put("claim", claim(question.claim()))
                .put("recordVersion", question.recordVersion());
    }

    public static PromiseQuestion promiseQuestion(JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "claim", "recordVersion");
        return new PromiseQuestion(claim(fields.object("claim")), fields.number("recordVersion", 0, Long.MAX_VALUE));
    }

    public static JsonObject encode(PromiseQuestion question, PromiseAnswer answer) {
        JsonObject json = new JsonObject()
                .put("v", VERSION)
                .put("token", question.claim().token().value())
                .put("recordVersion", question.recordVersion())
                .put("answer", answer.kind().name())
                .put("ageNs", answer.ageNs())
                .put("epoch", answer.epoch());
        answer.terms().ifPresent(terms -> json.put("terms", terms(terms)));
        return json;
    }

    public static PromiseAnswer promiseAnswer(PromiseQuestion asked, JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "token", "recordVersion", "answer", "ageNs", "epoch", "terms");
        long token = fields.number("token", 1, Long.MAX_VALUE);
        long recordVersion = fields.number("recordVersion", 0, Long.MAX_VALUE);
        if (token != asked.claim().token().value() || recordVersion != asked.recordVersion()) {
            throw new MalformedJson("it answers another question, about token " + token);
        }
        return new PromiseAnswer(
                fields.choice("answer", PromiseAnswer.Kind.class),
                fields.number("ageNs", 0, Long.MAX_VALUE),
                fields.has("terms") ? Optional.of(terms(fields.object("terms"))) : Optional.empty(),
                fields.number("epoch", 0, Long.MAX_VALUE));
    }

    public static JsonObject encode(ShellQuestion question) {
        return new JsonObject()
                .put("v", VERSION)
                .put("claim", claim(question.claim()))
                .put("recordVersion", question.recordVersion())
                .put("attempt", question.attempt())
                .put("echo", question.echo())
                .put("waitNs", question.waitNs());
    }

    public static ShellQuestion shellQuestion(JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "claim", "recordVersion", "attempt", "echo", "waitNs");
        return new ShellQuestion(
                claim(fields.object("claim")),
                fields.number("recordVersion", 0, Long.MAX_VALUE),
                fields.number("attempt", 1, Long.MAX_VALUE),
                fields.number("echo", 1, Long.MAX_VALUE),
                fields.number("waitNs", 0, Long.MAX_VALUE));
    }

    public static JsonObject encode(ShellQuestion question, ShellAnswer answer) {
        JsonArray ended = new JsonArray();
        answer.ended().stream().sorted().map(VmId::toString).forEach(ended::add);
        return new JsonObject()
                .put("v", VERSION)
                .put("token", question.claim().token().value())
                .put("attempt", question.attempt())
                .put("echo", question.echo())
                .put("answer", answer.kind().name())
                .put("verdict", answer.verdict().name())
                .put("detail", answer.detail())
                .put("ended", ended);
    }

    public static ShellAnswer shellAnswer(ShellQuestion asked, JsonObject json) throws MalformedJson {
        Fields fields = Fields.of(json).only("v", "token", "attempt", "echo", "answer", "verdict", "detail", "ended");
        long token = fields.number("token", 1, Long.MAX_VALUE);
        long attempt = fields.number("attempt", 1, Long.MAX_VALUE);
        long echo = fields.number("echo", 1, Long.MAX_VALUE);
        boolean same = token == asked.claim().token().value() && attempt == asked.attempt() && echo == asked.echo();
        if (!same) {
            throw new MalformedJson("it answers another question, about attempt " + attempt + " of token " + token);
        }
        return new ShellAnswer(
                fields.choice("answer", ShellAnswer.Kind.class),
                fields.choice("verdict", SshVerdict.class),
                fields.remark("detail", Proof.EVIDENCE_MAX),
                fields.vms("ended", ENDED_MAX));
    }

    private static JsonObject life(Incarnation life) {
        return new JsonObject()
                .put("counter", life.counter())
                .put("bootId", life.bootId().toString());
    }

    private static Incarnation life(Fields fields) throws MalformedJson {
        fields.only("counter", "bootId");
        return new Incarnation(fields.number("counter", 1, Long.MAX_VALUE), fields.uuid("bootId"));
    }

    private static JsonObject claim(Claim claim) {
        JsonObject json = new JsonObject()
                .put("token", claim.token().value())
                .put("suspect", claim.suspect().value())
                .put("life", life(claim.incarnation()))
                .put("claimer", claim.claimer().value())
                .put("claimerLife", life(claim.claimerIncarnation()))
                .put("stage", claim.stage().name());
        claim.proof().ifPresent(proof -> json.put("proof", proof(proof)));
        return json;
    }

    private static Claim claim(Fields fields) throws MalformedJson {
        fields.only("token", "suspect", "life", "claimer", "claimerLife", "stage", "proof");
        ClaimStage stage = fields.choice("stage", ClaimStage.class);
        if ((stage == ClaimStage.PROVEN) != fields.has("proof")) {
            throw fields.fault("stage", "goes with a proof exactly when it is PROVEN", stage);
        }
        return new Claim(
                new FenceToken(fields.number("token", 1, Long.MAX_VALUE)),
                fields.host("suspect"),
                life(fields.object("life")),
                fields.host("claimer"),
                life(fields.object("claimerLife")),
                stage,
                fields.has("proof") ? Optional.of(proof(fields.object("proof"))) : Optional.empty());
    }

    private static JsonObject proof(Proof proof) {
        return new JsonObject()
                .put("rung", proof.rung().name())
                .put("level", proof.level().name())
                .put("evidence", proof.evidence());
    }

    private static Proof proof(Fields fields) throws MalformedJson {
        fields.only("rung", "level", "evidence");
        return new Proof(
                fields.choice("rung", Rung.class),
                fields.choice("level", ProofLevel.class),
                fields.remark("evidence", Proof.EVIDENCE_MAX));
    }

    private static JsonObject terms(Terms terms) {
        return new JsonObject()
                .put("action", terms.action().name())
                .put("selfNs", terms.selfNs())
                .put("actNs", terms.actNs())
                .put("watchdogNs", terms.watchdogNs())
                .put("watchdog", terms.watchdog().name())
                .put("armed", terms.armed())
                .put("suspectNs", terms.suspectNs())
                .put("marginNs", terms.marginNs());
    }

    private static Terms terms(Fields fields) throws MalformedJson {
        fields.only("action", "selfNs", "actNs", "watchdogNs", "watchdog", "armed", "suspectNs", "marginNs");
        return new Terms(
                fields.choice("action", SelfFenceAction.class),
                fields.number("selfNs", 1, Long.MAX_VALUE),
                fields.number("actNs", 0, Long.MAX_VALUE),
                fields.number("watchdogNs", 0, Long.MAX_VALUE),
                fields.choice("watchdog", WatchdogKind.class),
                fields.flag("armed"),
                fields.number("suspectNs", 1, Long.MAX_VALUE),
                fields.number("marginNs", 0, Long.MAX_VALUE));
    }
}
