package io.quorumfence.lab.loop;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.Command;
import io.quorumfence.lab.ground.Ground;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A cell of plain processes on this machine. Real are the agents, their lanes and keepers, the coordinator and all that
 * passes between them; stand-ins are the hosts (a process group, without a kernel of its own), the VMs (qf-loopvm), the
 * watchdogs (they kill the group), the storages (files) and the management network ({@link PlaneRelay}). All hosts
 * share the kernel's boot id, so a host of this cell is never powered on again: another boot could not be told.
 */
public final class LoopCell implements Ground {
    /** How the program of a VM's process begins, whichever host's it is. */
    static final String VM_PROGRAM = "qfvm-";

    private static final Duration FORMAT = Duration.ofSeconds(60);

    private final LabPlan plan;
    private final Checkout checkout;
    private final LoopAddresses addresses = LoopAddresses.fresh();
    private final LoopFiles files;
    private final Sweeper sweeper;
    private final Map<String, LoopHost> hosts = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::down, "loop-down");
    private Optional<PlaneRelay> relay = Optional.empty();
    private Optional<LoopHost> coordinator = Optional.empty();
    private boolean isDown;

    private LoopCell(LabPlan plan, Checkout checkout) {
        this.plan = plan;
        this.checkout = checkout;
        this.files = new LoopFiles(plan, addresses, checkout);
        this.sweeper = Sweeper.over(checkout, files.make());
        // Everything would end with this process anyway; whoever stopped it should find it done.
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Boots the cell: agents and coordinator are started, whether they joined is for the caller to see.
     *
     * @param progress one short line for each thing done
     */
    public static LoopCell boot(LabPlan plan, Checkout checkout, Consumer<String> progress) {
        return boot(plan, checkout, progress, List.of());
    }

    /** @param initOptions of storage-init, on top */
    public static LoopCell boot(LabPlan plan, Checkout checkout, Consumer<String> progress, List<String> initOptions) {
        checkout.missingForLoopback().ifPresent(what -> {
            throw new LabException(what);
        });
        LoopCell cell = new LoopCell(plan, checkout);
        try {
            cell.up(progress, initOptions);
            return cell;
        } catch (RuntimeException e) {
            cell.close();
            throw e;
        }
    }

    private void up(Consumer<String> progress, List<String> initOptions) {
        files.write();
        progress.accept("keys and configuration are written");
        relay = Optional.of(new PlaneRelay(addresses, plan.hosts()));
        List<String> init = new ArrayList<>(
                List.of("storage-init", "--config", config(plan.hosts().get(0))));
        init.addAll(initOptions);
        Command.of(checkout.agentCommand(init.toArray(String[]::new)))
                .within(FORMAT)
                .check("storage-init");
        progress.accept("quorum storages are formatted");
        for (String name : plan.hosts()) {
            LoopHost host =
                    LoopHost.withWatchdog(checkout, name, files.host(name), Duration.ofMillis(plan.watchdogMs(name)));
            hosts.put(name, host);
            host.runAgent(checkout.agentCommand("--config", config(name)));
        }
        LoopHost own = LoopHost.on(checkout, "the coordinator", files.coordinator());
        coordinator = Optional.of(own);
        own.run(
                "coordinator.log",
                checkout.coordinatorCommand(files.coordinator().resolve("coordinator.yaml")));
        progress.accept("agents and coordinator are starting");
    }

    private String config(String host) {
        return files.host(host).resolve("agent.yaml").toString();
    }

    @Override
    public void cutManagement(String host) {
        relay.ifPresent(way -> way.cut(host));
    }

    @Override
    public void healManagement(String host) {
        relay.ifPresent(way -> way.heal(host));
    }

    /** Kills everything of the host, after a cut: a host that lost its power says no goodbye on the network. */
    @Override
    public long powerOff(String host) {
        cutManagement(host);
        return host(host).powerOff();
    }

    private LoopHost host(String name) {
        LoopHost host = hosts.get(name);
        if (host == null) {
            throw new LabException("no host '" + name + "' in this cell; it has " + plan.hosts());
        }
        return host;
    }

    @Override
    public LabPlan plan() {
        return plan;
    }

    @Override
    public List<LoopHost> hosts() {
        return List.copyOf(hosts.values());
    }

    @Override
    public Path diskOf(String vm) {
        return files.disk(vm);
    }

    /** By the storage plane, which is never cut here. */
    @Override
    public URI agent(String host) {
        return URI.create("https://" + addresses.storage(host) + ":" + LoopAddresses.HTTP);
    }

    @Override
    public URI coordinator(int number) {
        return URI.create("http://" + addresses.coordinator() + ":" + LoopAddresses.REST);
    }

    @Override
    public Path tlsDir() {
        return files.tls();
    }

    @Override
    public String vmProgram() {
        return "/" + VM_PROGRAM;
    }

    @Override
    public void startVm(String vm, String name) {
        host(name)
                .run(
                        vm + ".log",
                        List.of(
                                files.vmProgram(name).toString(),
                                "-name",
                                "guest=" + vm,
                                "-uuid",
                                plan.uuidOf(vm),
                                "-host",
                                name,
                                "-slot",
                                Integer.toString(LabPlan.indexOf(name)),
                                "-disk",
                                files.disk(vm).toString()));
    }

    @Override
    public void close() {
        down();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending already; the hook will find nothing to do
        }
    }

    private synchronized void down() {
        if (isDown) {
            return;
        }
        isDown = true;
        hosts.values().forEach(LoopHost::powerOff);
        coordinator.ifPresent(LoopHost::powerOff);
        relay.ifPresent(PlaneRelay::close);
        sweeper.sweep();
    }
}
