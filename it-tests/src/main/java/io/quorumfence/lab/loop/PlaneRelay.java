package io.quorumfence.lab.loop;

import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The loopback cell's management network: nobody reaches a host there but through a relay of this class, so a cut is a
 * relay that forwards nothing, in either direction. Silent as a pulled cable: datagrams vanish, connections stay open
 * and carry nothing; what was sent meanwhile arrives after the heal, as a retransmission would. It stands in for packet
 * filters, which need root. Threads of its own; methods return at once.
 */
final class PlaneRelay implements AutoCloseable {
    private static final int DATAGRAM_MAX = 65_536;

    private final LoopAddresses addresses;
    private final Selector selector;
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final Map<String, DatagramChannel> datagrams = new HashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private volatile boolean closed;

    /** One way through: from whom, empty for the coordinator, and to whom. */
    private record Way(String from, String to) {}

    /** Listens at once; the hosts behind it may come later. */
    PlaneRelay(LoopAddresses addresses, List<String> hosts) {
        this.addresses = addresses;
        try {
            selector = Selector.open();
            open.add(selector);
            for (String to : hosts) {
                serve(new Way("", to), addresses.relayed(to));
                for (String from : hosts) {
                    if (!from.equals(to)) {
                        serve(new Way(from, to), addresses.relayed(from, to));
                        datagrams(new Way(from, to), addresses.relayed(from, to));
                    }
                }
            }
        } catch (IOException e) {
            close();
            throw new LabException("the relays of the management network cannot listen: " + e.getMessage(), e);
        }
        start("relay", this::select);
    }

    void cut(String host) {
        cut.add(host);
    }

    void heal(String host) {
        cut.remove(host);
    }

    private boolean isCut(Way way) {
        return cut.contains(way.from) || cut.contains(way.to);
    }

    private void serve(Way way, String address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        open.add(server);
        server.bind(new InetSocketAddress(address, LoopAddresses.HTTP));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, way);
    }

    private void datagrams(Way way, String address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        open.add(channel);
        channel.bind(new InetSocketAddress(address, LoopAddresses.DATAGRAM));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, way);
        datagrams.put(way.from + "/" + way.to, channel);
    }

    private void select() {
        ByteBuffer packet = ByteBuffer.allocate(DATAGRAM_MAX);
        while (!closed) {
            try {
                selector.select(key -> ready(key, packet));
            } catch (IOException e) {
                throw new LabException("the relays of the management network stopped: " + e.getMessage(), e);
            }
        }
    }

    private void ready(SelectionKey key, ByteBuffer packet) {
        Way way = (Way) key.attachment();
        try {
            if (key.channel() instanceof ServerSocketChannel server) {
                SocketChannel caller = server.accept();
                if (caller != null) {
                    start("relay " + way, () -> carry(way, caller));
                }
            } else if (key.channel() instanceof DatagramChannel channel) {
                packet.clear();
                if (channel.receive(packet) != null && !isCut(way)) {
                    forward(way, packet.flip());
                }
            }
        } catch (IOException e) {
            // A lost datagram or a caller that has gone away again: a network does no better.
            packet.clear();
        }
    }

    /** Leaves by the door at which the receiver knows the sender, for it looks at where a datagram comes from. */
    private void forward(Way way, ByteBuffer packet) throws IOException {
        DatagramChannel door = datagrams.get(way.to + "/" + way.from);
        if (door != null) {
            door.send(packet, new InetSocketAddress(addresses.management(way.to), LoopAddresses.DATAGRAM));
        }
    }

    private void carry(Way way, SocketChannel caller) {
        try (caller) {
            if (!awaitOpen(way)) {
                return;
            }
            try (SocketChannel host =
                    SocketChannel.open(new InetSocketAddress(addresses.management(way.to), LoopAddresses.HTTP))) {
                Thread back = start("relay back " + way, () -> copy(way, host, caller));
                copy(way, caller, host);
                back.join();
            }
        } catch (IOException e) {
            return; // the host is off: its caller sees a closed connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(Way way, SocketChannel from, SocketChannel to) {
        ByteBuffer data = ByteBuffer.allocate(16_384);
        try {
            while (from.read(data) >= 0 && awaitOpen(way)) {
                data.flip();
                while (data.hasRemaining()) {
                    to.write(data);
                }
                data.clear();
            }
            if (awaitOpen(way)) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            closeQuietly(to);
            closeQuietly(from);
        }
    }

    /** False when the relay ends first. */
    private boolean awaitOpen(Way way) {
        while (isCut(way) && !closed) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return !closed;
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(PlaneRelay::closeQuietly);
    }

    private static void closeQuietly(@Nullable AutoCloseable one) {
        try {
            if (one != null) {
                one.close();
            }
        } catch (Exception e) {
            // It is not used any more, whatever it says.
            return;
        }
    }
}
