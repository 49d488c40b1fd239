package io.quorumfence.coordinator.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.quorumfence.model.CellId;
import java.util.Set;

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
 * @param throttle how many VMs may be starting at a time
 * @param siblingsRequired cells that answer only requests with vetted siblings
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
        int requestsMax,
        Throttle throttle,
        Set<CellId> siblingsRequired) {

    public GatePolicy {
        siblingsRequired = Set.copyOf(siblingsRequired);
    }

    /**
     * So that one lost host does not push the next one over.
     *
     * @param perDestination VMs that may be starting on one host at a time, 0 for any number
     * @param perCell the same in a whole cell
     * @param waitMaxNs how long a request may wait for its turn
     */
    public record Throttle(int perDestination, int perCell, long waitMaxNs) {
        boolean isOff() {
            return perDestination == 0 && perCell == 0;
        }
    }

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
                10_000,
                new Throttle(10, 40, SECONDS.toNanos(1_800)),
                Set.of());
    }

    /**
     * The same limits for agents that are given this long for a status, and permits that are worth this long.
     *
     * @param statusMs the first round must hold one poll that fails and one that had begun before
     */
    public GatePolicy with(long statusMs, long ttlMs) {
        long gather = MILLISECONDS.toNanos(statusMs) + MILLISECONDS.toNanos(300);
        return with(gather, Math.max(recentNs, 2 * gather), ttlMs, throttle, siblingsRequired);
    }

    /** The same limits with another number of VMs starting at a time, and these cells asking for siblings. */
    public GatePolicy with(Throttle starts, Set<CellId> strictCells) {
        return with(gatherNs, recentNs, permitTtlMs, starts, strictCells);
    }

    private GatePolicy with(long gather, long recent, long ttlMs, Throttle starts, Set<CellId> strictCells) {
        return new GatePolicy(
                gather,
                recent,
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
                requestsMax,
                starts,
                strictCells);
    }
}
