package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.StorageObservation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The histograms as they are scraped: a stall is to be seen before it comes near to a deadline. */
class LatenciesTest {
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final StorageId S1 = new StorageId("s1");
    private static final PlaneId PLANE = new PlaneId("management");
    private static final String STORAGE = "quorumfence_storage_operation_seconds";
    private static final String ACKS = "quorumfence_plane_acknowledgement_seconds";

    @TempDir
    private Path directory;

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicLong nowNs = new AtomicLong();
    private final List<Observation> inbox = new ArrayList<>();
    private Consumer<Observation> behind = observation -> {};
    private Consumer<PeerCommand> before = command -> {};

    @BeforeEach
    void aHostWithOneStorageAndOnePlane() throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), """
                cell: lab1
                host: h1
                planes: [management]
                watchdog: {kind: none}
                members:
                  - {host: h1, addresses: {management: 10.77.1.1}}
                  - {host: h2, addresses: {management: 10.77.1.2}}
                storages:
                  - {id: s1, path: /dev/vdb}
                security:
                  macKeyFile: /etc/quorumfence/mac.key
                  tls: {ca: /etc/quorumfence/ca.pem, certificate: /etc/quorumfence/h1.pem, key: /etc/quorumfence/h1.key}
                """);
        Latencies latencies = new Latencies(meters, AgentConfigFile.read(file).cell(), nowNs::get);
        behind = latencies.behind(inbox::add);
        before = latencies.before(command -> {});
    }

    @Test
    void aStallOfAStorageIsCountedThoughItFailed() {
        long second = TimeUnit.SECONDS.toNanos(1);
        behind.accept(scanned(S1, IoResult.success(0, second / 500)));
        behind.accept(scanned(S1, IoResult.failure(0, 7 * second, "timed out")));
        behind.accept(scanned(new StorageId("other"), IoResult.success(0, second)));
        assertThat(inbox).as("passed on, each once").hasSize(3);
        assertThat(meters.scrape())
                .contains(STORAGE + "_bucket{storage=\"s1\",le=\"0.005\"} 1")
                .contains(STORAGE + "_bucket{storage=\"s1\",le=\"5.0\"} 1")
                .contains(STORAGE + "_bucket{storage=\"s1\",le=\"10.0\"} 2")
                .contains(STORAGE + "_count{storage=\"s1\"} 2")
                .doesNotContain("other");
    }

    @Test
    void anAcknowledgementIsMeasuredFromTheRoundThatItAnswers() {
        before.accept(new PeerCommand.SendAckRequest(request(5)));
        nowNs.set(TimeUnit.MILLISECONDS.toNanos(400));
        before.accept(new PeerCommand.SendAckRequest(request(6)));
        nowNs.set(TimeUnit.MILLISECONDS.toNanos(600));
        behind.accept(new PeerObservation.AckArrived(PLANE, ack(5)));
        behind.accept(new PeerObservation.AckArrived(PLANE, ack(6)));
        behind.accept(new PeerObservation.AckArrived(PLANE, ack(4)));
        assertThat(meters.scrape())
                .contains(ACKS + "_bucket{plane=\"management\",le=\"0.1\"} 0")
                .contains(ACKS + "_bucket{plane=\"management\",le=\"0.25\"} 1")
                .contains(ACKS + "_bucket{plane=\"management\",le=\"1.0\"} 2")
                .contains(ACKS + "_count{plane=\"management\"} 2");
    }

    private static StorageObservation scanned(StorageId storage, IoResult io) {
        return new StorageObservation.BeatsScanned(storage, 1, io, Map.of());
    }

    private static AckRequest request(long sequence) {
        Terms terms = new Terms(SelfFenceAction.STOP_VMS, 10, 3, 0, WatchdogKind.NONE, false, 3, 5);
        return new AckRequest(
                H1, H2, new Incarnation(7, new UUID(1, 2)), HostPhase.JOINED, sequence, 0, 3, 1, 0, terms);
    }

    private static Ack ack(long sequence) {
        return new Ack(H2, H1, 7, sequence, Ack.Kind.ACKNOWLEDGED, 99, 0, 3, 1);
    }
}
