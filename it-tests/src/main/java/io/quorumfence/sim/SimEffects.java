package io.quorumfence.sim;

import io.quorumfence.agent.shell.Undone;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.EffectObservation;
import java.util.List;
import java.util.Set;

/** Carries out the core's commands in the simulated world; every result comes back later as an observation. */
final class SimEffects {
    private final SimCell cell;
    /** A shutdown never comes to its end. */
    boolean deedsHang;
    /** How long the record is on its way to tmpfs. */
    long tmpfsNs = SimCell.MILLI;

    SimEffects(SimCell cell) {
        this.cell = cell;
    }

    /** Commands that need the journal wait for it, or are refused like the shell refuses them. */
    void carryOut(SimHost host, Command command) {
        if (!command.needsFlush() || cell.journal.isQuick(host)) {
            now(host, command);
        } else if (cell.journal.isBroken(host)) {
            String why = "journal broken";
            Undone.observationOf(command, why, host.nowNs()).ifPresent(o -> later(host, 0, () -> host.agent.offer(o)));
            Undone.replyOf(command, why).ifPresent(reply -> now(host, reply));
        } else {
            int process = host.agent.process();
            host.after(cell.journal.flushNs(host), () -> host.agent.run(process, () -> now(host, command)));
        }
    }

    /** The two that come with nearly every step are asked for first. */
    private void now(SimHost host, Command command) {
        if (command instanceof LocalCommand.SetExpiry c) {
            host.keeper.set(c.counter(), c.expiryNs());
            host.tmpfs.leaseEndNs = c.leaseEndNs();
        } else if (command instanceof PeerCommand.SendAck c) {
            cell.oracle.answered(host, c.ack());
            cell.network.send(host, c);
        } else if (command instanceof StorageCommand c) {
            promisesWhatIs(host, c);
            host.lanes.get(cell.storageIndex(c.storage())).carry(c);
        } else if (command instanceof PeerCommand c) {
            peer(host, c);
        } else if (command instanceof LocalCommand c) {
            local(host, c);
        } else if (command instanceof ReplyCommand c) {
            cell.calls.reply(host, c);
        }
    }

    /** Rule 4: a beat never promises an end that the keeper does not have; what a latched life promised may be kept. */
    private void promisesWhatIs(SimHost host, StorageCommand command) {
        if (command instanceof StorageCommand.BeatRound c
                && c.beat().phase() == HostPhase.JOINED
                && c.beat().terms().isEndEnforced()
                && !host.keeper.isBounded()
                && !host.resetting) {
            cell.oracle.broken("RULE4", host.id + " promises an end that its keeper does not have");
        }
    }

    private void peer(SimHost host, PeerCommand command) {
        if (command instanceof PeerCommand.SendAckRequest c) {
            cell.network.send(host, c);
        } else if (command instanceof PeerCommand.AskOpinion c) {
            cell.calls.ask(host, c);
        } else if (command instanceof PeerCommand.AskPromise c) {
            cell.calls.ask(host, c);
        }
    }

    private void local(SimHost host, LocalCommand command) {
        if (command instanceof LocalCommand.StopVms c) {
            cell.oracle.selfFence(host);
            later(host, cell.upTo(400 * SimCell.MILLI), () -> stopped(host, c.spared()));
        } else if (command instanceof LocalCommand.ListVms c) {
            long delay = host.vms.libvirtHangs ? 1_000 * SimCell.MILLI : cell.upTo(20 * SimCell.MILLI);
            later(host, delay, () -> host.agent.offer(() -> host.vms.listed(c.question())));
        } else if (command instanceof LocalCommand.TakeLock c) {
            cell.lock.take(host, c);
        } else if (command instanceof LocalCommand.ReleaseLock c) {
            cell.lock.release(host, c.suspect());
        } else if (command instanceof LocalCommand.FenceBySsh c) {
            cell.ssh.fence(host, c);
        } else if (command instanceof LocalCommand.RunPower c) {
            cell.power.run(host, c);
        } else if (command instanceof LocalCommand.EndPower c) {
            cell.power.end(host, c);
        } else if (command instanceof LocalCommand.ActOnHost c) {
            act(host, c.action());
        } else if (command instanceof LocalCommand.StoreMemory c) {
            remember(host, c);
        } else {
            keep(host, command);
        }
    }

    private void stopped(SimHost host, Set<VmId> spared) {
        List<VmId> survivors = host.vms.killAll(spared);
        host.agent.offer(new EffectObservation.VmsStopped(survivors.isEmpty(), survivors, spared));
        host.agent.offer(() -> host.vms.listed(0));
    }

    private void act(SimHost host, SelfFenceAction action) {
        if (action == SelfFenceAction.RESTART_AGENT) {
            host.selfActs(-host.agent.process());
            host.after(cell.upTo(50 * SimCell.MILLI), () -> {
                host.agent.stop();
                host.after(cell.upTo(800 * SimCell.MILLI), host.agent::start);
            });
        } else if (!deedsHang && cell.chance(0.5)) {
            // The other half hangs, and is the watchdog's.
            boolean graceful = action == SelfFenceAction.GRACEFUL_REBOOT;
            host.reboot(cell.upTo((graceful ? 4_000 : 50) * SimCell.MILLI));
        }
    }

    /** On the local disk, which outlives the boot; nothing is there before its answer. */
    private void remember(SimHost host, LocalCommand.StoreMemory c) {
        boolean broken = cell.journal.isBroken(host);
        long delay = cell.journal.isQuick(host) || broken ? cell.upTo(10 * SimCell.MILLI) : cell.journal.flushNs(host);
        int process = host.agent.process();
        host.after(delay, () -> {
            host.memory = broken ? host.memory : c.memory();
            host.agent.run(process, () -> host.agent.offer(new EffectObservation.MemoryStored(c.op(), !broken)));
        });
    }

    /** Files on tmpfs: written at once, confirmed a little later. */
    private void keep(SimHost host, LocalCommand command) {
        SimTmpfs files = host.tmpfs;
        if (command instanceof LocalCommand.StoreLatch c) {
            files.latched = Math.max(files.latched, c.counter());
        } else if (command instanceof LocalCommand.StoreCleared c) {
            files.cleared = c.counter();
        } else if (command instanceof LocalCommand.StoreIncarnation c) {
            files.life = c.life();
            files.joined = c.joined();
        } else if (command instanceof LocalCommand.StoreRecord c) {
            cell.oracle.applied(host, c.record());
            later(host, tmpfsNs, () -> {
                files.keep(c.record());
                host.agent.offer(new EffectObservation.RecordStored(c.record().version(), true));
            });
        } else if (command instanceof LocalCommand.StoreBarrier c) {
            files.bar(c.vm());
            later(host, SimCell.MILLI, () -> host.agent.offer(new EffectObservation.BarrierStored(c.vm(), true)));
        } else if (command instanceof LocalCommand.LiftBarrier c) {
            files.admit(c.vm());
        } else if (command instanceof LocalCommand.StorePromises c) {
            files.promises = c.promises();
            later(host, SimCell.MILLI, () -> host.agent.offer(new EffectObservation.PromiseStored(c.newest(), true)));
        }
    }

    /** In this process of this boot only. */
    private static void later(SimHost host, long delayNs, Runnable action) {
        int process = host.agent.process();
        host.after(delayNs, () -> {
            if (host.agent.process() == process) {
                action.run();
            }
        });
    }
}
