package io.quorumfence.lab.loop;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.Ground;
import io.quorumfence.lab.ground.LabException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A group of processes that live and die together: qf-loophost and everything below it. It ends when this JVM does,
 * whatever way that was, since it holds the other end of its standard input. Methods block; any thread.
 */
final class LoopHost implements Ground.Host {
    private static final Pattern OFF_AT = Pattern.compile("off at=(\\d+) gone=\\d+");

    private final String name;
    private final Path dir;
    private final Process process;
    private final BufferedReader answers;
    private volatile Optional<ProcessHandle> agent = Optional.empty();

    private LoopHost(String name, Path dir, Process process) {
        this.name = name;
        this.dir = dir;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Powers a host on that has a watchdog: a FIFO {@code watchdog} in its directory. */
    static LoopHost withWatchdog(Checkout checkout, String name, Path dir, Duration timeout) {
        return on(
                checkout,
                name,
                dir,
                "--fifo",
                dir.resolve("watchdog").toString(),
                "--timeout-ms",
                Long.toString(timeout.toMillis()));
    }

    /** Powers a group of processes on that nothing watches. */
    static LoopHost on(Checkout checkout, String name, Path dir, String... watchdog) {
        List<String> words = new ArrayList<>(List.of(
                checkout.labPrograms().resolve("qf-loophost").toString(),
                "--log",
                dir.resolve("log/watchdog.log").toString()));
        words.addAll(List.of(watchdog));
        try {
            LoopHost host = new LoopHost(
                    name,
                    dir,
                    new ProcessBuilder(words)
                            .redirectError(dir.resolve("log/loophost.log").toFile())
                            .start());
            if (!host.answer().equals("ready")) {
                throw new LabException(name + " does not power on; see " + dir.resolve("log/loophost.log"));
            }
            return host;
        } catch (IOException e) {
            throw new LabException(name + " does not power on: " + e.getMessage(), e);
        }
    }

    /** Starts a program of the host; what it prints goes to a log of the host's. */
    long run(String log, List<String> words) {
        List<String> line = new ArrayList<>(List.of("run", logs().resolve(log).toString()));
        line.addAll(words);
        String said;
        synchronized (this) {
            tell(String.join("\t", line));
            said = answer();
        }
        if (!said.startsWith("pid ")) {
            throw new LabException(name + ": cannot start " + words.get(0) + ": " + said);
        }
        return Long.parseLong(said.substring("pid ".length()));
    }

    void runAgent(List<String> words) {
        agent = ProcessHandle.of(run("agent.log", words));
    }

    /** Kills everything of the host. Returns the moment it began to, on System.nanoTime's clock. */
    synchronized long powerOff() {
        long atNs = System.nanoTime();
        try {
            if (process.isAlive()) {
                process.getOutputStream().write("off\n".getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            }
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                Matcher off = OFF_AT.matcher(line);
                atNs = off.matches() ? Long.parseLong(off.group(1)) : atNs;
            }
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new LabException(name + " does not power off within 10 s");
            }
        } catch (IOException e) {
            throw new LabException(name + " does not power off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return atNs;
    }

    private void tell(String line) {
        try {
            OutputStream words = process.getOutputStream();
            words.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            words.flush();
        } catch (IOException e) {
            throw new LabException(name + " is off", e);
        }
    }

    private String answer() {
        try {
            String line = answers.readLine();
            return line == null ? "it is off" : line;
        } catch (IOException e) {
            throw new LabException(name + " is off", e);
        }
    }

    /** Lets go of the switch without a word, as this JVM's death does. */
    void letGo() throws IOException {
        process.getOutputStream().close();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isOn() {
        return process.isAlive();
    }

    @Override
    public boolean agentRuns() {
        return agent.filter(ProcessHandle::isAlive).isPresent();
    }

    @Override
    public List<Long> processes() {
        return process.descendants().map(ProcessHandle::pid).toList();
    }

    @Override
    public Path logs() {
        return dir.resolve("log");
    }
}
