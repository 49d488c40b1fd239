package io.quorumfence.lab.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real sockets in the places of two hosts and a coordinator. */
@Timeout(60)
class PlaneRelayTest {
    private static final int LONG_MS = 15_000;
    private static final int SHORT_MS = 300;

    private final LoopAddresses addresses = LoopAddresses.fresh();
    private PlaneRelay relay;
    private DatagramSocket one;
    private DatagramSocket two;
    private ServerSocket agent;

    @BeforeEach
    void open() throws IOException {
        relay = new PlaneRelay(addresses, List.of("h1", "h2"));
        one = new DatagramSocket(new InetSocketAddress(addresses.management("h1"), LoopAddresses.DATAGRAM));
        two = new DatagramSocket(new InetSocketAddress(addresses.management("h2"), LoopAddresses.DATAGRAM));
        agent = new ServerSocket(LoopAddresses.HTTP, 10, InetAddress.getByName(addresses.management("h1")));
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        one.close();
        two.close();
        agent.close();
    }

    @Test
    void aDatagramComesFromTheAddressThatTheReceiverKnowsTheSenderBy() throws IOException {
        send(one, "h1", "h2", "hello");
        DatagramPacket got = receive(two, LONG_MS);
        assertThat(new String(got.getData(), 0, got.getLength(), StandardCharsets.UTF_8))
                .isEqualTo("hello");
        assertThat(got.getSocketAddress())
                .isEqualTo(new InetSocketAddress(addresses.relayed("h2", "h1"), LoopAddresses.DATAGRAM));
    }

    @Test
    void aCutHostNeitherSendsNorHearsAndAfterTheHealBoth() throws IOException {
        relay.cut("h1");
        send(one, "h1", "h2", "lost");
        send(two, "h2", "h1", "lost");
        assertThatThrownBy(() -> receive(two, SHORT_MS)).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> receive(one, SHORT_MS)).isInstanceOf(SocketTimeoutException.class);

        relay.heal("h1");
        send(two, "h2", "h1", "there");
        assertThat(receive(one, LONG_MS).getLength()).isEqualTo(5);
    }

    @Test
    void aConnectionThroughACutIsSilentAndGoesOnAfterTheHeal() throws IOException {
        try (Socket caller = new Socket(addresses.relayed("h1"), LoopAddresses.HTTP);
                Socket served = agent.accept()) {
            relay.cut("h1");
            caller.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
            served.setSoTimeout(SHORT_MS);
            assertThatThrownBy(() -> served.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            relay.heal("h1");
            served.setSoTimeout(LONG_MS);
            assertThat(served.getInputStream().readNBytes(8)).asString().isEqualTo("question");
            served.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
            assertThat(caller.getInputStream().readNBytes(6)).asString().isEqualTo("answer");
        }
    }

    @Test
    void aNewConnectionIntoACutGetsNoAnswerNoRefusalEither() throws IOException {
        relay.cut("h1");
        try (Socket caller = new Socket(addresses.relayed("h2", "h1"), LoopAddresses.HTTP)) {
            caller.setSoTimeout(SHORT_MS);
            assertThatThrownBy(() -> caller.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private void send(DatagramSocket from, String sender, String receiver, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(
                bytes,
                bytes.length,
                new InetSocketAddress(addresses.relayed(sender, receiver), LoopAddresses.DATAGRAM)));
    }

    private static DatagramPacket receive(DatagramSocket socket, int limitMs) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.setSoTimeout(limitMs);
        socket.receive(packet);
        return packet;
    }
}
