package io.quorumfence.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two members under the production configuration, and a cable to each that is cut and healed. While it is whole one
 * host is inside; cut, both halves give the lock; after the merge it is one lock again.
 */
class LockPartitionTest {
    private static final HostId SUSPECT = new HostId("h9");
    private static final long LONG_MS = 600_000;
    private static final int TURNS = 10;

    private final List<Cable> cables = new ArrayList<>();
    private final List<HazelcastInstance> members = new ArrayList<>();
    private final List<ClusterLocks> locks = new ArrayList<>();
    /** The locks belong to the thread that took them: one a host. */
    private final List<ExecutorService> threads =
            List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());

    /** The others know the cable's entrance. */
    private record BehindACable(InetSocketAddress own, InetSocketAddress known) implements MemberAddressProvider {
        @Override
        public InetSocketAddress getBindAddress() {
            return own;
        }

        @Override
        public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
            return own;
        }

        @Override
        public InetSocketAddress getPublicAddress() {
            return known;
        }

        @Override
        public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
            return known;
        }
    }

    @BeforeEach
    void join() throws Exception {
        int port = ClusterBench.freePort();
        CellId cell = new CellId("test-" + UUID.randomUUID());
        List<String> entrances = List.of("127.0.1.1", "127.0.1.2");
        for (int i = 0; i < 2; i++) {
            InetSocketAddress own = new InetSocketAddress("127.0.0." + (i + 1), port);
            InetSocketAddress known = new InetSocketAddress(entrances.get(i), port);
            cables.add(new Cable(known, own));
            Config config = HazelcastConfig.of(new ClusterSettings(cell, own.getHostString(), entrances, port));
            config.getAdvancedNetworkConfig()
                    .getMemberAddressProviderConfig()
                    .setImplementation(new BehindACable(own, known));
            // Only how often halves look for each other differs from production: a test does not wait for 10 s.
            config.setProperty("hazelcast.merge.first.run.delay.seconds", "1");
            config.setProperty("hazelcast.merge.next.run.delay.seconds", "1");
            HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
            members.add(member);
            locks.add(HazelcastLocks.of(member));
        }
        seeEachOther(2);
    }

    @AfterEach
    void leave() throws Exception {
        threads.forEach(ExecutorService::shutdownNow);
        members.forEach(member -> member.getLifecycleService().terminate());
        for (Cable cable : cables) {
            cable.close();
        }
    }

    private void seeEachOther(int many) throws Exception {
        ClusterBench.await(() -> members.stream()
                .allMatch(member -> member.getCluster().getMembers().size() == many));
    }

    private <T> Future<T> on(int host, Callable<T> work) {
        return threads.get(host).submit(work);
    }

    private boolean lock(int host, long waitMs) throws Exception {
        return on(host, () -> locks.get(host).tryLock(SUSPECT, waitMs, LONG_MS)).get(60, TimeUnit.SECONDS);
    }

    private void unlock(int host) throws Exception {
        Future<?> done = threads.get(host).submit(() -> locks.get(host).unlock(SUSPECT));
        done.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aCutGivesItTwiceAndAMergeLeavesOne() throws Exception {
        assertThat(mostInside()).as("before the cut").isEqualTo(1);
        assertThat(lock(0, 0)).isTrue();
        assertThat(lock(1, 0)).as("while the other holds it").isFalse();

        cables.forEach(Cable::cut);
        seeEachOther(1);
        assertThat(lock(1, 30_000)).as("in the other half").isTrue();

        cables.forEach(Cable::heal);
        seeEachOther(2);
        assertThat(takenByAStranger(0)).as("somebody holds it still").isFalse();
        assertThat(takenByAStranger(1)).as("and both sides know").isFalse();

        unlock(0);
        unlock(1);
        assertThat(lock(0, 30_000)).as("free, whoever of the two was forgotten").isTrue();
        assertThat(lock(1, 0)).as("one lock again").isFalse();
        unlock(0);
        assertThat(mostInside()).as("after the merge").isEqualTo(1);
    }

    private boolean takenByAStranger(int host) throws Exception {
        ExecutorService stranger = Executors.newSingleThreadExecutor();
        try {
            return stranger.submit(() -> locks.get(host).tryLock(SUSPECT, 0, LONG_MS))
                    .get(60, TimeUnit.SECONDS);
        } finally {
            stranger.shutdownNow();
        }
    }

    /** Both hosts take it some times, each as soon as it gets it. */
    private int mostInside() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> all = List.of(on(0, () -> turns(0, inside, most)), on(1, () -> turns(1, inside, most)));
        for (Future<Integer> one : all) {
            assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(TURNS);
        }
        return most.get();
    }

    private int turns(int host, AtomicInteger inside, AtomicInteger most) throws InterruptedException {
        int taken = 0;
        for (int i = 0; i < TURNS; i++) {
            if (locks.get(host).tryLock(SUSPECT, 30_000, LONG_MS)) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.yield();
                inside.decrementAndGet();
                locks.get(host).unlock(SUSPECT);
                taken++;
            }
        }
        return taken;
    }
}
