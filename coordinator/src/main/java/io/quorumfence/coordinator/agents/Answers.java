package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.HostAnswer;
import io.quorumfence.coordinator.core.HostAnswer.Word;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.model.VmId;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What an agent's HTTP answers, and the lack of one, mean. Pure; any thread. */
final class Answers {
    private static final int TEXT_MAX = 300;

    private Answers() {}

    static AgentReport status(AgentAddress agent, HttpResponse<Buffer> response, long startedNs, long endedNs) {
        int code = response.statusCode();
        if (code == 404) {
            return new AgentReport.Unreadable("HTTP 404 on /v1/status", true, startedNs, endedNs);
        }
        if (code >= 500) {
            return new AgentReport.Silent("HTTP " + code + " on /v1/status", startedNs, endedNs);
        }
        if (code != 200) {
            return new AgentReport.Unreadable("HTTP " + code + " on /v1/status", false, startedNs, endedNs);
        }
        boolean tooOld = false;
        try {
            JsonObject json = body(response);
            tooOld = StatusReader.version(json) < StatusReader.VERSION;
            return new AgentReport.Answered(StatusReader.read(json, agent.cell(), agent.host()), startedNs, endedNs);
        } catch (UnreadableAnswer e) {
            return new AgentReport.Unreadable(oneLine(e.getMessage()), tooOld, startedNs, endedNs);
        }
    }

    static HostAnswer absence(AgentAddress agent, VmId vm, HttpResponse<Buffer> response) {
        int code = response.statusCode();
        if (code == 404) {
            return new HostAnswer.NotKnown("HTTP 404 on /v1/vms/{vm}/absence");
        }
        if (code != 200) {
            return new HostAnswer.NoAnswer("HTTP " + code + problemText(response));
        }
        try {
            AnswerFields fields = AnswerFields.of(body(response));
            if (!fields.vm("vm").equals(vm) || !fields.host("host").equals(agent.host())) {
                return new HostAnswer.NoAnswer(
                        "the answer is about VM " + fields.vm("vm") + " on host " + fields.host("host"));
            }
            return new HostAnswer.Said(
                    agent.host(),
                    fields.number("counter"),
                    fields.uuid("bootId"),
                    word(fields),
                    oneLine(fields.textOr("reason", "")));
        } catch (UnreadableAnswer e) {
            return new HostAnswer.NoAnswer(oneLine(e.getMessage()));
        }
    }

    /** Absent counts only from behind the start barrier (rule 10); any other word is none. */
    private static Word word(AnswerFields fields) throws UnreadableAnswer {
        String answer = fields.text("answer");
        if (answer.equals("present")) {
            return Word.PRESENT;
        }
        return answer.equals("absent") && fields.flag("barrier") ? Word.ABSENT : Word.UNKNOWN;
    }

    /** The answers to a batch, in its order; what is wrong with the whole is said of each. */
    static List<PermitAnswer> permits(AgentAddress agent, int count, HttpResponse<Buffer> response) {
        int code = response.statusCode();
        if (code != 200) {
            return Collections.nCopies(count, permit(agent, GrantBatches.PATH, response));
        }
        String who = "host " + agent.host() + ": ";
        try {
            List<AnswerFields> results = AnswerFields.of(body(response)).objects("results");
            if (results.size() != count) {
                throw new UnreadableAnswer(count + " permits were asked for, " + results.size() + " answers came");
            }
            List<PermitAnswer> answers = new ArrayList<>();
            for (AnswerFields result : results) {
                answers.add(permit(who, GrantBatches.PATH, (int) result.number("status"), result.object("body")));
            }
            return answers;
        } catch (UnreadableAnswer e) {
            // Whatever was done, nobody can tell from this.
            return Collections.nCopies(count, new PermitAnswer.NoAnswer(who + oneLine(e.getMessage()), true));
        }
    }

    static PermitAnswer permit(AgentAddress agent, String uri, HttpResponse<Buffer> response) {
        int code = response.statusCode();
        String who = "host " + agent.host() + ": ";
        if (code == 404) {
            return new PermitAnswer.NotKnown(who + "HTTP 404 on " + uri);
        }
        try {
            return permit(who, uri, code, AnswerFields.of(body(response)));
        } catch (UnreadableAnswer e) {
            return new PermitAnswer.NoAnswer(who + "HTTP " + code + ", " + oneLine(e.getMessage()), true);
        }
    }

