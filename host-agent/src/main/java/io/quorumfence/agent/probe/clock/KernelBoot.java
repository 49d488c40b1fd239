package io.quorumfence.agent.probe.clock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * Which boot of the kernel this is, and how old it is. Reads small files of /proc; callable from any thread at start,
 * not meant for a loop.
 */
public final class KernelBoot {
    private static final int START_TIME_AFTER_COMMAND = 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Path proc;

    public KernelBoot() {
        this(Path.of("/proc"));
    }

    KernelBoot(Path proc) {
        this.proc = proc;
    }

    /**
     * The kernel's boot id.
     *
     * @throws IOException when it cannot be read or is no UUID: the agent then has no incarnation and must not start
     */
    public UUID bootId() throws IOException {
        Path file = proc.resolve("sys/kernel/random/boot_id");
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds '" + text + "', which is not a UUID", e);
        }
    }

    /**
     * Time since PID 1 started, suspended time included. PID 1 and not the kernel itself: in a box of its own the two
     * differ, and a new life of a box begins with its PID 1.
     */
    public Duration age() throws IOException {
        long startTicks = startTicks(Files.readString(proc.resolve("1/stat"), StandardCharsets.ISO_8859_1));
        long ticksPerSecond = KernelClocks.ticksPerSecond();
        long startNs = startTicks / ticksPerSecond * NANOS_PER_SECOND
                + startTicks % ticksPerSecond * (NANOS_PER_SECOND / ticksPerSecond);
        return Duration.ofNanos(Math.max(0, KernelClocks.readNs(KernelClocks.BOOTTIME) - startNs));
    }

    /** Field 22. The command before it may hold spaces and parentheses, so the count starts at its last parenthesis. */
    static long startTicks(String stat) throws IOException {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1);
        if (fields.length <= START_TIME_AFTER_COMMAND) {
            throw new IOException("/proc/1/stat is cut short");
        }
        try {
            return Long.parseLong(fields[START_TIME_AFTER_COMMAND]);
        } catch (NumberFormatException e) {
            throw new IOException("/proc/1/stat has no start time", e);
        }
    }
}
