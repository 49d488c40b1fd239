package io.quorumfence.sim;

import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.LocalCommand;

/**
 * The keeper and the watchdog behind it, for one kernel boot. Feeds are not simulated one by one: while it feeds, the
 * last feed follows from its period; events happen only where feeding begins or ends.
 */
final class SimKeeper {
    private final SimHost host;
    private final long periodNs;
    private final long watchdogNs;
    private final boolean real;
    private final long startNs;

    private long expiryNs = LocalCommand.NO_EXPIRY;
    private long counter;
    private long latched;
    private boolean feeding = true;
    private boolean stopped;
    private boolean feedOwed;
    /** It ended the feeding itself, and was not stopped or killed. */
    private boolean byExpiry;

    private boolean over;
    private long lastFeedNs;
    private long generation;

    SimKeeper(SimHost host) {
        this.host = host;
        watchdogNs = host.config.deadlines().watchdog().toNanos();
        periodNs = Math.min(watchdogNs / 4, SimCell.MILLI * 250);
        real = host.config.watchdog() != WatchdogKind.NONE;
        startNs = host.cell.time.nowNs();
        lastFeedNs = startNs;
    }

    long expiryNs() {
        return expiryNs;
    }

    long watchdogNs() {
        return watchdogNs;
    }

    long latched() {
        return latched;
    }

    /** Whether it is alive with an open watchdog: what the agent reads in the shared memory. */
    boolean isFeeding() {
        return real && !over;
    }

    /** Whether the shared memory shows something else than what was read there. */
    boolean isNews(boolean feedingThen, long latchedThen) {
        return isFeeding() != feedingThen || latched != latchedThen;
    }

    /** What a restarted agent reads: whether the last process left an end to enforce. */
    boolean isEndPromised() {
        return expiryNs != LocalCommand.NO_EXPIRY;
    }

    boolean isBounded() {
        return real && expiryNs != LocalCommand.NO_EXPIRY;
    }

    /** The host went away: nothing here happens any more. */
    void end() {
        over = true;
        generation++;
    }

    /** Two stores of the agent to shared memory. */
    void set(long newCounter, long newExpiryNs) {
        boolean revived = newCounter > counter && latched > 0 && !feeding;
        boolean sooner = newExpiryNs < expiryNs;
        counter = newCounter;
        expiryNs = newExpiryNs;
        if ((revived || sooner) && !stopped && !over) {
            look(++generation);
        }
    }

    /** What is due by the clock is due at another true time now. */
    void clockChanged() {
        if (!over && !stopped && feeding) {
            look(++generation);
        }
    }

    private long lastTick(long trueNs) {
        return startNs + (trueNs - startNs) / periodNs * periodNs;
    }

    /** One tick: feeds on, or latches and leaves the rest to the watchdog. */
    private void look(long ofGeneration) {
        if (ofGeneration != generation || over || stopped) {
            return;
        }
        long now = host.cell.time.nowNs();
        boolean never = latched > 0 && counter <= latched;
        if (never) {
            return;
        }
        if (host.clock.read(now) < expiryNs) {
            feeding = true;
            byExpiry = false;
            lookAtExpiry();
            return;
        }
        lastFeedNs = feeding ? Math.max(lastFeedNs, lastTick(now - 1)) : lastFeedNs;
        feeding = false;
        latched = counter;
        host.note("keeper latches life " + counter);
        byExpiry = true;
        fireLater();
    }

    private void lookAtExpiry() {
        if (expiryNs == LocalCommand.NO_EXPIRY) {
            return;
        }
        long due = host.clock.trueAt(expiryNs);
        long tick = lastTick(due) == due ? due : lastTick(due) + periodNs;
        long mine = ++generation;
        host.cell.time.at(tick, () -> look(mine));
    }

    private void fireLater() {
        if (!real) {
            return;
        }
        long at = host.clock.trueAt(host.clock.read(lastFeedNs) + watchdogNs);
        long mine = ++generation;
        host.cell.time.at(at, () -> {
            if (mine == generation && !over) {
                over = true;
                if (byExpiry) {
                    host.selfActs(host.boots);
                }
                host.watchdogFires();
            }
        });
    }

    /** Stopped with the whole host or alone; perhaps between its check and its feed. */
    void stop(boolean betweenCheckAndFeed) {
        if (stopped || over) {
            return;
        }
        stopped = true;
        if (feeding) {
            long tick = Math.max(startNs, lastTick(host.cell.time.nowNs()));
            feedOwed = betweenCheckAndFeed && tick > startNs;
            lastFeedNs = Math.max(lastFeedNs, feedOwed ? tick - periodNs : tick);
            feeding = false;
            fireLater();
        }
    }

    void resume() {
        if (!stopped || over) {
            return;
        }
        stopped = false;
        if (feedOwed) {
            feedOwed = false;
            lastFeedNs = host.cell.time.nowNs();
            fireLater();
        }
        boolean never = latched > 0 && counter <= latched;
        if (!never) {
            if (host.clock.read(host.cell.time.nowNs()) >= expiryNs) {
                latched = counter;
                host.note("keeper latches life " + counter);
            } else {
                feeding = true;
                generation++;
                lookAtExpiry();
            }
        }
    }

    /** Its death leaves the device open without a farewell: the watchdog runs out. */
    void die() {
        if (over) {
            return;
        }
        if (feeding) {
            lastFeedNs = Math.max(lastFeedNs, lastTick(host.cell.time.nowNs()));
        }
        feeding = false;
        stopped = true;
        fireLater();
    }
}
