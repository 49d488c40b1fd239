package io.quorumfence.agent.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.quorumfence.model.HostId;
import java.util.concurrent.TimeUnit;

/** Locks of keys of one Hazelcast map. Never forces a lock open: it might be another host's by then. */
record HazelcastLocks(IMap<String, String> map) implements ClusterLocks {
    static final String MAP = "quorumfence.work";

    /**
     * Blocks. Takes and returns a lock of nobody's first, because the first call of a process loads classes and assigns
     * partitions for longer than an answer to the core may take.
     */
    static HazelcastLocks of(HazelcastInstance hazelcast) {
        IMap<String, String> map = hazelcast.getMap(MAP);
        // A key of this member alone, and no host's id: those have no slash.
        String key = "/" + hazelcast.getLocalEndpoint().getUuid();
        if (map.tryLock(key)) {
            map.unlock(key);
        }
        return new HazelcastLocks(map);
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
