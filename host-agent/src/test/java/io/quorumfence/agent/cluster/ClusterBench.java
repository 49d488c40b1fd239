package io.quorumfence.agent.cluster;

import io.quorumfence.model.CellId;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Clusters of hosts 127.0.0.1, 127.0.0.2 and so on, under one free port and a cell name of their own. */
final class ClusterBench implements AfterEachCallback {
    private static final long WAIT_MS = 60_000;

    private final List<CellCluster> opened = new ArrayList<>();

    /** Begins to join with hosts 1 to {@code n} and waits until they see each other. */
    List<CellCluster> joined(int n) throws Exception {
        int port = freePort();
        CellId cell = new CellId("test-" + UUID.randomUUID());
        List<CellCluster> hosts = IntStream.rangeClosed(1, n)
                .mapToObj(i -> host(cell, i, n, port))
                .toList();
        hosts.forEach(CellCluster::start);
        await(() -> hosts.stream().allMatch(host -> host.status().members() == n));
        return hosts;
    }

    /** A host that is not started. */
    CellCluster host(CellId cell, int position, int n, int port) {
        List<String> members =
                IntStream.rangeClosed(1, n).mapToObj(i -> "127.0.0." + i).toList();
        CellCluster made = new CellCluster(new ClusterSettings(cell, "127.0.0." + position, members, port));
        opened.add(made);
        return made;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (CellCluster cluster : opened) {
            cluster.close().await(30, TimeUnit.SECONDS);
        }
    }

    /** Waits for a state that no future tells of: another process's view of the membership. */
    static void await(BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                throw new AssertionError("not reached within " + WAIT_MS + " ms");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return socket.getLocalPort();
        }
    }
}
