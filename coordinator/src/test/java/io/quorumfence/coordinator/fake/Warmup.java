package io.quorumfence.coordinator.fake;

import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.HttpAgentCalls;
import io.quorumfence.model.VmId;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/**
 * Loads the TLS and HTTP classes once a JVM, before tests that are short of time: a first handshake takes a good part
 * of a second on a busy machine, and says nothing about the code under test.
 */
public final class Warmup {
    private static boolean done;

    private Warmup() {}

    public static synchronized void tls(Path directory) {
        if (done) {
            return;
        }
        done = true;
        Vertx vertx = Vertx.vertx();
        try {
            TestAuthority authority = new TestAuthority(directory);
            try (FakeCell cell = FakeCell.start(vertx, authority, "h1")) {
                HttpAgentCalls calls = new HttpAgentCalls(
                        vertx,
                        authority.files("coordinator"),
                        new AgentLimits(10_000, 10_000, 10_000, 4),
                        System::nanoTime);
                Waits.on(calls.status(cell.address("h1")));
                Waits.on(calls.absence(cell.address("h1"), "r", VmId.of("11111111-2222-3333-4444-555555555555")));
            }
        } finally {
            Waits.on(vertx.close());
        }
    }
}
