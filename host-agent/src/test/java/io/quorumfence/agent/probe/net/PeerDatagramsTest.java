package io.quorumfence.agent.probe.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
class PeerDatagramsTest {
    private static final PlaneId MANAGEMENT = new PlaneId("management");
    private static final PlaneId STORAGE = new PlaneId("storage");
    private static final TextCodec CODEC = new TextCodec("lab1", "right");

    private final BlockingQueue<Observation> atH1 = new LinkedBlockingQueue<>();
    private final BlockingQueue<Observation> atH2 = new LinkedBlockingQueue<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable Vertx vertx;
    private int port;

    @BeforeEach
    void pickPort(Vertx opened) throws Exception {
        vertx = opened;
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            port = socket.getLocalPort();
        }
    }

    @Test
    void aRequestArrivesOnEveryPlaneAndItsAnswerOnTheSame() throws Exception {
        PeerDatagrams h1 = started("h1", atH1);
        PeerDatagrams h2 = started("h2", atH2);

        h1.send(new PeerCommand.SendAckRequest(TextCodec.request("h1", "h2", 5)));

        assertThat(List.of(next(atH2), next(atH2)))
                .containsExactlyInAnyOrder(
                        new PeerObservation.AckRequestArrived(MANAGEMENT, TextCodec.request("h1", "h2", 5)),
                        new PeerObservation.AckRequestArrived(STORAGE, TextCodec.request("h1", "h2", 5)));
        h2.send(new PeerCommand.SendAck(STORAGE, TextCodec.ack("h2", "h1", 5)));
        assertThat(next(atH1)).isEqualTo(new PeerObservation.AckArrived(STORAGE, TextCodec.ack("h2", "h1", 5)));
    }

    @ParameterizedTest
    @CsvSource({
        "MALFORMED,      127.0.0.2, what is this",
        "VERSION,        127.0.0.2, 2 right lab1 ack h2 h1 5",
        "MAC,            127.0.0.2, 1 wrong lab1 ack h2 h1 5",
        "CELL,           127.0.0.2, 1 right lab2 ack h2 h1 5",
        "MISADDRESSED,   127.0.0.2, 1 right lab1 ack h2 h3 5",
        "STRANGER,       127.0.0.2, 1 right lab1 ack h9 h1 5",
        "STRANGER,       127.0.0.1, 1 right lab1 ack h1 h1 5",
        "SOURCE_ADDRESS, 127.0.0.3, 1 right lab1 ack h2 h1 5",
        "SOURCE_ADDRESS, 127.0.1.2, 1 right lab1 ack h2 h1 5",
    })
    void whatCannotBeBelievedIsDroppedAndCounted(DropCause cause, String source, String text) throws Exception {
        started("h1", atH1);

        sendRaw(source, text);
        sendRaw("127.0.0.2", "1 right lab1 ack h2 h1 6");

        assertThat(next(atH1))
                .describedAs("the first thing to pass is the good one sent last")
                .isEqualTo(new PeerObservation.AckArrived(MANAGEMENT, TextCodec.ack("h2", "h1", 6)));
        assertThat(dropped(cause)).isEqualTo(1);
    }

    @Test
    void aPlaneThatIsTakenIsBoundOnceItIsFreeAndHoldsUpNoOther() throws Exception {
        DatagramSocket predecessor = new DatagramSocket(new InetSocketAddress("127.0.0.2", port));
        try (predecessor) {
            PeerDatagrams h1 = started("h1", atH1);
            started("h2", atH2);
            h1.send(new PeerCommand.SendAckRequest(TextCodec.request("h1", "h2", 1)));
            assertThat(next(atH2))
                    .isEqualTo(new PeerObservation.AckRequestArrived(STORAGE, TextCodec.request("h1", "h2", 1)));
            predecessor.close();
            assertThat(planeOfFirstArrival(h1, MANAGEMENT)).isEqualTo(MANAGEMENT);
        }
    }

    @Test
    void anAddressThatIsANameIsRefused() {
        assertThatThrownBy(() ->
                        new PeerDatagrams(cell("h1", "localhost"), port, CODEC, atH1::add, meters, System::nanoTime))
                .hasMessage("address 'localhost' of host h9 on plane management is not an IP address");
    }

    /** Asks again every 100 ms, as the core does each round, until the wanted plane delivers. */
    private PlaneId planeOfFirstArrival(PeerDatagrams sender, PlaneId wanted) throws Exception {
        BlockingQueue<PlaneId> found = new LinkedBlockingQueue<>();
        long timer = Objects.requireNonNull(vertx).setPeriodic(0, 100, ignored -> {
            sender.send(new PeerCommand.SendAckRequest(TextCodec.request("h1", "h2", 2)));
            atH2.removeIf(seen -> seen instanceof PeerObservation.AckRequestArrived arrived
                    && arrived.plane().equals(wanted)
                    && found.add(wanted));
        });
        PlaneId plane = found.poll(20, TimeUnit.SECONDS);
        Objects.requireNonNull(vertx).cancelTimer(timer);
        return Objects.requireNonNull(plane);
    }

    private PeerDatagrams started(String host, BlockingQueue<Observation> inbox) throws Exception {
        PeerDatagrams datagrams =
                new PeerDatagrams(cell(host, null), port, CODEC, inbox::add, meters, System::nanoTime);
        Objects.requireNonNull(vertx).deployVerticle(datagrams).await(10, TimeUnit.SECONDS);
        return datagrams;
    }

    private void sendRaw(String source, String text) throws Exception {
        byte[] bytes = text.getBytes(UTF_8);
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, 0))) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName("127.0.0.1"), port));
        }
    }

    private double dropped(DropCause cause) {
        return meters.find("quorumfence.datagrams.dropped").tag("cause", cause.name()).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static Observation next(BlockingQueue<Observation> inbox) throws InterruptedException {
        Observation seen = inbox.poll(10, TimeUnit.SECONDS);
        if (seen == null) {
            throw new AssertionError("nothing arrived");
        }
        return seen;
    }

    private static CellConfig cell(String self, @Nullable String badAddress) {
        List<Member> members = badAddress == null
                ? List.of(member("h1", 1), member("h2", 2), member("h3", 3))
                : List.of(new Member(new HostId("h9"), Map.of(MANAGEMENT, badAddress), Optional.empty()));
        return new CellConfig(
                new CellId("lab1"),
                new HostId(self),
                members,
                List.of(MANAGEMENT, STORAGE),
                List.of(),
                Profile.FAST.deadlines(),
                1000,
                Duration.ofSeconds(1),
                SelfFenceAction.STOP_VMS,
                WatchdogKind.DEVICE,
                0,
                Duration.ofMinutes(10));
    }

    private static Member member(String host, int last) {
        return new Member(
                new HostId(host), Map.of(MANAGEMENT, "127.0.0." + last, STORAGE, "127.0.1." + last), Optional.empty());
    }
}
