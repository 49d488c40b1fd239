package io.quorumfence.agent.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What leads to one member: listens on the address that the others know, and carries bytes to the address it is bound
 * to. Cut, what is under way goes nowhere and nobody hears of it, and new connections are refused.
 */
final class Cable implements AutoCloseable {
    private final ServerSocket entrance = new ServerSocket();
    private final InetSocketAddress member;
    private final List<Socket> ends = new CopyOnWriteArrayList<>();
    private volatile boolean cut;

    Cable(InetSocketAddress known, InetSocketAddress member) throws IOException {
        this.member = member;
        entrance.setReuseAddress(true);
        entrance.bind(known);
        run(this::accept);
    }

    void cut() {
        cut = true;
    }

    /** What was silent ends: its bytes are lost. */
    void heal() {
        closeEnds();
        cut = false;
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        closeEnds();
    }

    private void closeEnds() {
        ends.forEach(Cable::quietly);
        ends.clear();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket from = entrance.accept();
                if (cut) {
                    quietly(from);
                } else {
                    connect(from);
                }
            } catch (IOException ended) {
                // Closed: the loop's condition tells.
            }
        }
    }

    private void connect(Socket from) {
        Socket to = new Socket();
        ends.add(from);
        ends.add(to);
        try {
            to.connect(member);
            run(() -> carry(from, to));
            run(() -> carry(to, from));
        } catch (IOException e) {
            quietly(from);
            quietly(to);
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] buffer = new byte[8_192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!cut) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException ended) {
            // One end is closed, so the other is.
        }
        if (!cut) {
            quietly(from);
            quietly(to);
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It was on its way out.
        }
    }

    private static void run(Runnable task) {
        Thread made = new Thread(task, "cable");
        made.setDaemon(true);
        made.start();
    }
}
