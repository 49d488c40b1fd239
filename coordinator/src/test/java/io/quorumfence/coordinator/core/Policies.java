package io.quorumfence.coordinator.core;

/** The shipped limits, with what a test needs changed. */
final class Policies {
    private Policies() {}

    static GatePolicy judgingAtOnce() {
        return of(0, GatePolicy.standard().requestsMax());
    }

    static GatePolicy atMost(int requests) {
        return of(0, requests);
    }

    private static GatePolicy of(long judgeEveryNs, int requestsMax) {
        GatePolicy standard = GatePolicy.standard();
        return new GatePolicy(
                standard.gatherNs(),
                standard.recentNs(),
                standard.recordNs(),
                standard.suspicionSlackNs(),
                standard.proofSlackNs(),
                standard.sshNs(),
                standard.joinNs(),
                standard.grantNs(),
                standard.pendingMaxNs(),
                standard.retryNs(),
                standard.absenceNs(),
                judgeEveryNs,
                standard.permitTtlMs(),
                requestsMax,
                standard.throttle(),
                standard.siblingsRequired());
    }
}
