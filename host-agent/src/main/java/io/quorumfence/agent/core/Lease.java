package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The right to keep VMs running: both planes mirror the same rule; the later one counts. */
final class Lease {
    /** One round of acknowledgement requests. */
    static final class Round {
        final long sentNs;
        final long termsVersion;
        final Set<HostId> acked = new HashSet<>();

        Round(long sentNs, long termsVersion) {
            this.sentNs = sentNs;
            this.termsVersion = termsVersion;
        }

        Round copy() {
            Round twin = new Round(sentNs, termsVersion);
            twin.acked.addAll(acked);
            return twin;
        }
    }

    static final int ROUNDS_KEPT = 32;

    long storageNs = Timing.NEVER;
    long networkNs = Timing.NEVER;
    /** Start of the lease when nothing has renewed yet: the join, or what the last process left. */
    long floorNs = Timing.NEVER;

    /** The first renewal of this process and life. */
    long firstNs = Timing.NEVER;

    long networkTermsVersion;
    long nextRoundNs = Timing.NEVER;
    final Map<Long, Round> rounds = new LinkedHashMap<>();

    Lease copy() {
        Lease twin = new Lease();
        twin.storageNs = storageNs;
        twin.networkNs = networkNs;
        twin.floorNs = floorNs;
        twin.firstNs = firstNs;
        twin.networkTermsVersion = networkTermsVersion;
        twin.nextRoundNs = nextRoundNs;
        rounds.forEach((sequence, round) -> twin.rounds.put(sequence, round.copy()));
        return twin;
    }

    void renewedByStorage(long startNs) {
        storageNs = Math.max(storageNs, startNs);
        firstNs = firstNs == Timing.NEVER ? startNs : firstNs;
    }

    void renewedByNetwork(long sentNs) {
        networkNs = Math.max(networkNs, sentNs);
        firstNs = firstNs == Timing.NEVER ? sentNs : firstNs;
    }

    long lastRenewalNs() {
        return Math.max(floorNs, Math.max(storageNs, networkNs));
    }

    void restart(long nowNs) {
        storageNs = Timing.NEVER;
        networkNs = Timing.NEVER;
        firstNs = Timing.NEVER;
        networkTermsVersion = 0;
        floorNs = nowNs;
        rounds.clear();
    }
}
