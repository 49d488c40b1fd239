package io.quorumfence.agent.effect.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.api.AgentApi;
import io.quorumfence.agent.api.ApiSettings;
import io.quorumfence.agent.api.ApiSources;
import io.quorumfence.agent.api.PeerJson;
import io.quorumfence.agent.api.TestAuthority;
import io.quorumfence.agent.api.TlsFiles;
import io.quorumfence.agent.effect.peer.PeerSettings.Door;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCallsTest {
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final HostId H3 = new HostId("h3");
    private static final Incarnation LIFE = new Incarnation(4, new UUID(1, 2));
    private static final String MANAGEMENT = "127.0.0.2";
    private static final String STORAGE = "127.0.1.2";
    private static final Duration HEDGE = Duration.ofMillis(250);
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private final BlockingQueue<Observation> inbox = new LinkedBlockingQueue<>();
    private final BlockingQueue<RequestObservation> atH2 = new LinkedBlockingQueue<>();

    @TempDir
    @Nullable
    Path directory;

    private @Nullable Vertx vertx;
    private @Nullable TestAuthority authority;
    private int port;

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        authority = new TestAuthority(Objects.requireNonNull(directory));
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(MANAGEMENT, 0));
            port = socket.getLocalPort();
        }
    }

    /** Bounded: a handshake with a server that is silent can hold Vert.x's own closing up for half a minute. */
    @AfterEach
    void close() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Objects.requireNonNull(vertx).close().onComplete(ignored -> closed.countDown());
        closed.await(5, TimeUnit.SECONDS);
    }

    @Test
    void anOpinionAndAPromiseComeBack() throws Exception {
        PromiseAnswer promise = new PromiseAnswer(PromiseAnswer.Kind.PROMISED, 12, Optional.empty(), 3);
        agent(
                "h2",
                MANAGEMENT,
                asked -> asked instanceof RequestObservation.OpinionAsked
                        ? new ReplyCommand.ReplyOpinion(asked.reply(), Opinion.SILENT)
                        : new ReplyCommand.ReplyPromise(asked.reply(), promise));
        PeerCalls calls = calls(PATIENT);

        calls.ask(opinion(6));
        assertThat(next()).isEqualTo(new PeerObservation.OpinionGiven(H2, 6, Opinion.SILENT));
        calls.ask(promise(7, 41));
        assertThat(next()).isEqualTo(new PeerObservation.PromiseGiven(H2, 7, promise));
        assertThat(taken(atH2)).isEqualTo(new RequestObservation.OpinionAsked(new ReplyId(1), H1, H3, LIFE));
        assertThat(taken(atH2)).isEqualTo(new RequestObservation.PromiseAsked(new ReplyId(2), H1, claim(41), 17));
    }

    @Test
    void aPlaneThatRefusesIsFollowedByTheNextAtOnce() throws Exception {
        agent("h2", STORAGE, this::sayingSilent);
        calls(Duration.ofSeconds(30), PATIENT).ask(opinion(6));
        assertThat(next()).isEqualTo(new PeerObservation.OpinionGiven(H2, 6, Opinion.SILENT));
    }

    @Test
    void aPlaneThatIsSilentIsOvertakenByTheNext() throws Exception {
        agent("h2", STORAGE, this::sayingSilent);
        try (ServerSocket silent = silentServer(MANAGEMENT)) {
            calls(PATIENT).ask(opinion(6));
            assertThat(next()).isEqualTo(new PeerObservation.OpinionGiven(H2, 6, Opinion.SILENT));
            assertThat(silent.isClosed()).isFalse();
        }
    }

    @Test
    void silenceOnEveryPlaneEndsAtTheDeadlineAndNamesThem() throws Exception {
        try (ServerSocket silent = silentServer(MANAGEMENT);
                ServerSocket other = silentServer(STORAGE)) {
            calls(Duration.ofSeconds(3)).ask(opinion(6));
            assertThat(next())
                    .isEqualTo(new PeerObservation.PeerCallFailed(
                            H2,
                            6,
                            "host h2 gave no opinion within 3000 ms: {management 127.0.0.2=no answer, "
                                    + "storage 127.0.1.2=no answer}"));
            assertThat(silent.getLocalPort()).isEqualTo(other.getLocalPort());
        }
    }

    @Test
    void anotherHostAtTheAddressIsNotAsked() throws Exception {
        agent("h3", MANAGEMENT, this::sayingSilent);
        calls(Duration.ofSeconds(5)).ask(opinion(6));
        assertThat(failure())
                .startsWith("host h2 gave no opinion")
                .contains("h2")
                .contains("management 127.0.0.2=");
        assertThat(atH2).isEmpty();
    }

    @Test
    void aPooledConnectionToOneHostIsNotUsedForAnotherAtTheSameAddress() throws Exception {
        agent("h2", MANAGEMENT, this::sayingSilent);
        PeerCalls calls = calls(Duration.ofSeconds(5));
        calls.ask(opinion(6));
        assertThat(next()).isInstanceOf(PeerObservation.OpinionGiven.class);

        calls.ask(new PeerCommand.AskOpinion(H3, 8, H2, LIFE));

        assertThat(failure()).startsWith("host h3 gave no opinion");
        assertThat(atH2).hasSize(1);
    }

    @Test
    void anAgentThatIsTooOldIsCalledSo() throws Exception {
        stub(request -> request.response().setStatusCode(404).end());
        calls(PATIENT).ask(promise(7, 41));
        assertThat(failure()).isEqualTo("agent of host h2 is too old for promise calls, upgrade agents first");
    }

    @Test
    void anAgentOfAnotherVersionIsNotGuessedAt() throws Exception {
        stub(request -> request.response()
                .end(new JsonObject().put("v", 2).put("opinion", "SILENT").toBuffer()));
        calls(PATIENT).ask(opinion(6));
        assertThat(failure())
                .isEqualTo("host h2 answered in version 2 of the calls between agents, this agent speaks 1; "
                        + "bring both to one release");
    }

    @Test
    void aRefusalIsReportedWithItsReason() throws Exception {
        stub(request -> request.response()
                .setStatusCode(409)
                .end(new JsonObject()
                        .put("code", "version-mismatch")
                        .put("detail", "this agent speaks version 2")
                        .toBuffer()));
        calls(PATIENT).ask(opinion(6));
        assertThat(failure())
                .isEqualTo("host h2 gave no opinion: HTTP 409 version-mismatch: this agent speaks version 2");
    }

    @Test
    void anAnswerThatIsNotUnderstoodIsAFailure() throws Exception {
        JsonObject unknown = PeerJson.encode(new PeerJson.OpinionQuestion(H3, LIFE), Opinion.SILENT)
                .put("opinion", "PROBABLY_SILENT");
        stub(request -> request.response().end(unknown.toBuffer()));
        calls(PATIENT).ask(opinion(6));
        assertThat(failure())
                .isEqualTo("the opinion of host h2 is not understood: field 'opinion' must be one of "
                        + "[SEEN, SILENT, UNFIT], not 'PROBABLY_SILENT'");
    }

    @Test
    void aShellIsAskedFor() throws Exception {
        PeerCommand.AskShell question = new PeerCommand.AskShell(H2, 7, 4, claim(41), 17, 99, 5);
        ShellAnswer answer = ShellAnswer.of(ShellAnswer.Kind.RUNNING, "reads the record");
        agent("h2", MANAGEMENT, asked -> new ReplyCommand.ReplyShell(asked.reply(), answer));
        PeerCalls calls = calls(PATIENT);
        calls.ask(question);
        assertThat(next()).isEqualTo(new PeerObservation.ShellAnswered(H2, 7, 4, answer));
        assertThat(taken(atH2))
                .isEqualTo(new RequestObservation.ShellAsked(new ReplyId(1), H1, 4, claim(41), 17, 99, 5));
    }

    @Test
    void anAgentThatKnowsNoShellCallsIsTooOld() throws Exception {
        stub(request -> request.response().setStatusCode(404).end());
        calls(PATIENT).ask(new PeerCommand.AskShell(H2, 7, 4, claim(41), 17, 99, 5));
        assertThat(next())
                .isEqualTo(new PeerObservation.ShellCallFailed(
                        H2, 7, 4, "agent of host h2 is too old for shell calls, upgrade agents first"));
    }

    @Test
    void aQuestionAskedAgainJoinsAndAChangedOneReplacesTheFirst() throws Exception {
        BlockingQueue<HttpServerRequest> arrived = new LinkedBlockingQueue<>();
        stub(arrived::add);
        PeerCalls calls = calls(PATIENT);
        calls.ask(promise(7, 41));
        HttpServerRequest first = taken(arrived);
        calls.ask(promise(7, 41));
        calls.ask(promise(7, 42));
        // The loop takes questions in order: this one, of another work, is seen after those above.
        calls.ask(opinion(9));
        assertThat(taken(arrived).path()).isEqualTo(PeerJson.OPINION_PATH);

        answer(first, 41);
        answer(taken(arrived), 42);

        assertThat(next())
                .isEqualTo(new PeerObservation.PromiseGiven(
                        H2, 7, new PromiseAnswer(PromiseAnswer.Kind.PROMISED, 42, Optional.empty(), 0)));
        assertThat(inbox).isEmpty();
        assertThat(arrived).isEmpty();
    }

    private static void answer(HttpServerRequest request, long token) {
        PromiseAnswer answer = new PromiseAnswer(PromiseAnswer.Kind.PROMISED, token, Optional.empty(), 0);
        request.response()
                .end(PeerJson.encode(new PeerJson.PromiseQuestion(claim(token), 17), answer)
                        .toBuffer());
    }

    private PeerCalls calls(Duration deadline) throws Exception {
        return calls(HEDGE, deadline);
    }

    private PeerCalls calls(Duration hedge, Duration deadline) throws Exception {
        List<Door> doors =
                List.of(new Door(new PlaneId("management"), MANAGEMENT), new Door(new PlaneId("storage"), STORAGE));
        PeerSettings settings = new PeerSettings(Map.of(H2, doors, H3, doors), port, tls("h1"), hedge, deadline);
        PeerCalls calls = new PeerCalls(settings, inbox::add);
        vertx().deployVerticle(calls).await(10, TimeUnit.SECONDS);
        return calls;
    }

    @FunctionalInterface
    private interface Core {
        ReplyCommand reply(RequestObservation asked);
    }

    private ReplyCommand sayingSilent(RequestObservation asked) {
        return new ReplyCommand.ReplyOpinion(asked.reply(), Opinion.SILENT);
    }

    private void agent(String certificate, String address, Core core) throws Exception {
        ApiSettings settings = new ApiSettings(H2, Set.of(H1, H2, H3), List.of(address), port, tls(certificate));
        ApiSources sources = new ApiSources(JsonObject::new, JsonObject::new, () -> "");
        AgentApi[] api = new AgentApi[1];
        api[0] = new AgentApi(settings, sources, observation -> {
            RequestObservation asked = (RequestObservation) observation;
            atH2.add(asked);
            api[0].accept(core.reply(asked));
        });
        vertx().deployVerticle(api[0]).await(10, TimeUnit.SECONDS);
        api[0].bound().await(10, TimeUnit.SECONDS);
    }

    /** An agent with h2's certificate that answers as the test says. */
    private void stub(Handler<HttpServerRequest> handler) throws Exception {
        TlsFiles files = tls("h2");
        vertx().createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(files.identity()))
                .requestHandler(handler)
                .listen(port, MANAGEMENT)
                .await(10, TimeUnit.SECONDS);
    }

    private ServerSocket silentServer(String address) throws Exception {
        return new ServerSocket(port, 10, InetAddress.getByName(address));
    }

    private static PeerCommand.AskOpinion opinion(long work) {
        return new PeerCommand.AskOpinion(H2, work, H3, LIFE);
    }

    private static PeerCommand.AskPromise promise(long work, long token) {
        return new PeerCommand.AskPromise(H2, work, claim(token), 17);
    }

    private static Claim claim(long token) {
        return new Claim(
                new FenceToken(token),
                H3,
                LIFE,
                H1,
                new Incarnation(2, new UUID(5, 6)),
                ClaimStage.CLAIMED,
                Optional.empty());
    }

    private String failure() throws Exception {
        return ((PeerObservation.PeerCallFailed) next()).detail();
    }

    private Observation next() throws Exception {
        return taken(inbox);
    }

    private static <T> T taken(BlockingQueue<T> queue) throws Exception {
        return Objects.requireNonNull(queue.poll(15, TimeUnit.SECONDS), "nothing came");
    }

    private TlsFiles tls(String host) throws Exception {
        return Objects.requireNonNull(authority).host(host);
    }

    private Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }
}
