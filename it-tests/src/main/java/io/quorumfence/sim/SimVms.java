package io.quorumfence.sim;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.RequestObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** The VM processes of one host, starts that are under way, and the libvirt that lists them. */
final class SimVms {
    private final SimHost host;
    private final Map<VmId, Long> running = new TreeMap<>();
    private final Map<VmId, Long> starting = new TreeMap<>();
    private final Set<VmId> stuck = new TreeSet<>();
    /** Processes that take in a migration and do not run their guest yet, and from where. */
    private final Map<VmId, SimHost> arriving = new TreeMap<>();
    /** Processes whose guest has gone on elsewhere. */
    private final Set<VmId> handedOver = new TreeSet<>();
    /** Processes go into D state instead of ending. */
    boolean stuckOnKill;
    /** Lists are cut short. */
    boolean libvirtHangs;

    /** As VmMerge does with a domain that libvirt calls active and that has no process. */
    boolean listsStarting;
    /** Between libvirt's word that a VM is being started and its process. */
    boolean hidesStarting;

    private long starts;

    SimVms(SimHost host) {
        this.host = host;
    }

    boolean isRunning(VmId vm) {
        return running.containsKey(vm);
    }

    boolean isEmpty() {
        return running.isEmpty();
    }

    boolean isIdle() {
        return running.isEmpty() && starting.isEmpty();
    }

    Set<VmId> all() {
        return running.keySet();
    }

    /** A management program starts a VM; libvirt prepares it, the hook decides, the process begins. */
    void start(VmId vm, long prepareNs, long execNs) {
        if (running.containsKey(vm) || starting.containsKey(vm)) {
            return;
        }
        long mine = ++starts;
        starting.put(vm, mine);
        changed();
        host.after(prepareNs, () -> {
            if (!isStarting(vm, mine)) {
                return;
            }
            if (host.config.hook().isAsked()) {
                ask(vm, mine, execNs);
            } else if (host.tmpfs.admits(vm, host.keeper.latched())) {
                exec(vm, mine, execNs);
            } else {
                refused(vm);
            }
        });
    }

    private void ask(VmId vm, long mine, long execNs) {
        long askedNs = host.nowNs();
        ask(id -> new RequestObservation.StartAsked(id, vm, false, 0, askedNs), yes -> {
            if (isStarting(vm, mine) && yes.isPresent()) {
                exec(vm, mine, execNs);
            } else if (isStarting(vm, mine)) {
                fails(vm);
            }
        });
    }

    /** The hook asks the agent, and looks at what a sibling's shell left as the last thing. Gives the claim, if any. */
    void ask(Function<ReplyId, RequestObservation> question, Consumer<Optional<Long>> result) {
        host.cell.calls.local(
                host,
                host.config.hook().deadline().toNanos(),
                question,
                reply -> result.accept(
                        reply instanceof ReplyCommand.ReplyAdmitted yes && !host.tmpfs.isShut(host.keeper.latched())
                                ? Optional.of(yes.claim())
                                : Optional.empty()));
    }

    /** Libvirt begins to take the VM in; 0 if it has one of that name. */
    long comes(VmId vm) {
        if (running.containsKey(vm) || starting.containsKey(vm)) {
            return 0;
        }
        starting.put(vm, ++starts);
        changed();
        return starts;
    }

    /** The process that takes it in is there; until it is handed the guest it writes nothing. */
    void arrives(VmId vm, SimHost from) {
        starting.remove(vm);
        arriving.put(vm, from);
        begin(vm);
    }

    boolean isArriving(VmId vm) {
        return arriving.containsKey(vm);
    }

    boolean isHandedOver(VmId vm) {
        return handedOver.contains(vm);
    }

    /** Whether what is there takes the VM in from this host, or has got it from there just now. */
    boolean comesFrom(VmId vm, SimHost from) {
        return arriving.get(vm) == from;
    }

    /** The guest stops here and goes on there. */
    void handOver(VmId vm, SimHost to) {
        handedOver.add(vm);
        host.note("VM " + vm + " goes on at " + to.id);
        to.vms.arriving.remove(vm);
        to.cell.oracle.guestMoved(host, to, vm);
        to.vms.changed();
    }

