package io.quorumfence.sim;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.Permit;
import io.quorumfence.model.VmId;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/** Makes a schedule's faults happen in a cell, and ends them. */
final class Injector {
    private final SimCell cell;
    private boolean over;

    Injector(SimCell cell) {
        this.cell = cell;
    }

    void plan(List<Fault> faults) {
        faults.forEach(fault -> cell.time.at(fault.atNs(), () -> aim(fault)));
    }

    private void aim(Fault fault) {
        OptionalLong due = fault.aim().map(aim -> aim.dueNs(cell)).orElse(OptionalLong.empty());
        if (due.isPresent()) {
            cell.time.at(due.getAsLong(), () -> begin(fault));
        } else {
            begin(fault);
        }
    }

    /** From here on nothing new goes wrong, and everything outside of dead hosts works again. */
    void heal() {
        over = true;
        cell.trace.note(cell.time.nowNs(), "--- faults end");
        cell.faults.heal();
        cell.journal.heal();
        cell.lock.lies = false;
        for (SimHost host : cell.hosts()) {
            host.vms.libvirtHangs = false;
            host.vms.release();
            host.keeper.resume();
            host.agent.spare();
            host.agent.start();
        }
    }

    private void begin(Fault fault) {
        if (over) {
            return;
        }
        if (cell.trace.isOn()) {
            cell.trace.note(cell.time.nowNs(), "### " + fault);
        }
        SimHost host = cell.host(fault.host());
        switch (fault.kind()) {
            case POWER_LOSS -> powerLoss(host, fault);
            case AGENT_CRASH -> {
                host.agent.kill(fault.other());
                host.after(fault.forNs(), host.agent::start);
            }
            case JVM_PAUSE -> host.agent.pause(fault.forNs(), fault.other());
            case FREEZE -> host.freeze(fault.forNs(), fault.other() > 0);
            case KEEPER_STOP -> {
                host.keeper.stop(fault.other() > 0);
                host.after(fault.forNs(), host.keeper::resume);
            }
            case KEEPER_DEATH -> host.keeper.die();
            case LANE_DEATH -> host.lanes.get(fault.other()).kill();
            case VM_STOPS -> stopVm(host);
            case CONFIG_CHANGE -> host.reconfigure(ConfigChange.values()[fault.other()], fault.forNs());
            case ROLLING_CHANGE -> roll(fault);
            case PERMIT_ENDED -> endPermit(host);
            case CONFIRM_DEAD -> confirmDead(host, fault);
            case STORAGE_GOES_BACK -> goBack(cell.storages().get(fault.other()), fault.forNs());
            case RAW_START ->
                host.after(
                        0,
                        () -> host.vms.start(
                                new VmId(new UUID(0, fault.other() + 1L)),
                                cell.upTo(20 * SimCell.MILLI),
                                cell.upTo(300 * SimCell.MILLI)));
            case MIGRATION -> migrate(host, cell.host(fault.other()));
            case VM_IGNORED -> classOf(host, fault.other(), true);
            case VM_PROTECTED -> classOf(host, fault.other(), false);
            case CLOCK_RATE -> host.changeRate(fault.other() * host.config.rhoPpm());
            default -> lasting(host, fault);
        }
    }

    private void powerLoss(SimHost host, Fault fault) {
        host.powerOff("injected");
        int boots = host.boots;
        cell.time.after(fault.forNs(), () -> {
            if (host.boots == boots) {
                host.powerOn();
            }
        });
    }

    private void migrate(SimHost from, SimHost to) {
        List<VmId> all = List.copyOf(from.vms.all());
        if (!all.isEmpty()) {
            long copyNs = cell.chance(0.5) ? cell.upTo(500 * SimCell.MILLI) : cell.upTo(20_000 * SimCell.MILLI);
            long prepareNs = cell.upTo(cell.chance(0.1) ? 40_000 * SimCell.MILLI : 100 * SimCell.MILLI);
            SimMove move = new SimMove(
                    from, to, all.get(cell.pick(all.size())), prepareNs, cell.upTo(300 * SimCell.MILLI), copyNs);
            move.breaks = cell.chance(0.2);
            move.confirmNs = cell.upTo(cell.chance(0.2) ? 20_000 * SimCell.MILLI : 300 * SimCell.MILLI);
            move.begin();
        }
    }

    private static void stopVm(SimHost host) {
        List<VmId> all = List.copyOf(host.vms.all());
        if (!all.isEmpty()) {
            host.vms.stop(all.get(0));
        }
    }

    /** One host after the other, the next one a moment after the last is back. */
    private void roll(Fault fault) {
        long at = 0;
        for (int i = 0; i < cell.size(); i++) {
            SimHost next = cell.host((fault.host() + i) % cell.size());
            cell.time.after(at, () -> {
                if (!over && next.powered) {
                    next.reconfigure(ConfigChange.values()[fault.other()], fault.forNs());
                }
            });
            at += fault.forNs() + cell.upTo(3_000 * SimCell.MILLI);
        }
    }

