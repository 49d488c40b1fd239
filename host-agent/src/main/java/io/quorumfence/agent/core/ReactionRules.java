package io.quorumfence.agent.core;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.RequestObservation;

/**
 * The self-fence's switch and its cooldown (decision 0006). The local disk says "armed in this boot" before anything is
 * promised, so whatever ends an armed boot, the next one begins in its cooldown and promises nothing: a reboot loop is
 * impossible by construction, and no peer ever counts on an action that the cooldown would have left out.
 */
final class ReactionRules {
    /** A disk that has not answered by then counts as failed. */
    static final long STORE_WAIT_NS = 2_000 * Timing.MILLI;
    /** After a failed store this host promises nothing for so long. */
    static final long STORE_PAUSE_NS = 10_000 * Timing.MILLI;
    /** A restart that has not begun by then is given up. */
    static final long RESTART_LIMIT_NS = 30_000 * Timing.MILLI;

    private static final String UNREADABLE = "a memory of the self-fence that cannot be read";

    private ReactionRules() {}

    /** The state of a process that has just started. */
    static Reacting begin(BootFacts facts, Timing timing) {
        SelfFenceMemory memory = facts.memory().orElse(SelfFenceMemory.blank(facts.bootId()));
        Reacting reacting = new Reacting(facts.memoryIntact() ? memory : memory.withReaction(true, UNREADABLE));
        long cooldown = timing.cooldownNs();
        boolean sameBoot = memory.bootId().equals(facts.bootId());
        if (cooldown > 0 && (!facts.memoryIntact() || (!sameBoot && memory.mayHaveActed()))) {
            // Of another boot nothing is measured but this one's age, which is never more than what has passed.
            reacting.cooldownUntilNs = facts.processStartNs() - facts.bootAgeNs() + cooldown;
        } else if (cooldown > 0 && sameBoot && memory.actedNs() != 0) {
            reacting.cooldownUntilNs = memory.actedNs() + cooldown;
        }
        reacting.cooling = facts.processStartNs() < reacting.cooldownUntilNs;
        return reacting;
    }

    static void tick(AgentState s, long nowNs) {
        s.reacting.cooling = nowNs < s.reacting.cooldownUntilNs;
    }

    static void progress(AgentState s, long nowNs, Out out) {
        Reacting r = s.reacting;
        if (r.op != 0 && nowNs - r.storingSinceNs >= STORE_WAIT_NS) {
            failed(s, nowNs, "it did not answer in time");
        } else if (r.op == 0 && !r.trouble.isEmpty() && nowNs - r.storingSinceNs >= STORE_PAUSE_NS) {
            store(s, r.storing, nowNs, out);
        }
        if (r.deedDue && !r.deedBegun && isDeedKept(s)) {
            r.deedBegun = true;
            long deadlineNs = s.isJoined() ? nowNs + RESTART_LIMIT_NS : s.leaseEndNs() + s.timing.actNs();
            out.command(new LocalCommand.ActOnHost(s.config.action(), deadlineNs));
        }
    }

    /** Whether the next boot, or process, will know of this deed. */
    private static boolean isDeedKept(AgentState s) {
        Reacting r = s.reacting;
        boolean here = r.memory.bootId().equals(s.facts.bootId());
        return s.timing.cooldownNs() == 0 || (here && ((r.owed && r.memory.armed()) || r.memory.actedNs() >= r.deedNs));
    }

    // --- arming

    /** Whether an end may be promised now: the disk has to say so first. */
    static boolean mayPromise(AgentState s, long nowNs, Out out) {
        if (!s.leaseLives(nowNs)) {
            return false; // an expiry that has passed already would be latched at once
        }
        if (!isArmedHere(s) && s.reacting.op == 0) {
            store(s, s.reacting.storing.withArmed(s.facts.bootId(), true), nowNs, out);
        }
        return isArmedHere(s);
    }

    /** Whether the disk says that this boot is armed. */
    static boolean isArmedHere(AgentState s) {
        Reacting r = s.reacting;
        boolean kept =
                r.storing.armed() && r.memory.armed() && r.memory.bootId().equals(s.facts.bootId());
        return s.timing.cooldownNs() == 0 || kept;
    }

    /** Nothing is promised any more, and everybody knows. */
    static void unarmed(AgentState s, long nowNs, Out out) {
        if (s.timing.cooldownNs() > 0) {
            store(s, s.reacting.storing.withArmed(s.facts.bootId(), false), nowNs, out);
        }
    }

    // --- the end of a lease

    /**
     * Whether the end of the lease ends this life. What was promised is done, whatever the switch says by now; without
     * a promise only a lease that was lost while the action was in force.
     */
    static boolean endsLife(AgentState s) {
        return s.arming.bounded() || (s.inForce().isEnforceable() && !s.leaseLossTold);
    }

    static boolean stopsVms(AgentState s) {
        boolean shadow = s.config.reaction().shadow() && !s.reacting.owed;
        return s.config.action() == SelfFenceAction.STOP_VMS && !shadow;
    }

