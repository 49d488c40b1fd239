package io.quorumfence.coordinator.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * The gate's own time limits, in nanoseconds of the coordinator's monotonic clock. None of them proves anything: they
 * say how long to wait before refusing.
 *
 * @param gatherNs how long the first round of statuses may take
 * @param recentNs how old another host's last status may be while a request is pending
 * @param recordNs how old a status may be whose record is still believed to be a decided version
 * @param suspicionSlackNs beyond twice the suspicion time, before NOT_SUSPECTED
 * @param proofSlackNs how long after a time rung opens the proof may take to be decided
 * @param sshNs how long a pending request waits for ssh where time proves nothing
 * @param joinNs how long it waits for a booting last host to join
 * @param grantNs how long the writing of a permit may take
 * @param pendingMaxNs no request is pending for longer, whatever is under way
 * @param retryNs pause before a failed question is put again
 * @param absenceNs how old a host's word may be when the permit that rests on it is asked for
 * @param judgeEveryNs pending requests are judged anew at most this often
 */
public record GatePolicy(
        long gatherNs,
        long recentNs,
        long recordNs,
        long suspicionSlackNs,
        long proofSlackNs,
        long sshNs,
        long joinNs,
        long grantNs,
        long pendingMaxNs,
        long retryNs,
        long absenceNs,
        long judgeEveryNs,
        long permitTtlMs,
        int requestsMax) {

    /** What is shipped. */
    public static GatePolicy standard() {
        return new GatePolicy(
                MILLISECONDS.toNanos(1_300),
                SECONDS.toNanos(3),
                SECONDS.toNanos(10),
                SECONDS.toNanos(2),
                SECONDS.toNanos(8),
                SECONDS.toNanos(12),
                SECONDS.toNanos(10),
                SECONDS.toNanos(12),
                SECONDS.toNanos(180),
                MILLISECONDS.toNanos(300),
                SECONDS.toNanos(5),
                MILLISECONDS.toNanos(25),
                SECONDS.toMillis(120),
                10_000);
    }

    /**
     * The same limits for agents that are given this long for a status, and permits that are worth this long.
     *
     * @param statusMs the first round must hold one poll that fails and one that had begun before
     */
    public GatePolicy with(long statusMs, long ttlMs) {
        long gather = MILLISECONDS.toNanos(statusMs) + MILLISECONDS.toNanos(300);
        return new GatePolicy(
                gather,
                Math.max(recentNs, 2 * gather),
                recordNs,
                suspicionSlackNs,
                proofSlackNs,
                sshNs,
                joinNs,
                grantNs,
                pendingMaxNs,
                retryNs,
                absenceNs,
                judgeEveryNs,
                ttlMs,
                requestsMax);
    }
}
