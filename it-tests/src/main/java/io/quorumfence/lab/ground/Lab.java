package io.quorumfence.lab.ground;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A running lab. Made by {@link LabBoot}; {@link #close()} takes it down, and so does its guard when this process ends
 * in any other way. Methods block; any thread.
 */
public final class Lab implements Ground {
    private static final Duration VIRSH = Duration.ofSeconds(20);

    private final LabPlan plan;
    private final Path dir;
    private final Map<String, Box> boxes = new LinkedHashMap<>();
    private final Cables cables;
    private final Path boxScript;
    private final Thread hook = new Thread(this::down, "lab-down");
    private @Nullable Guard guard;

    Lab(LabPlan plan, Checkout checkout, Path dir, Path cgroup, @Nullable Guard guard) {
        this.plan = plan;
        this.dir = dir;
        this.guard = guard;
        this.boxScript = checkout.scripts().resolve("box.sh");
        this.cables = new Cables(dir.resolve("switch.pid"));
        plan.hosts().forEach(host -> boxes.put(host, new Box(host, dir, cgroup, boxScript)));
        // The guard would do it anyway, a moment after us; whoever stopped us should find it done.
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public LabPlan plan() {
        return plan;
    }

    public Path dir() {
        return dir;
    }

    public Box box(String host) {
        Box box = boxes.get(host);
        if (box == null) {
            throw new LabException("no host '" + host + "' in this lab; it has " + plan.hosts());
        }
        return box;
    }

    public List<Box> boxes() {
        return List.copyOf(boxes.values());
    }

    @Override
    public List<Box> hosts() {
        return boxes();
    }

    public Cables cables() {
        return cables;
    }

    @Override
    public Path diskOf(String vm) {
        return dir.resolve("storage/vm").resolve(vm + ".raw");
    }

    /** A quorum storage's file or device as the machine sees it. */
    public Path storageFile(String storage) {
        Path home = dir.resolve("storage").resolve(storage);
        Path image = home.resolve("disk.img");
        return Files.exists(image) ? image : home.resolve("quorumfence.cell");
    }

    @Override
    public String vmProgram() {
        return "qemu-system-";
    }

    /** The lab's hand on virsh. */
    @Override
    public void startVm(String vm, String host) {
        virsh(box(host), "create", domain(vm, host)).check("cannot start " + vm + " on " + host);
    }

    /** Writes a VM's description for a host; its path as the host sees it. */
    private String domain(String vm, String host) {
        Path domain = box(host).control().resolve("domain-" + vm + ".xml");
        try {
            Files.writeString(domain, VmFiles.domain(vm, plan.uuidOf(vm), host));
        } catch (IOException e) {
            throw new LabException("cannot write " + domain + ": " + e.getMessage(), e);
        }
        return "/run/qf-lab/domain-" + vm + ".xml";
    }

    /**
     * Any command of virsh on a host.
     *
     * @param words where {@code {xml}} stands for the description of the VM
     */
    public Command.Output virsh(String host, String vm, List<String> words) {
        List<String> filled = words.stream()
                .map(word -> word.equals("{xml}") ? domain(vm, host) : word)
                .toList();
        return virsh(box(host), filled.toArray(String[]::new)).run();
    }

    /** Stops a VM the hard way (virsh destroy). */
    public void destroyVm(String vm, String host) {
        virsh(box(host), "destroy", vm).check("cannot stop " + vm + " on " + host);
    }

    @Override
    public void cutManagement(String host) {
        cables.cut(host, "management", Cables.Direction.BOTH, List.of());
    }

    @Override
    public void healManagement(String host) {
        cables.heal(host, "management");
    }

    @Override
    public long powerOff(String host) {
        return box(host).powerOff();
    }

    private static Command virsh(Box box, String... words) {
        Command base = box.inside("virsh", "-q", "-c", "qemu:///system").within(VIRSH);
        return base.with((Object[]) words);
    }

    @Override
    public URI agent(String host) {
        return URI.create("https://127.0.0.1:" + port(box(host).dir().resolve("relay.port")));
    }

    @Override
    public URI coordinator(int number) {
        return URI.create(
                "http://127.0.0.1:" + port(dir.resolve("coord" + number).resolve("relay.port")));
    }

    @Override
    public Path tlsDir() {
        return dir.resolve("tls");
    }

    /** Copies logs and journals of the boxes and coordinators; what cannot be read is skipped. */
    public void collect(Path into) {
        for (Box box : boxes.values()) {
            Command.of("mkdir", "-p", into.resolve(box.name())).check("cannot make the report's folder");
            Command.of(
                            "cp",
                            "-r",
                            "--no-preserve=ownership",
                            box.logs(),
                            into.resolve(box.name()).resolve("log"))
                    .run();
            Path journal = box.disk("var-lib-quorumfence");
            Command.of("cp", "-r", journal, into.resolve(box.name()).resolve("var-lib-quorumfence"))
                    .run();
        }
        for (int n = 1; n <= plan.coordinators(); n++) {
            Path log = dir.resolve("coord" + n).resolve("coordinator.log");
            Command.of("cp", log, into.resolve("coordinator" + n + ".log")).run();
        }
    }

    /** Lets the lab live on when this process ends; {@code lab down} removes it. */
    public void keep() {
        Guard held = release();
        if (held != null) {
            held.keep();
        }
    }

    @Override
    public void close() {
        down();
        if (!hook.isAlive()) {
            forgetHook();
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending already; the hook will find nothing to do
        }
    }

    private void down() {
        Guard held = release();
        if (held != null) {
            held.down();
        }
    }

    private synchronized @Nullable Guard release() {
        Guard held = guard;
        guard = null;
        return held;
    }

    Command script(String verb, Object... more) {
        return Command.of("bash", boxScript, verb, dir).with(more);
    }

    private static int port(Path file) {
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            throw new LabException("no relay: " + file + " is missing", e);
        }
    }
}