    /** This life ended. */
    static void latched(AgentState s, boolean promised) {
        s.reacting.owed = promised;
        s.reacting.deedDue = false;
        s.reacting.deedBegun = false;
        s.reacting.actCounted = false;
        s.reacting.nextAlertNs = Timing.NEVER;
    }

    /** Begins what the action asks of the host itself, once. */
    static void act(AgentState s, long nowNs, Out out) {
        Reacting r = s.reacting;
        // A host that has nothing to lose is not rebooted; one without a watchdog does it by its own trigger alone.
        boolean alone = !s.config.watchdog().isCounted() && s.inForce() == s.config.action() && s.listsProtected();
        boolean deed = s.config.action().isReset() && (r.owed || alone) && !r.deedDue;
        if (deed) {
            r.deedDue = true;
            r.deedNs = nowNs;
        }
        if ((deed || r.owed) && !r.actCounted && s.timing.cooldownNs() > 0) {
            count(s, nowNs, out);
        }
    }

    private static void count(AgentState s, long nowNs, Out out) {
        s.reacting.actCounted = true;
        s.reacting.cooldownUntilNs = nowNs + s.timing.cooldownNs();
        store(s, s.reacting.storing.withAct(s.facts.bootId(), nowNs), nowNs, out);
    }

    /** A life whose reset the watchdog owes does not come back before it. */
    static boolean isResetOwed(AgentState s) {
        return s.config.action().isReset() && s.reacting.owed;
    }

    /** The lease of a host is over that has promised no end of it. */
    static void lost(AgentState s, long nowNs, Out out) {
        s.reacting.nextAlertNs = Timing.NEVER;
        SelfFenceAction inForce = s.inForce();
        if (inForce == SelfFenceAction.RESTART_AGENT) {
            long counter = s.requireLife().counter();
            out.event(new JournalEvent.SelfFenceStarted(s.self(), counter, inForce + " because lease ended"));
            s.reacting.deedDue = true;
            s.reacting.deedBegun = false;
            s.reacting.deedNs = nowNs;
            count(s, nowNs, out);
        } else if (!inForce.isConfigurable() && s.config.action().isDeed()) {
            out.event(new JournalEvent.WouldHave(s.self(), s.config.action().word(), why(s, nowNs)));
        }
    }

    /** Why the configured action is not in force, for people. */
    static String why(AgentState s, long nowNs) {
        return switch (s.inForce()) {
            case SHADOW -> "mode is shadow";
            case DISARMED ->
                s.config.reaction().on() ? "disarmed by " + s.reacting.storing.by() : "selfFence.reaction is off";
            case COOLDOWN ->
                s.reacting.trouble.isEmpty()
                        ? "in its cooldown for another "
                                + Math.max(0, s.reacting.cooldownUntilNs - nowNs) / (1_000 * Timing.MILLI) + " s"
                        : "the local disk does not keep that it armed: " + s.reacting.trouble;
            default -> "selfFence.action is " + s.inForce().word();
        };
    }

    // --- the operator's word

    static void asked(AgentState s, RequestObservation.ReactionAsked asked, long nowNs, Out out) {
        boolean disarmed = !asked.on();
        if (s.reacting.storing.disarmed() != disarmed) {
            out.event(new JournalEvent.ReactionChanged(s.self(), asked.on(), asked.by()));
            store(s, s.reacting.storing.withReaction(disarmed, asked.by()), nowNs, out);
        }
        out.command(new ReplyCommand.ReplyReaction(asked.reply(), asked.on(), s.inForce(), s.arming.bounded()));
    }

    // --- the local disk

    private static void store(AgentState s, SelfFenceMemory memory, long nowNs, Out out) {
        s.reacting.op = s.nextId();
        s.reacting.storing = memory;
        if (!memory.armed()) {
            // From now on the disk may say so, whether it answers or not: what it said before counts no more.
            s.reacting.memory = s.reacting.memory.withArmed(s.reacting.memory.bootId(), false);
        }
        s.reacting.storingSinceNs = nowNs;
        out.command(new LocalCommand.StoreMemory(s.reacting.op, memory));
    }

    static void stored(AgentState s, EffectObservation.MemoryStored stored, long nowNs) {
        if (stored.op() != s.reacting.op) {
            return; // an older one: what counts is what the newest says
        }
        if (stored.ok()) {
            s.reacting.op = 0;
            s.reacting.memory = s.reacting.storing;
            s.reacting.trouble = "";
        } else {
            failed(s, nowNs, "it could not be written");
        }
    }

    /** Nothing is promised that the next boot would not know of. */
    private static void failed(AgentState s, long nowNs, String why) {
        Reacting r = s.reacting;
        r.op = 0;
        r.trouble = why;
        r.deedDue &= !s.isJoined(); // an agent that would forget its restart would restart for ever
        if (s.timing.cooldownNs() > 0) {
            r.cooldownUntilNs = Math.max(r.cooldownUntilNs, nowNs + STORE_PAUSE_NS);
        }
    }
}
