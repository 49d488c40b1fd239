package io.quorumfence.agent.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.quorumfence.model.HostId;
import java.util.concurrent.TimeUnit;

/** Locks of keys of one Hazelcast map. Never forces a lock open: it might be another host's by then. */
record HazelcastLocks(IMap<String, String> map) implements ClusterLocks {
    static final String MAP = "quorumfence.work";

    static HazelcastLocks of(HazelcastInstance hazelcast) {
        return new HazelcastLocks(hazelcast.getMap(MAP));
    }

    @Override
    public boolean tryLock(HostId suspect, long waitMs, long leaseMs) throws InterruptedException {
        return map.tryLock(suspect.value(), waitMs, TimeUnit.MILLISECONDS, leaseMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void unlock(HostId suspect) {
        try {
            map.unlock(suspect.value());
        } catch (IllegalMonitorStateException ignored) {
            // Its lease had ended.
        }
    }
}
