package io.quorumfence.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.instance.EndpointQualifier;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation.LockAnswered;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real clusters on loopback. */
@ExtendWith(VertxExtension.class)
class CellClusterTest {
    private static final HostId SUSPECT = new HostId("h9");
    private static final ClusterStatus OFF = new ClusterStatus(ClusterStatus.State.OFF, 0);
    private static final ClusterStatus JOINING = new ClusterStatus(ClusterStatus.State.JOINING, 0);

    @RegisterExtension
    final ClusterBench bench = new ClusterBench();

    /** One host's lock and what it said. */
    private record Sibling(CourtesyLock lock, BlockingQueue<Observation> inbox) {
        static Sibling of(CellCluster cluster, Vertx vertx) {
            BlockingQueue<Observation> inbox = new LinkedBlockingQueue<>();
            return new Sibling(new CourtesyLock(cluster, vertx, inbox::add, System::nanoTime), inbox);
        }

        LockAnswer take(long work) throws InterruptedException {
            lock.take(new LocalCommand.TakeLock(work, SUSPECT));
            Observation said = Objects.requireNonNull(inbox.poll(10, TimeUnit.SECONDS), "no answer");
            return ((LockAnswered) said).answer();
        }

        void release(long work) {
            lock.release(new LocalCommand.ReleaseLock(work, SUSPECT));
        }
    }

    @Test
    void oneSiblingHoldsTheLockUntilItGivesItBack(Vertx vertx) throws Exception {
        List<CellCluster> hosts = bench.joined(2);
        Sibling a = Sibling.of(hosts.get(0), vertx);
        Sibling b = Sibling.of(hosts.get(1), vertx);

        acquires(a, 1);
        isRefused(b, 1);
        b.release(1);
        isRefused(b, 2);
        a.release(1);
        acquires(b, 3);
        isRefused(a, 4);
    }

    @Test
    void theLockOfAKilledHostIsFreedAndTheHostJoinsAgain(Vertx vertx) throws Exception {
        List<CellCluster> hosts = bench.joined(2);
        Sibling a = Sibling.of(hosts.get(0), vertx);
        Sibling b = Sibling.of(hosts.get(1), vertx);
        acquires(a, 1);

        hosts.get(0).terminate();

        acquires(b, 2);
        ClusterBench.await(() -> hosts.stream().allMatch(host -> host.status().members() == 2));
        isRefused(a, 3);
    }

    @Test
    void nothingIsJoinedBeforeStartAndAfterClose() throws Exception {
        CellCluster host = bench.host(new CellId("alone"), 1, 2, ClusterBench.freePort());
        assertThat(host.status()).isEqualTo(OFF);
        assertThat(host.locks()).isEmpty();
        host.start();
        ClusterBench.await(() -> host.status().members() == 1);
        host.close().await(30, TimeUnit.SECONDS);
        assertThat(host.status()).isEqualTo(OFF);
        assertThat(host.locks()).isEmpty();
    }

    @Test
    void aPortThatIsStillTakenIsJoinedOnOnceItIsFree() throws Exception {
        int port = ClusterBench.freePort();
        CellCluster host = bench.host(new CellId("late"), 1, 1, port);
        try (ServerSocket predecessor = new ServerSocket()) {
            predecessor.bind(new InetSocketAddress("127.0.0.1", port));
            host.start();
            assertThat(host.status()).isEqualTo(JOINING);
        }
        ClusterBench.await(() -> host.status().members() == 1);
    }

    @Test
    void onlyMembersAreListenedToAndOnlyListedOnesAreLookedFor() {
        Config config = HazelcastConfig.of(
                new ClusterSettings(new CellId("lab1"), "10.77.1.1", List.of("10.77.1.1", "10.77.1.2"), 5701));
        assertThat(config.getClusterName()).isEqualTo("lab1");
        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs().keySet())
                .containsExactly(EndpointQualifier.MEMBER);
        assertThat(config.getAdvancedNetworkConfig()
                        .getJoin()
                        .getMulticastConfig()
                        .isEnabled())
                .isFalse();
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.77.1.1:5701", "10.77.1.2:5701");
    }

    /** A slow machine may need a second try: no answer in time is a legal one. */
    private static void acquires(Sibling sibling, long work) throws Exception {
        ClusterBench.await(() -> answer(sibling, work) == LockAnswer.ACQUIRED);
    }

    private static void isRefused(Sibling sibling, long work) throws Exception {
        ClusterBench.await(() -> {
            LockAnswer answer = answer(sibling, work);
            assertThat(answer).isNotEqualTo(LockAnswer.ACQUIRED);
            return answer == LockAnswer.HELD_ELSEWHERE;
        });
    }

    private static LockAnswer answer(Sibling sibling, long work) {
        try {
            return sibling.take(work);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
