package io.quorumfence.agent.effect.local;

/**
 * What stood in the keeper's page at one moment; times are nanoseconds of CLOCK_MONOTONIC_RAW.
 *
 * @param keeperPid 0 when no keeper runs
 * @param tickNs when the keeper last ticked
 * @param expiryNs {@link io.quorumfence.model.command.LocalCommand#NO_EXPIRY} when nothing is to be guarded
 * @param counter the incarnation the expiry belongs to, 0 before the first
 * @param keeperLatched highest incarnation counter the keeper has latched, 0 if none
 * @param watchdogMs what the watchdog really does, 0 when nothing enforces
 * @param watchdogOpen the watchdog's clock runs
 * @param agentLatched highest incarnation counter an agent has latched, 0 if none
 * @param leaseEndNs the lease end kept by the agent for the counter above, 0 when none was
 */
public record KeeperWords(
        long keeperPid,
        long tickNs,
        long feeds,
        long expiryNs,
        long counter,
        long keeperLatched,
        long watchdogMs,
        boolean watchdogOpen,
        long agentLatched,
        long leaseEndNs) {

    /** The highest counter either side has latched. */
    public long latchedCounter() {
        return Math.max(keeperLatched, agentLatched);
    }

    /** Whether the watchdog owes this host a reset: then nobody may feed it any more, opening it included. */
    boolean isResetOwed(long nowNs) {
        return nowNs >= expiryNs || (counter > 0 && keeperLatched >= counter);
    }
}
