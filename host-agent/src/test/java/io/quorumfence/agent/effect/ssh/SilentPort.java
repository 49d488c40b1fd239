package io.quorumfence.agent.effect.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A loopback port on which nothing answers, as on a host without power: its queue is full, so the kernel drops. */
final class SilentPort implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> fillers = new ArrayList<>();

    private SilentPort(ServerSocket server) {
        this.server = server;
    }

    static SilentPort on(String address, int port) throws IOException {
        SilentPort silent = new SilentPort(new ServerSocket(port, 1, InetAddress.getByName(address)));
        try {
            while (true) {
                Socket filler = new Socket();
                silent.fillers.add(filler);
                filler.connect(new InetSocketAddress(address, silent.port()), 300);
            }
        } catch (SocketTimeoutException e) {
            return silent;
        }
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        server.close();
    }
}