    private static PermitAnswer permit(String who, String uri, int code, AnswerFields fields) {
        if (code == 404) {
            return new PermitAnswer.NotKnown(who + "HTTP 404 on " + uri);
        }
        try {
            if (code == 200 || code == 201) {
                return new PermitAnswer.Decided(RecordReader.permit(fields.object("permit")));
            }
            Boolean retryable = fields.flagOrNull("retryable");
            return new PermitAnswer.Rejected(
                    fields.text("code"),
                    who + oneLine(fields.textOr("detail", "HTTP " + code)),
                    retryable == null ? code >= 500 : retryable);
        } catch (UnreadableAnswer e) {
            // Whatever was done, nobody can tell from this.
            return new PermitAnswer.NoAnswer(who + "HTTP " + code + ", " + oneLine(e.getMessage()), true);
        }
    }

    static ReleaseAnswer release(AgentAddress agent, HttpResponse<Buffer> response) {
        int code = response.statusCode();
        String who = "host " + agent.host() + ": ";
        if (code == 200) {
            return new ReleaseAnswer(200, "", "");
        }
        if (code == 404) {
            return new ReleaseAnswer(409, "agent-too-old", who + "HTTP 404 on /v1/release; upgrade its agent first");
        }
        try {
            AnswerFields fields = AnswerFields.of(body(response));
            return new ReleaseAnswer(
                    code >= 500 ? 503 : 409,
                    fields.text("code"),
                    who + oneLine(fields.textOr("detail", "HTTP " + code)));
        } catch (UnreadableAnswer e) {
            return new ReleaseAnswer(503, "agent-unreadable", who + "HTTP " + code + ", " + oneLine(e.getMessage()));
        }
    }

    static ConfirmAnswer confirmed(AgentAddress agent, HttpResponse<Buffer> response) {
        int code = response.statusCode();
        if (code == 202) {
            return new ConfirmAnswer(agent.host(), "", "");
        }
        if (code == 404) {
            return new ConfirmAnswer(agent.host(), "agent-too-old", "HTTP 404; upgrade its agent first");
        }
        try {
            AnswerFields fields = AnswerFields.of(body(response));
            return new ConfirmAnswer(
                    agent.host(), fields.text("code"), oneLine(fields.textOr("detail", "HTTP " + code)));
        } catch (UnreadableAnswer e) {
            return new ConfirmAnswer(agent.host(), "agent-unreadable", "HTTP " + code + ", " + oneLine(e.getMessage()));
        }
    }

    private static JsonObject body(HttpResponse<Buffer> response) throws UnreadableAnswer {
        try {
            JsonObject json = response.bodyAsJsonObject();
            if (json != null) {
                return json;
            }
        } catch (DecodeException | ClassCastException e) {
            throw new UnreadableAnswer("the body is not a JSON object");
        }
        throw new UnreadableAnswer("the body is empty");
    }

    private static String problemText(HttpResponse<Buffer> response) {
        try {
            AnswerFields fields = AnswerFields.of(body(response));
            return " " + fields.textOr("code", "") + ": " + oneLine(fields.textOr("detail", ""));
        } catch (UnreadableAnswer e) {
            return "";
        }
    }

    /** One line for people; no stack, no key material, nothing the peer wrote into its certificate. */
    static String trouble(Throwable cause, long timeoutMs) {
        if (cause instanceof AgentBusy) {
            return String.valueOf(cause.getMessage());
        }
        if (cause instanceof UnknownHostException) {
            return "its address cannot be resolved";
        }
        if (cause instanceof TimeoutException || isConnectTimeout(cause)) {
            return "no answer in " + timeoutMs + " ms";
        }
        if (cause instanceof ConnectException) {
            return String.valueOf(cause.getMessage()).contains("refused")
                    ? "connection refused"
                    : "cannot be connected to";
        }
        if (isTls(cause)) {
            return "TLS: " + tlsTrouble(cause);
        }
        return cause instanceof VertxException
                ? "the connection was closed"
                : "the call failed: " + cause.getClass().getSimpleName();
    }

    private static boolean isConnectTimeout(Throwable cause) {
        return cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("timed out");
    }

    private static boolean isTls(Throwable cause) {
        return find(cause, SSLException.class) != null || find(cause, CertificateException.class) != null;
    }

    private static String tlsTrouble(Throwable cause) {
        CertificateException certificate = find(cause, CertificateException.class);
        String text = certificate == null ? "" : String.valueOf(certificate.getMessage());
        if (text.startsWith("No subject alternative") || text.startsWith("No name matching")) {
            return "the certificate does not name this host";
        }
        return certificate == null ? "the handshake failed" : "the certificate is not of this cell's authority";
    }

    private static <T extends Throwable> @Nullable T find(Throwable cause, Class<T> type) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }

    /** Whether the request may have reached the agent, so that it may have been carried out. */
    static boolean mayHaveArrived(Throwable cause) {
        boolean notSent = cause instanceof AgentBusy
                || cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || isTls(cause);
        return !notSent;
    }

    private static String oneLine(@Nullable String text) {
        String line = String.valueOf(text).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= TEXT_MAX ? line : line.substring(0, TEXT_MAX) + "...";
    }
}
