package io.quorumfence.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a lock whose holder does not give it back; {@link LockPartitionTest} has the cut cluster. */
class LockTroubleTest {
    private static final HostId SUSPECT = new HostId("h9");
    private static final long LONG_MS = 600_000;
    private static final long SHORT_MS = 1_500;

    @RegisterExtension
    final ClusterBench bench = new ClusterBench();

    /** The locks belong to the thread that took them: one a host. */
    private final List<ExecutorService> threads =
            List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());

    @AfterEach
    void end() {
        threads.forEach(ExecutorService::shutdownNow);
    }

    private <T> T on(int host, Callable<T> work) throws Exception {
        return threads.get(host).submit(work).get(60, TimeUnit.SECONDS);
    }

    private boolean lock(List<CellCluster> hosts, int host, long waitMs, long leaseMs) throws Exception {
        return on(host, () -> hosts.get(host).locks().orElseThrow().tryLock(SUSPECT, waitMs, leaseMs));
    }

    private void unlock(List<CellCluster> hosts, int host) throws Exception {
        on(host, () -> {
            hosts.get(host).locks().orElseThrow().unlock(SUSPECT);
            return true;
        });
    }

    @Test
    void aLeaseEndsByItselfAndItsLateReleaseTakesNothingAway() throws Exception {
        List<CellCluster> hosts = bench.joined(2);
        assertThat(lock(hosts, 0, 0, SHORT_MS)).isTrue();
        assertThat(lock(hosts, 1, 0, LONG_MS)).as("while the lease runs").isFalse();

        assertThat(lock(hosts, 1, 30_000, LONG_MS)).as("after it").isTrue();

        unlock(hosts, 0);
        assertThat(lock(hosts, 0, 0, SHORT_MS))
                .as("the late release was nobody's")
                .isFalse();
    }

    @Test
    void aHolderThatDiesWithoutAWordLeavesTheLock() throws Exception {
        List<CellCluster> hosts = bench.joined(2);
        assertThat(lock(hosts, 0, 0, LONG_MS)).isTrue();

        hosts.get(0).terminate();

        assertThat(lock(hosts, 1, 60_000, LONG_MS)).isTrue();
    }

    /**
     * A half that gives itself up and joins the other: what it held is gone with it, and giving it back harms nobody.
     */
    @Test
    void afterAMergeOneHolderIsLeft() throws Exception {
        List<CellCluster> hosts = bench.joined(2);
        assertThat(lock(hosts, 1, 0, LONG_MS)).isTrue();
        hosts.get(1).terminate();
        ClusterBench.await(() -> hosts.get(0).status().members() == 1);
        assertThat(lock(hosts, 0, 30_000, LONG_MS)).isTrue();
        ClusterBench.await(() -> hosts.stream().allMatch(host -> host.status().members() == 2)
                && hosts.get(1).locks().isPresent());

        unlock(hosts, 1);

        assertThat(lock(hosts, 1, 0, LONG_MS)).isFalse();
        unlock(hosts, 0);
        assertThat(lock(hosts, 1, 30_000, LONG_MS)).isTrue();
    }
}
