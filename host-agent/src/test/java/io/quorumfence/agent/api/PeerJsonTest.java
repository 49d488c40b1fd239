package io.quorumfence.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PeerJsonTest {
    private static final Incarnation LIFE = new Incarnation(9, new UUID(3, 4));
    private static final Claim CLAIM = new Claim(
            new FenceToken(41),
            new HostId("h3"),
            LIFE,
            new HostId("h1"),
            new Incarnation(2, new UUID(5, 6)),
            ClaimStage.CLAIMED,
            Optional.empty());
    private static final PeerJson.ShellQuestion SHELL = new PeerJson.ShellQuestion(CLAIM, 17, 4, 99, 5);
    private static final PeerJson.PromiseQuestion PROMISE = new PeerJson.PromiseQuestion(CLAIM, 17);
    private static final PeerJson.OpinionQuestion OPINION = new PeerJson.OpinionQuestion(new HostId("h3"), LIFE);
    private static final Terms TERMS =
            new Terms(SelfFenceAction.REBOOT, 6_000, 0, 2_000, WatchdogKind.DEVICE, true, 2_000, 3_000);

    @ParameterizedTest
    @EnumSource(Opinion.class)
    void anOpinionComesBackAsItWasSent(Opinion opinion) throws Exception {
        assertThat(PeerJson.opinionQuestion(sent(PeerJson.encode(OPINION)))).isEqualTo(OPINION);
        assertThat(PeerJson.opinion(OPINION, sent(PeerJson.encode(OPINION, opinion))))
                .isEqualTo(opinion);
    }

    @ParameterizedTest
    @EnumSource(PromiseAnswer.Kind.class)
    void aPromiseComesBackAsItWasSent(PromiseAnswer.Kind kind) throws Exception {
        PromiseAnswer full = new PromiseAnswer(kind, 123_456_789_012L, Optional.of(TERMS), 5);
        assertThat(PeerJson.promiseAnswer(PROMISE, sent(PeerJson.encode(PROMISE, full))))
                .isEqualTo(full);
        PromiseAnswer bare = PromiseAnswer.of(kind);
        assertThat(PeerJson.promiseAnswer(PROMISE, sent(PeerJson.encode(PROMISE, bare))))
                .isEqualTo(bare);
    }

    @ParameterizedTest
    @EnumSource(ClaimStage.class)
    void aClaimComesBackAsItWasSent(ClaimStage stage) throws Exception {
        Claim claim = stage == ClaimStage.PROVEN
                ? CLAIM.proven(new Proof(Rung.SIBLING_SSH, ProofLevel.VMS_GONE, ""))
                : CLAIM.at(stage);
        PeerJson.PromiseQuestion question = new PeerJson.PromiseQuestion(claim, 0);
        assertThat(PeerJson.promiseQuestion(sent(PeerJson.encode(question)))).isEqualTo(question);
    }

    @Test
    void eachMissingFieldOfAPromiseIsAFault() {
        JsonObject whole =
                PeerJson.encode(PROMISE, new PromiseAnswer(PromiseAnswer.Kind.PROMISED, 1, Optional.of(TERMS), 1));
        Set<String> mayMiss = Set.of("v", "terms");
        whole.fieldNames().stream().filter(name -> !mayMiss.contains(name)).forEach(name -> {
            JsonObject cut = whole.copy();
            cut.remove(name);
            assertThatThrownBy(() -> PeerJson.promiseAnswer(PROMISE, cut))
                    .isInstanceOf(MalformedJson.class)
                    .hasMessage("field '" + name + "' is missing");
        });
        JsonObject terms = whole.getJsonObject("terms");
        terms.copy().fieldNames().forEach(name -> {
            JsonObject cut = whole.copy();
            cut.getJsonObject("terms").remove(name);
            assertThatThrownBy(() -> PeerJson.promiseAnswer(PROMISE, cut))
                    .hasMessage("field 'terms." + name + "' is missing");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "answer | 'MAYBE' | field 'answer' must be one of [PROMISED, SEEN, REFUSED], not 'MAYBE'",
                "ageNs  | -1      | field 'ageNs' must be a whole number of 0 or more, not '-1'",
                "ageNs  | 1.5     | field 'ageNs' must be a whole number of 0 or more, not '1.5'",
                "ageNs  | '7'     | field 'ageNs' must be a whole number of 0 or more, not '7'",
                "ageNs  | 99999999999999999999 | field 'ageNs' must be a whole number of 0 or more, "
                        + "not '99999999999999999999'",
                "terms  | []      | field 'terms' must be an object, not '[]'",
                "token  | 40      | it answers another question, about token 40",
                "extra  | 1       | field 'extra' is not known here"
            })
    void aValueThatIsNotUnderstoodIsAFaultAndNoDefault(String field, String json, String message) {
        JsonObject answer = PeerJson.encode(PROMISE, PromiseAnswer.of(PromiseAnswer.Kind.PROMISED));
        JsonObject bent = answer.copy();
        bent.put(field, Json.decodeValue(json.replace('\'', '"')));
        assertThatThrownBy(() -> PeerJson.promiseAnswer(PROMISE, bent)).hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource(ShellAnswer.Kind.class)
    void aShellComesBackAsItWasSent(ShellAnswer.Kind kind) throws Exception {
        assertThat(PeerJson.shellQuestion(sent(PeerJson.encode(SHELL)))).isEqualTo(SHELL);
        ShellAnswer answer = new ShellAnswer(
                kind, SshVerdict.STILL_ALIVE, "", Set.of(new VmId(new UUID(1, 2)), new VmId(new UUID(1, 3))));
        assertThat(PeerJson.shellAnswer(SHELL, sent(PeerJson.encode(SHELL, answer))))
                .isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "verdict | 'DEAD' | field 'verdict' must be one of [CONFIRMED_DEAD, STILL_ALIVE, UNREACHABLE, "
                        + "AMBIGUOUS], not 'DEAD'",
                "attempt | 5      | it answers another question, about attempt 5 of token 41",
                "echo    | 5      | it answers another question, about attempt 4 of token 41",
                "ended   | [1]    | field 'ended' must be a list of up to 4096 UUIDs, each once, not '[1]'"
            })
    void aShellThatIsNotUnderstoodIsAFault(String field, String json, String message) {
        JsonObject bent = PeerJson.encode(SHELL, ShellAnswer.of(ShellAnswer.Kind.ENDED, "why"));
        bent.put(field, Json.decodeValue(json.replace('\'', '"')));
        assertThatThrownBy(() -> PeerJson.shellAnswer(SHELL, bent)).hasMessage(message);
    }

    @Test
    void anOpinionOfAnotherLifeIsNotTaken() {
        PeerJson.OpinionQuestion other =
                new PeerJson.OpinionQuestion(new HostId("h3"), new Incarnation(10, new UUID(3, 4)));
        assertThatThrownBy(() -> PeerJson.opinion(OPINION, PeerJson.encode(other, Opinion.SILENT)))
                .hasMessageStartingWith("it answers another question");
    }

    @Test
    void aStageWithoutItsProofIsAFault() {
        JsonObject question = PeerJson.encode(PROMISE);
        question.getJsonObject("claim").put("stage", "PROVEN");
        assertThatThrownBy(() -> PeerJson.promiseQuestion(question))
                .hasMessage("field 'claim.stage' goes with a proof exactly when it is PROVEN, not 'PROVEN'");
    }

    private static JsonObject sent(JsonObject json) {
        return new JsonObject(json.toBuffer());
    }
}
