package io.quorumfence.agent.core;

import io.quorumfence.model.PowerAction;
import io.quorumfence.model.Proof;
import org.jspecify.annotations.Nullable;

/** How far one piece of fencing work has come with the suspect's fence devices. */
final class PowerWork {
    /** Begun and not answered; then what, and until when. */
    boolean running;

    PowerAction action = PowerAction.STATUS;
    long deadlineNs;
    boolean endAsked;
    long attempt;

    /** Offs that were begun. */
    int offs;
    /** When the last off's processes were known to be gone. */
    long offEndNs = Timing.NEVER;
    /** When the first of an unbroken row of statuses said off. */
    long offSeenNs = Timing.NEVER;
    /** The next call is a status: an off has ended, and only that tells what came of it. */
    boolean statusDue;

    long nextNs = Timing.NEVER;
    /** No off is begun before. */
    long offNextNs = Timing.NEVER;

    boolean wanted;
    boolean intending;
    boolean reading;
    long readAskedNs;
    /** The record was as it is known now at this time or later. */
    long freshNs = Timing.NEVER;
    /** Another rung's proof that waits until no off is under way. */
    @Nullable
    Proof deferred;

    String detail = "";

    PowerWork copy() {
        PowerWork twin = new PowerWork();
        twin.running = running;
        twin.action = action;
        twin.deadlineNs = deadlineNs;
        twin.endAsked = endAsked;
        twin.attempt = attempt;
        twin.offs = offs;
        twin.offEndNs = offEndNs;
        twin.offSeenNs = offSeenNs;
        twin.statusDue = statusDue;
        twin.nextNs = nextNs;
        twin.offNextNs = offNextNs;
        twin.wanted = wanted;
        twin.intending = intending;
        twin.reading = reading;
        twin.readAskedNs = readAskedNs;
        twin.freshNs = freshNs;
        twin.deferred = deferred;
        twin.detail = detail;
        return twin;
    }

    boolean isOffRunning() {
        return running && action == PowerAction.OFF;
    }

    /** Whether nothing that was begun here can still switch the suspect off. */
    boolean isQuiet(long flightNs, long nowNs) {
        return !isOffRunning() && nowNs >= offEndNs + flightNs;
    }
}
