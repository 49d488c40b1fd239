package io.quorumfence.agent.effect.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A loopback port that passes everything on late, or resets whoever connects. */
final class SlowRelay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private SlowRelay() throws IOException {}

    static SlowRelay to(int port, long delayMs) throws IOException {
        SlowRelay relay = new SlowRelay();
        relay.accept(client -> {
            Socket behind = new Socket(InetAddress.getLoopbackAddress(), port);
            relay.threads.execute(() -> copy(client, behind, delayMs));
            relay.threads.execute(() -> copy(behind, client, delayMs));
        });
        return relay;
    }

    /** With a linger of zero a close is a reset. */
    static SlowRelay thatResets() throws IOException {
        SlowRelay relay = new SlowRelay();
        relay.accept(client -> {
            client.setSoLinger(true, 0);
            client.close();
        });
        return relay;
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private interface Guest {
        void welcome(Socket client) throws IOException;
    }

    private void accept(Guest guest) {
        threads.execute(() -> {
            try {
                while (true) {
                    guest.welcome(server.accept());
                }
            } catch (IOException e) {
                // Closed: the test is over.
                return;
            }
        });
    }

    private static void copy(Socket from, Socket to, long delayMs) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMs));
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One side has gone; so does the other.
            return;
        }
    }
}
