package io.quorumfence.agent.probe.net;

import io.micrometer.core.instrument.MeterRegistry;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends and receives the small authenticated datagrams of the network plane, over one socket a plane, bound to this
 * host's own address there. Decides nothing: what passes the {@link Intake} goes to the inbox, everything else is
 * dropped, counted, and logged once a minute for each cause and source.
 *
 * <p>All state belongs to the event loop it is deployed on; {@link #send} may be called from any thread and never
 * blocks. A plane that cannot be bound (its interface is down, or a predecessor that is being torn down still has the
 * port) is tried again every {@value #BIND_RETRY_MS} ms and holds up nobody: the address is not shared with the
 * predecessor, because the kernel would then hand datagrams to either. A datagram that cannot be sent is lost, like one
 * that the network loses; the next round asks again.
 */
public final class PeerDatagrams implements Deployable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerDatagrams.class);
    private static final long BIND_RETRY_MS = 200;

    private final CellConfig cell;
    private final int port;
    private final DatagramCodec codec;
    private final Consumer<Observation> inbox;
    private final MeterRegistry meters;
    private final LongSupplier nowNs;
    private final PlaneAddresses addresses;
    private final Intake intake;
    private final QuietLog quiet = new QuietLog();
    private final Map<PlaneId, DatagramSocket> sockets = new HashMap<>();

    private volatile @Nullable Context context;
    private boolean closing;

    /**
     * Checks the addresses and binds nothing yet.
     *
     * @param port UDP port of every host of the cell
     * @param inbox takes observations on the event loop; must not block
     * @param nowNs a monotonic clock, used to keep the log quiet
     */
    public PeerDatagrams(
            CellConfig cell,
            int port,
            DatagramCodec codec,
            Consumer<Observation> inbox,
            MeterRegistry meters,
            LongSupplier nowNs) {
        this.cell = cell;
        this.port = port;
        this.codec = codec;
        this.inbox = inbox;
        this.meters = meters;
        this.nowNs = nowNs;
        this.addresses = new PlaneAddresses(cell);
        this.intake = new Intake(cell, addresses);
    }

    /** Starts to bind. Completes when each plane was tried once, bound or not. */
    @Override
    public Future<?> deploy(Context own) {
        context = own;
        List<Future<Void>> first = new ArrayList<>();
        for (PlaneId plane : cell.planes()) {
            addresses.of(plane, cell.host()).ifPresent(address -> first.add(bind(own.owner(), plane, address)));
        }
        return Future.join(first);
    }

    @Override
    public Future<?> undeploy(Context own) {
        closing = true;
        return Future.join(sockets.values().stream().map(DatagramSocket::close).toList());
    }

    /** Sends to {@code request.to()} on every plane it has an address on. */
    public void send(PeerCommand.SendAckRequest command) {
        onLoop(() -> {
            byte[] bytes = codec.encode(command.request());
            cell.planes().forEach(plane -> send(plane, command.request().to(), bytes));
        });
    }

    /** Answers on the plane that the request came by. */
    public void send(PeerCommand.SendAck command) {
        onLoop(() -> send(command.plane(), command.ack().to(), codec.encode(command.ack())));
    }

    private void onLoop(Runnable task) {
        Context own = context;
        if (own != null) {
            own.runOnContext(ignored -> task.run());
        }
    }

    private Future<Void> bind(Vertx vertx, PlaneId plane, String address) {
        DatagramSocket socket = vertx.createDatagramSocket(
                new DatagramSocketOptions().setIpV6(address.indexOf(':') >= 0).setReuseAddress(false));
        // Handlers first: a datagram may arrive before the bind's own future is seen.
        socket.handler(packet -> arrived(plane, packet));
        socket.exceptionHandler(e -> complain("receive " + plane, "receiving on plane " + plane, e));
        return socket.listen(port, address)
                .onSuccess(bound -> bound(plane, bound))
                .onFailure(e -> {
                    socket.close();
                    complain("bind " + plane, "binding " + address + ":" + port + " on plane " + plane, e);
                    vertx.setTimer(BIND_RETRY_MS, ignored -> bindAgain(vertx, plane, address));
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void bindAgain(Vertx vertx, PlaneId plane, String address) {
        if (!closing) {
            bind(vertx, plane, address);
        }
    }

    private void bound(PlaneId plane, DatagramSocket socket) {
        if (closing) {
            socket.close();
            return;
        }
        sockets.put(plane, socket);
        LOG.info("plane {}: datagrams on {}", plane, socket.localAddress());
    }

    private void send(PlaneId plane, HostId to, byte[] bytes) {
        DatagramSocket socket = sockets.get(plane);
        String address = addresses.of(plane, to).orElse(null);
        if (socket == null || address == null) {
            return;
        }
        socket.send(Buffer.buffer(bytes), port, address).onComplete(sent -> {
            meters.counter("quorumfence.datagrams.sent", "plane", plane.value(), "result", outcome(sent.succeeded()))
                    .increment();
            if (sent.failed()) {
                complain("send " + plane + to, "sending to host " + to + " on plane " + plane, sent.cause());
            }
        });
    }

    private void arrived(PlaneId plane, DatagramPacket packet) {
        String source = packet.sender().hostAddress();
        Intake.Verdict verdict =
                intake.judge(plane, source, codec.decode(packet.data().getBytes()));
        if (verdict instanceof Intake.Verdict.Accepted accepted) {
            meters.counter("quorumfence.datagrams.received", "plane", plane.value())
                    .increment();
            inbox.accept(accepted.observation());
            return;
        }
        DropCause cause = ((Intake.Verdict.Dropped) verdict).cause();
        meters.counter("quorumfence.datagrams.dropped", "plane", plane.value(), "cause", cause.name())
                .increment();
        quiet.mayWrite(cause.name() + source, nowNs.getAsLong())
                .ifPresent(kept -> LOG.warn(
                        "datagram from {} on plane {} dropped: {} ({} more of this kind since the last line)",
                        source,
                        plane,
                        cause.text(),
                        kept));
    }

    private void complain(String subject, String attempt, Throwable cause) {
        quiet.mayWrite(subject, nowNs.getAsLong())
                .ifPresent(kept -> LOG.warn(
                        "{} failed: {}; it is tried again ({} more of this kind since the last line)",
                        attempt,
                        cause.getMessage(),
                        kept));
    }

    private static String outcome(boolean succeeded) {
        return succeeded ? "ok" : "failed";
    }
}
