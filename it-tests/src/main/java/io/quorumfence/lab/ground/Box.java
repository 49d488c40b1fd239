package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One host of the lab: power button, freezer, and a way to run commands inside. Every method blocks until the box has
 * done it; any thread, but one at a time for power.
 */
public final class Box implements Ground.Host {
    private static final Pattern OFF_AT = Pattern.compile("off at=(\\d+)");
    private static final Duration POWER = Duration.ofSeconds(45);

    private final String name;
    private final Path labDir;
    private final Path dir;
    private final Path cgroup;
    private final Path boxScript;

    Box(String name, Path labDir, Path labCgroup, Path boxScript) {
        this.name = name;
        this.labDir = labDir;
        this.dir = labDir.resolve("boxes").resolve(name);
        this.cgroup = labCgroup.resolve(name);
        this.boxScript = boxScript;
    }

    @Override
    public String name() {
        return name;
    }

    /** The box's own logs, written from inside. */
    @Override
    public Path logs() {
        return dir.resolve("log");
    }

    Path dir() {
        return dir;
    }

    Path control() {
        return dir.resolve("ctl");
    }

    Path disk(String which) {
        return dir.resolve("disk").resolve(which);
    }

    /** Returns when its storages are mounted; libvirtd may need another second. */
    public void powerOn() {
        script("power-on").check(name + " does not power on");
    }

    /** Pulls the plug. Returns the moment it was pulled, on System.nanoTime's clock. */
    public long powerOff() {
        String said = script("power-off").check(name + " does not power off");
        Matcher at = OFF_AT.matcher(said);
        return at.find() ? Long.parseLong(at.group(1)) : System.nanoTime();
    }

    @Override
    public boolean isOn() {
        return pid().isPresent();
    }

    /** Number of the box's PID 1 as the machine counts. */
    public OptionalLong pid() {
        return Namespaces.livePid(control().resolve("pid"));
    }

    /** The boot id that everybody inside reads; a new one for each boot. */
    public String bootId() {
        return read(dir.resolve("boot_id")).strip();
    }

    /** Stops every process of the box at once, as a hung hypervisor does; the watchdog stand-in runs on outside. */
    public void freeze() {
        write(cgroup.resolve("cgroup.freeze"), "1");
    }

    public void thaw() {
        write(cgroup.resolve("cgroup.freeze"), "0");
    }

    /** A command inside the box, as its root. */
    public Command inside(Object... words) {
        return Command.of(Namespaces.all(control().resolve("pid")), words);
    }

    public StorageFaults faults(String storage) {
        Path socket = control().resolve(storage + ".sock");
        if (!Files.exists(socket)) {
            throw new LabException(name + " has no storage '" + storage + "' (or is off)");
        }
        return new StorageFaults(socket, name + "'s " + storage);
    }

    @Override
    public List<Long> processes() {
        try {
            return Files.readAllLines(cgroup.resolve("cgroup.procs")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The supervisor restarts a killed agent unless it is kept down. */
    public void keepAgentDown(boolean down) {
        flag("keep-down", down);
    }

    /** Sends a signal (a name without SIG) to the agent. Nothing happens to its keeper and lanes. */
    public void signalAgent(String signal) {
        String pid = read(control().resolve("agent.pid")).strip();
        inside("kill", "-" + signal.toUpperCase(Locale.ROOT), pid).check(name + ": cannot signal the agent");
    }

    @Override
    public boolean agentRuns() {
        return Files.exists(control().resolve("agent.pid"));
    }

    /** Sends a signal to every process of the box whose program has this name, by its own process list. */
    public void signalProgram(String signal, String program) {
        Command.Output said = inside("pkill", "-" + signal, "-x", program).run();
        if (said.code() > 1) {
            throw new LabException(name + ": cannot signal " + program + ": " + said.complaint());
        }
    }

    /** A receiver of webhooks on port 8099 of the box; what it is sent is in {@link #webhooks}. */
    public void receiveWebhooks() {
        inside(
                        "setsid",
                        "-f",
                        "busybox",
                        "nc",
                        "-ll",
                        "-p",
                        "8099",
                        "-e",
                        "/bin/sh",
                        boxScript.resolveSibling("webhook.sh"),
                        "/var/log/qf/webhooks")
                .check(name + " receives no webhooks");
    }

    /** One JSON object a line. */
    public String webhooks() {
        Path file = logs().resolve("webhooks");
        return Files.exists(file) ? read(file) : "";
    }

    public boolean libvirtAnswers() {
        return Files.exists(control().resolve("libvirt-up"));
    }

    void flag(String file, boolean set) {
        try {
            if (set) {
                Files.writeString(control().resolve(file), "");
            } else {
                Files.deleteIfExists(control().resolve(file));
            }
        } catch (IOException e) {
            throw new LabException(name + ": cannot set " + file + ": " + e.getMessage(), e);
        }
    }

    private Command script(String verb) {
        return Command.of("bash", boxScript, verb, labDir, name).within(POWER);
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new LabException(name + ": no " + file.getFileName() + " (is it on?)", e);
        }
    }

    private void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LabException(name + ": cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