    /** Its start comes to nothing, and libvirt says so. */
    void fails(VmId vm) {
        refused(vm);
        released(vm);
    }

    private void exec(VmId vm, long mine, long execNs) {
        host.after(execNs, () -> {
            if (!isStarting(vm, mine)) {
                return;
            }
            starting.remove(vm);
            if (host.config.hook().isAsked() && host.cell.chance(0.03)) {
                host.note("qemu does not start " + vm);
                changed();
                released(vm);
            } else {
                begin(vm);
            }
        });
    }

    private void refused(VmId vm) {
        host.note("the hook refuses " + vm);
        starting.remove(vm);
        changed();
    }

    /** Libvirt tells its hook that it is done with the VM, and the agent may not hear of it. */
    private void released(VmId vm) {
        if (host.config.hook().isAsked() && host.cell.chance(0.8)) {
            long saidNs = host.nowNs();
            host.after(host.cell.upTo(5 * SimCell.MILLI), () -> {
                if (host.agent.isUp()) {
                    host.agent.offer(new LocalObservation.VmReleased(vm, saidNs));
                } else {
                    host.tmpfs.released.put(vm, saidNs);
                }
            });
        }
    }

    boolean isStarting(VmId vm, long start) {
        Long there = starting.get(vm);
        return there != null && there == start;
    }

    /** The process can write from here on. */
    void begin(VmId vm) {
        running.put(vm, host.cell.time.nowNs());
        host.note("VM " + vm + " runs");
        host.cell.oracle.vmBegan(host, vm);
        changed();
    }

    /** The guest shuts itself down, or its management program stops it. */
    void stop(VmId vm) {
        if (running.containsKey(vm) && !(stuckOnKill && stuck.add(vm))) {
            gone(vm);
            changed();
        }
    }

    /** Ends all but spared VMs; what is in D state stays, and so does a start that has no process yet. */
    List<VmId> killAll(Set<VmId> spared) {
        List<VmId> doomed =
                running.keySet().stream().filter(vm -> !spared.contains(vm)).toList();
        for (VmId vm : doomed) {
            if (stuckOnKill) {
                stuck.add(vm);
            }
            if (!stuck.contains(vm)) {
                gone(vm);
            }
        }
        changed();
        return doomed.stream().filter(running::containsKey).toList();
    }

    private void gone(VmId vm) {
        running.remove(vm);
        stuck.remove(vm);
        arriving.remove(vm);
        handedOver.remove(vm);
        host.note("VM " + vm + " is gone");
        released(vm);
        host.cell.oracle.vmEnded(host, vm, false);
    }

    /** What was stuck ends now if it was to end. */
    void release() {
        stuckOnKill = false;
        for (VmId vm : List.copyOf(stuck)) {
            gone(vm);
        }
        changed();
    }

    /** The power is gone, and every process with it. */
    void lose() {
        starting.clear();
        stuck.clear();
        arriving.clear();
        handedOver.clear();
        for (VmId vm : List.copyOf(running.keySet())) {
            running.remove(vm);
            host.cell.oracle.vmEnded(host, vm, true);
        }
        stuckOnKill = false;
        libvirtHangs = false;
    }

    /** Libvirt's event, some time later, or never. */
    private void changed() {
        if (!libvirtHangs) {
            host.after(host.cell.upTo(30 * SimCell.MILLI), () -> host.agent.offer(() -> listed(0)));
        }
    }

    LocalObservation.VmsListed listed(long question) {
        List<VmSeen> seen = new ArrayList<>();
        for (VmId vm : running.keySet()) {
            if (!libvirtHangs || host.cell.chance(0.5)) {
                seen.add(new VmSeen(vm, "vm", 1, 1, "running"));
            }
        }
        if (listsStarting) {
            starting.keySet().forEach(vm -> seen.add(new VmSeen(vm, "vm", 0, 0, "paused")));
        }
        boolean inFlight = !hidesStarting && !(starting.isEmpty() && arriving.isEmpty());
        return new LocalObservation.VmsListed(seen, !libvirtHangs, inFlight, question);
    }
}
