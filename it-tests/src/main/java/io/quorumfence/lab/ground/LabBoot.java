package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Brings a lab up: files, switch, boxes, storages, agents, coordinators. What can be done at once is. */
public final class LabBoot {
    private final LabPlan plan;
    private final Checkout checkout;
    private final Consumer<String> progress;
    private final Path dir;
    private final Path cgroup;

    /**
     * @param progress one short line for each thing done; called from several threads
     */
    public LabBoot(LabPlan plan, Checkout checkout, Consumer<String> progress) {
        this.plan = plan;
        this.checkout = checkout;
        this.progress = progress;
        this.dir = Labs.base().resolve(plan.id());
        this.cgroup = Cgroup.of(plan.id());
    }

    /** Everything up to agents that were started; whether they joined is for the caller to see. */
    public Lab up() {
        requireRoot();
        LabFiles files = new LabFiles(plan, checkout, dir, cgroup);
        files.writeIdentity();
        Path boxScript = checkout.scripts().resolve("box.sh");
        Lab lab = new Lab(plan, checkout, dir, cgroup, Guard.over(boxScript, dir));
        try {
            recordOwner();
            observeFirst();
            CompletableFuture<Void> image = async(this::guestImage);
            blockDevices();
            files.write();
            lab.script("switch-on").check("cannot build the switch");
            image.join();
            together(lab.boxes().stream().<Runnable>map(box -> box::powerOn).toList());
            progress.accept("boxes are on");
            if (Bmcs.areWanted(plan)) {
                new Bmcs(lab, boxScript).start();
            }
            if (plan.agents()) {
                together(List.of(() -> formatStorages(lab), () -> awaitLibvirt(lab)));
                startAgents(lab);
                startCoordinators(lab);
            } else {
                awaitLibvirt(lab);
            }
            return lab;
        } catch (RuntimeException e) {
            lab.close();
            throw e instanceof CompletionException c && c.getCause() instanceof LabException cause ? cause : e;
        }
    }

    private void requireRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new LabException("the lab makes network namespaces and mounts: it needs root");
        }
        checkout.missing(plan.agents()).ifPresent(what -> {
            throw new LabException(what);
        });
    }

    private void recordOwner() {
        write(dir.resolve("owner.pid"), ProcessHandle.current().pid() + "\n");
    }

    /** Observers that are late would see late: all threads so far, which later ones inherit from. Without it, too. */
    private static void observeFirst() {
        String tasks = "/proc/" + ProcessHandle.current().pid() + "/task";
        Command.of("sh", "-c", "renice -n -10 -p $(ls " + tasks + ")").run();
    }

    private void guestImage() {
        Command.of(
                        "bash",
                        checkout.scripts().resolve("guest-image.sh"),
                        dir.resolve("guest"),
                        checkout.labPrograms().resolve("qf-guest"))
                .within(Duration.ofMinutes(3))
                .check("cannot make the VMs' boot image");
    }

    /** A raw storage is a loop device over a file; the lab's list of them is what taking it down goes by. */
    private void blockDevices() {
        for (LabPlan.Storage storage : plan.storages()) {
            if (storage.kind() == LabPlan.Storage.Kind.BLOCK) {
                Path home = dir.resolve("storage").resolve(storage.id());
                Path image = home.resolve("disk.img");
                Command.of("mkdir", "-p", home).check("cannot make " + home);
                Command.of("truncate", "-s", "64M", image).check("cannot make " + image);
                String loop = Command.of("losetup", "--find", "--show", "--direct-io=on", image)
                        .check("cannot make a loop device")
                        .strip();
                Command.of("bash", "-c", "echo \"$1\" >>\"$2\"", "_", loop, dir.resolve("loops"))
                        .check("cannot note " + loop);
                write(home.resolve("device"), loop + "\n");
            }
        }
    }

    private void formatStorages(Lab lab) {
        Box box = lab.boxes().get(0);
        box.inside(checkout.agentCommand("storage-init", "--config", "/etc/quorumfence/agent.yaml")
                        .toArray())
                .within(Duration.ofSeconds(40))
                .check("storage-init on " + box.name());
        progress.accept("quorum storages are formatted");
    }

    private void awaitLibvirt(Lab lab) {
        for (Box box : lab.boxes()) {
            until(box::libvirtAnswers, Duration.ofSeconds(60), box.name() + "'s libvirtd does not answer");
        }
        progress.accept("libvirtd answers on every host");
    }

    private void startAgents(Lab lab) {
        String words = checkout.agentCommand("--config", "/etc/quorumfence/agent.yaml").stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        for (Box box : lab.boxes()) {
            Path relay = box.dir().resolve("relay.port");
            relay(lab, relay, box.control().resolve("pid"), AgentFiles.address(box.name(), 1) + ":7443");
            Path fresh = box.control().resolve("agent-command.new");
            write(fresh, "#!/bin/sh\nexport QF_NATIVE='" + checkout.hostPrograms() + "'\nexec " + words + "\n");
            try {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(fresh, box.control().resolve("agent-command"));
            } catch (IOException e) {
                throw new LabException("cannot start the agent of " + box.name() + ": " + e.getMessage(), e);
            }
        }
        progress.accept("agents are starting");
    }

    private void startCoordinators(Lab lab) {
        for (int n = 1; n <= plan.coordinators(); n++) {
            String name = "coord" + n;
            Path home = dir.resolve(name);
            lab.script("attach", name, "10.77.1." + (249 + n)).check("cannot attach " + name);
            List<String> words = new ArrayList<>(Namespaces.network(dir.resolve(name + ".pid")));
            words.addAll(checkout.coordinatorCommand(home.resolve("coordinator.yaml")));
            lab.script("spawn", name, home.resolve("coordinator.log"))
                    .with(words.toArray())
                    .check("cannot start " + name);
            relay(lab, home.resolve("relay.port"), dir.resolve(name + ".pid"), "127.0.0.1:8080");
        }
    }

    private void relay(Lab lab, Path portFile, Path pidFile, String target) {
        lab.script(
                        "spawn",
                        "outside",
                        dir.resolve("relay.log"),
                        checkout.labPrograms().resolve("qf-relay"))
                .with(portFile, pidFile, target)
                .check("cannot start the relay to " + target);
        until(() -> Files.exists(portFile), Duration.ofSeconds(10), "the relay to " + target + " does not start");
    }

    private static CompletableFuture<Void> async(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task, "lab-boot").start());
    }

    private static void together(List<Runnable> works) {
        CompletableFuture.allOf(works.stream().map(LabBoot::async).toArray(CompletableFuture[]::new))
                .join();
    }

    private static void until(BooleanSupplier condition, Duration limit, String otherwise) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new LabException(otherwise + " (waited " + Durations.show(limit) + ")");
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted while the lab came up", e);
            }
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