    private void endPermit(SimHost decider) {
        CellRecord record = cell.oracle.latest();
        if (record != null) {
            record.permits().stream()
                    .filter(Permit::isOpen)
                    .reduce((older, newer) -> newer)
                    .ifPresent(permit -> cell.calls.call(
                            cell.faults.gates(),
                            decider,
                            id -> new RequestObservation.EndAsked(id, permit.id()),
                            reply -> {}));
        }
    }

    /** He is honest and slow: what he saw was true, his screen and the way of his word may be late. */
    private void confirmDead(SimHost host, Fault fault) {
        CellRecord shown = cell.oracle.latest();
        HostEntry entry = shown == null ? null : shown.hosts().get(host.id);
        if (host.powered || entry == null) {
            return;
        }
        for (SimHost agent : cell.hosts()) {
            cell.time.after(
                    cell.upTo(2_000 * SimCell.MILLI),
                    () -> cell.calls.call(
                            cell.faults.gates(),
                            agent,
                            id -> new RequestObservation.ConfirmDeadAsked(
                                    id,
                                    "coordinator",
                                    "an operator",
                                    "it has no power",
                                    host.id,
                                    entry.incarnation(),
                                    fault.other() > 0),
                            reply -> {}));
        }
    }

    private void classOf(SimHost asked, int vm, boolean ignore) {
        cell.calls.call(
                cell.faults.gates(),
                asked,
                id -> new RequestObservation.ClassAsked(
                        id, "coordinator", new VmId(new UUID(0, vm + 1L)), ignore, "an operator", "drawn"),
                reply -> {});
    }

    private void goBack(SimStorage storage, long afterNs) {
        SimStorage.Image image = storage.image();
        cell.time.after(afterNs, () -> {
            if (!over) {
                storage.goBack(image);
            }
        });
    }

    private void lasting(SimHost host, Fault fault) {
        toggle(host, fault, 1);
        cell.time.after(fault.forNs(), () -> {
            if (!over) {
                toggle(host, fault, -1);
            }
        });
    }

    private void toggle(SimHost host, Fault fault, int by) {
        switch (fault.kind()) {
            case PLANE_CUT -> cell.cut(host, fault.other(), by);
            case NETWORK_CUT -> cell.cutAll(host, by);
            case ISOLATION -> {
                cell.cutAll(host, by);
                cell.hangAll(host, by);
            }
            case DEAF_TO_PEER -> peerCut(fault.other(), host.index, by);
            case PEER_PAIR_CUT -> {
                peerCut(fault.other(), host.index, by);
                peerCut(host.index, fault.other(), by);
            }
            case STORAGES_HANG -> cell.hangAll(host, by);
            case STORAGE_HANGS -> cell.faults.hang(host.index, fault.other(), by);
            case STORAGE_HANGS_FOR_ALL -> cell.hosts().forEach(any -> cell.faults.hang(any.index, fault.other(), by));
            case STORAGE_FAILS -> cell.faults.fail(host.index, fault.other(), by);
            case STORAGE_SLOW -> cell.faults.slow(host.index, fault.other(), by > 0 ? 1_500 * SimCell.MILLI : 0);
            default -> toggleOther(host, fault, by);
        }
    }

    private void toggleOther(SimHost host, Fault fault, int by) {
        boolean on = by > 0;
        switch (fault.kind()) {
            case LIBVIRT_HANGS -> host.vms.libvirtHangs = on;
            case VM_IN_D_STATE -> {
                host.vms.stuckOnKill = on;
                if (!on) {
                    host.vms.release();
                }
            }
            case DISARM -> {
                host.handled = true;
                cell.calls.call(
                        cell.faults.gates(),
                        host,
                        id -> new RequestObservation.ReactionAsked(id, !on, "an operator"),
                        reply -> {});
            }
            case SHELL_OPEN -> host.sshOpen = on;
            case SHELL_SHUT -> host.sshOpen = !on;
            case JOURNAL_BROKEN -> cell.journal.breakIt(host, by);
            case JOURNAL_SLOW -> cell.journal.slowDown(host, by);
            case LOSSY -> cell.faults.loss = on ? 0.25 : 0;
            case DUPLICATES -> cell.faults.duplicates = on ? 0.2 : 0;
            case SLOW_NETWORK -> cell.faults.delayNs = on ? 1_500 * SimCell.MILLI : 0;
            case TORN_READS -> cell.faults.torn = on ? 0.02 : 0;
            default -> throw new IllegalStateException("nobody makes " + fault + " happen");
        }
    }

    private void peerCut(int from, int to, int by) {
        for (int plane = 0; plane < cell.faults.planes(); plane++) {
            cell.faults.cut(plane, from, to, by);
        }
    }
}
