package io.quorumfence.agent.effect.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.api.AgentApi;
import io.quorumfence.agent.api.ApiSettings;
import io.quorumfence.agent.api.ApiSources;
import io.quorumfence.agent.api.TestAuthority;
import io.quorumfence.agent.effect.peer.PeerSettings.Door;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.testkit.EventLoopGuard;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of a peer call, handshakes included, leave their event loops free. */
class LoopStaysFreeTest {
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final int CALLS = 40;
    private static final int ROUNDS = 8;

    @RegisterExtension
    final EventLoopGuard loops = new EventLoopGuard();

    @TempDir
    static Path directory = Path.of(".");

    /** The first run of all this loads and compiles half of the JDK's TLS: not what is judged here. */
    @BeforeAll
    static void warmUp() throws Exception {
        Vertx vertx = Vertx.vertx();
        callsOf(vertx);
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /**
     * A line of ours that holds a loop does so in every round; a busy machine takes the processor away here and there.
     * So a line is blamed when no round went without it.
     */
    @Test
    void callsBetweenAgentsHoldNoLoop() throws Exception {
        Set<String> blamed = roundOf();
        for (int round = 2; round <= ROUNDS && !blamed.isEmpty(); round++) {
            blamed.retainAll(roundOf());
        }
        loops.forget();
        assertThat(blamed).isEmpty();
    }

    private Set<String> roundOf() throws Exception {
        loops.forget();
        callsOf(loops.vertx());
        return loops.hits().stream().flatMap(LoopStaysFreeTest::ourLine).collect(Collectors.toCollection(HashSet::new));
    }

    /** The innermost line of ours in one sighting; none when a loop was held by nothing we called. */
    private static Stream<String> ourLine(String hit) {
        return hit.lines()
                .filter(line -> line.contains("io.quorumfence.agent.") && !line.contains("Test"))
                .limit(1);
    }

    private static void callsOf(Vertx vertx) throws Exception {
        TestAuthority authority = new TestAuthority(directory);
        int port = freePort();
        ApiSettings settings = new ApiSettings(H2, Set.of(H1, H2), List.of("127.0.0.2"), port, authority.host("h2"));
        AgentApi[] api = new AgentApi[1];
        api[0] = new AgentApi(
                settings,
                new ApiSources(JsonObject::new, JsonObject::new, () -> ""),
                asked -> api[0].accept(
                        new ReplyCommand.ReplyOpinion(((RequestObservation) asked).reply(), Opinion.SILENT)));
        vertx.deployVerticle(api[0]).await(10, TimeUnit.SECONDS);
        api[0].bound().await(10, TimeUnit.SECONDS);

        BlockingQueue<Observation> inbox = new LinkedBlockingQueue<>();
        Map<HostId, List<Door>> doors = Map.of(H2, List.of(new Door(new PlaneId("management"), "127.0.0.2")));
        PeerCalls calls = new PeerCalls(
                new PeerSettings(doors, port, authority.host("h1"), Duration.ofMillis(250), Duration.ofSeconds(20)),
                inbox::add);
        vertx.deployVerticle(calls).await(10, TimeUnit.SECONDS);
        for (long work = 0; work < CALLS; work++) {
            calls.ask(new PeerCommand.AskOpinion(H2, work, H1, new Incarnation(1, new UUID(0, work))));
        }
        for (int i = 0; i < CALLS; i++) {
            assertThat(inbox.poll(20, TimeUnit.SECONDS)).isInstanceOf(PeerObservation.OpinionGiven.class);
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.2", 0));
            return socket.getLocalPort();
        }
    }
}
