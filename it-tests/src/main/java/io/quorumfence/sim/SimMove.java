package io.quorumfence.sim;

import io.quorumfence.model.VmId;
import io.quorumfence.model.observation.RequestObservation;

/**
 * A live migration between two hosts whose hooks ask, as libvirt does it: the destination's hook is asked as it begins
 * and again before the process that takes the guest in; that process is there with the source's until the guest has
 * gone over, and whichever is left over ends a while later. No hook on the source is asked.
 */
final class SimMove {
    private final SimHost from;
    private final SimHost to;
    private final VmId vm;
    /** From the first yes to the second question. */
    private final long prepareNs;

    /** From the second yes to the process. */
    private final long execNs;
    /** From there to the guest's move. */
    private final long copyNs;
    /** The source's process outlives the move by so much. */
    long confirmNs = 50 * SimCell.MILLI;

    boolean breaks;

    SimMove(SimHost from, SimHost to, VmId vm, long prepareNs, long execNs, long copyNs) {
        this.from = from;
        this.to = to;
        this.vm = vm;
        this.prepareNs = prepareNs;
        this.execNs = execNs;
        this.copyNs = copyNs;
    }

    void begin() {
        boolean possible = from != to && from.vms.isRunning(vm) && !from.vms.isArriving(vm);
        if (!possible || from.vms.isHandedOver(vm) || to.vms.isRunning(vm)) {
            return;
        }
        to.note("a migration of " + vm + " from " + from.id + " begins");
        long askedNs = to.nowNs();
        to.vms.ask(id -> new RequestObservation.StartAsked(id, vm, true, 0, askedNs), yes -> {
            if (yes.isEmpty()) {
                to.note("the hook refuses the migration of " + vm);
            } else {
                to.after(prepareNs, () -> prepare(yes.get()));
            }
        });
    }

    private void prepare(long reservation) {
        long mine = to.vms.comes(vm);
        long askedNs = to.nowNs();
        if (mine == 0) {
            return;
        }
        to.vms.ask(id -> new RequestObservation.ArrivalAsked(id, vm, reservation, 0, askedNs), yes -> {
            if (!to.vms.isStarting(vm, mine)) {
                return;
            }
            if (yes.isEmpty()) {
                to.vms.fails(vm);
            } else {
                to.after(execNs, () -> arrive(mine));
            }
        });
    }

    private void arrive(long mine) {
        if (to.vms.isStarting(vm, mine)) {
            to.vms.arrives(vm, from);
            to.after(copyNs, this::goOver);
        }
    }

    private void goOver() {
        if (!to.vms.comesFrom(vm, from)) {
            return;
        }
        boolean whole = !breaks && from.responds() && from.vms.isRunning(vm) && !from.vms.isHandedOver(vm);
        if (!whole) {
            to.after(to.cell.upTo(3_000 * SimCell.MILLI), () -> {
                if (to.vms.comesFrom(vm, from)) {
                    to.vms.stop(vm);
                }
            });
            return;
        }
        from.vms.handOver(vm, to);
        from.after(confirmNs, () -> {
            if (from.vms.isHandedOver(vm)) {
                from.vms.stop(vm);
            }
        });
    }
}
