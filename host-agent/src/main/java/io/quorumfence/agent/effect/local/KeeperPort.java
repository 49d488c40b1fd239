package io.quorumfence.agent.effect.local;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.LocalCommand.SetExpiry;
import io.quorumfence.model.command.LocalCommand.StoreLatch;
import io.quorumfence.model.observation.LocalObservation.KeeperSeen;
import io.quorumfence.model.observation.LocalObservation.WatchdogReported;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the keeper: moves the expiry, keeps the latch and the lease end, looks whether the keeper feeds.
 * After {@link #open} nothing here blocks: all are stores and loads in shared memory, made by one thread (the one that
 * runs the core's commands). A keeper that has died is started again on a thread aside.
 */
public final class KeeperPort {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperPort.class);
    /** The keeper ticks every quarter of its timeout, at most every 250 ms. */
    private static final long MAX_PERIOD_NS = Duration.ofMillis(250).toNanos();

    private static final long STALE_FLOOR_NS = Duration.ofSeconds(1).toNanos();
    private static final long RESTART_PAUSE_NS = Duration.ofSeconds(2).toNanos();

    private final KeeperSpec spec;
    private final NanoClock clock;
    private final KeeperPage page;
    private final KeeperStarter starter;
    private final KeeperWords recovered;
    private final long staleNs;
    private long lastStartNs;
    private boolean stopping;

    private KeeperPort(KeeperSpec spec, NanoClock clock, KeeperPage page, KeeperStarter starter) {
        this.spec = spec;
        this.clock = clock;
        this.page = page;
        this.starter = starter;
        this.recovered = page.read();
        long periodNs = Math.min(spec.timeout().toNanos() / 4, MAX_PERIOD_NS);
        this.staleNs = Math.max(STALE_FLOOR_NS, 4 * periodNs);
        this.lastStartNs = clock.nowNs() - RESTART_PAUSE_NS;
    }

    /**
     * Maps the page, made if there is none, and has the keeper started if none runs. Call once, at start; blocks for
     * a few seconds at worst.
     *
     * @throws IOException when the page cannot be had. A keeper that does not start is no error here: it is seen as
     *     not feeding, and the start is tried again
     */
    public static KeeperPort open(KeeperSpec spec, NanoClock clock) throws IOException {
        KeeperStarter starter = new KeeperStarter(spec);
        KeeperPage.createIfMissing(spec.shm());
        KeeperPage page;
        try {
            page = KeeperPage.map(spec.shm());
        } catch (IOException e) {
            // A keeper may have died while it made the page; only a keeper finishes it, under its lock.
            LOG.warn("{}; asking the keeper to make it", e.getMessage());
            starter.start();
            page = KeeperPage.map(spec.shm());
        }
        KeeperPort port = new KeeperPort(spec, clock, page, starter);
        KeeperWords words = port.page.read();
        port.startIfDead(words);
        if (port.isAlive(words)) {
            starter.takeOverAside(words.keeperPid());
        }
        return port;
    }

    /** What an earlier agent of this boot left, as it stood when the page was opened. */
    public KeeperWords recovered() {
        return recovered;
    }

    /** What stands there now, for status and metrics. */
    public KeeperWords words() {
        return page.read();
    }

    /**
     * Moves the expiry. A command of an earlier incarnation is dropped: the expiry then stays where it is and passes,
     * which is the safe end.
     */
    public void setExpiry(SetExpiry command) {
        long counter = page.load(KeeperPage.COUNTER);
        if (command.counter() < counter) {
            LOG.error("expiry of incarnation {} dropped: the keeper already guards {}", command.counter(), counter);
            return;
        }
        // The expiry before the counter. The keeper reads the counter first: if it sees the new one, it sees an expiry
        // at least as new. The other way round it could judge the new incarnation by the old, expired one and latch
        // it for good. Under the old counter the new expiry does no harm: an incarnation that was latched stays so.
        // An agent that dies between two of these stores leaves the old counter, and the lease end is believed only
        // with the counter it was stored for.
        page.store(KeeperPage.EXPIRY_NS, command.expiryNs());
        page.store(KeeperPage.LEASE_END_NS, command.leaseEndNs());
        if (command.counter() > counter) {
            page.store(KeeperPage.COUNTER, command.counter());
        }
    }

    /** Keeps the latch for a restarted agent; it never goes down. */
    public void storeLatch(StoreLatch command) {
        if (command.counter() > page.load(KeeperPage.AGENT_LATCHED)) {
            page.store(KeeperPage.AGENT_LATCHED, command.counter());
        }
    }

    /**
     * Leaves for the fence helper when the core last took a step, and when it went on after its last pause: a paused
     * agent is told from one that is cut off.
     */
    public void pulse(long movedNs, long awakeNs) {
        // Before the step that ended the pause shows: between the two the agent would look as if it had never paused.
        page.store(KeeperPage.AWAKE_NS, awakeNs);
        page.store(KeeperPage.MOVED_NS, movedNs);
    }

    /** Looks at the keeper; to be called every beat or so. Has a dead one started again. */
    public KeeperSeen poll() {
        KeeperWords words = page.read();
        startIfDead(words);
        boolean feeding = isAlive(words) && words.watchdogOpen();
        return new KeeperSeen(
                feeding,
                words.keeperLatched(),
                Duration.ofMillis(words.watchdogMs()).toNanos());
    }

    /** What is known of the watchdog itself. */
    public WatchdogReported report() {
        boolean open = page.has(KeeperPage.FLAG_OPEN) && isAlive(page.read());
        return new WatchdogReported(
                open ? page.identity() : "",
                page.load(KeeperPage.ASKED_MS),
                page.has(KeeperPage.FLAG_NOWAYOUT),
                page.load(KeeperPage.BOOT_STATUS) == KeeperPage.BOOT_BY_WATCHDOG,
                open ? "" : starter.trouble());
    }

    /** The longest time between two ticks of the keeper that runs. */
    public double worstGapSeconds() {
        return page.load(KeeperPage.WORST_GAP_NS) / 1e9;
    }

    /** Whether the keeper ticks, whatever it guards. */
    public boolean isAlive(KeeperWords words) {
        return words.keeperPid() != 0 && clock.nowNs() - words.tickNs() <= staleNs;
    }

    /**
     * Asks the keeper to disarm the watchdog in order and to end; it obeys only while no expiry stands and nothing is
     * latched. For an orderly shutdown of a host without protected VMs.
     */
    public void requestStop() {
        stopping = true;
        page.store(KeeperPage.STOP_REQUEST, 1);
    }

    private void startIfDead(KeeperWords words) {
        long nowNs = clock.nowNs();
        if (stopping || isAlive(words) || nowNs - lastStartNs < RESTART_PAUSE_NS) {
            return;
        }
        // Opening a watchdog feeds it. Past the expiry that would put off a reset which others already count on.
        if (spec.kind() != WatchdogKind.NONE && words.isResetOwed(nowNs)) {
            return;
        }
        lastStartNs = nowNs;
        starter.startAside();
    }
}
