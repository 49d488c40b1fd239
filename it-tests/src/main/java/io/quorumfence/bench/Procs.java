package io.quorumfence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What /proc says of the processes of one program, summed. */
record Procs(int count, long cpuTicks, long rssKiB, long reads, long writes, long readBytes, long writtenBytes) {
    static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** Those of the given processes whose command is called so; threads count with their process. */
    static Procs of(List<Long> pids, String command) {
        Procs sum = new Procs(0, 0, 0, 0, 0, 0, 0);
        for (long pid : pids) {
            Path proc = Path.of("/proc", Long.toString(pid));
            try {
                if (Files.readString(proc.resolve("comm")).strip().equals(command)) {
                    sum = sum.plus(proc);
                }
            } catch (IOException gone) {
                continue; // it ended while we looked
            }
        }
        return sum;
    }

    private Procs plus(Path proc) throws IOException {
        String stat = Files.readString(proc.resolve("stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        Map<String, Long> io = numbers(proc.resolve("io"));
        Map<String, Long> status = numbers(proc.resolve("status"));
        return new Procs(
                count + 1,
                cpuTicks + Long.parseLong(words[UTIME]) + Long.parseLong(words[STIME]),
                rssKiB + status.getOrDefault("VmRSS", 0L),
                reads + io.getOrDefault("syscr", 0L),
                writes + io.getOrDefault("syscw", 0L),
                readBytes + io.getOrDefault("rchar", 0L),
                writtenBytes + io.getOrDefault("wchar", 0L));
    }

    private static Map<String, Long> numbers(Path file) throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("[:\\s]+");
            if (parts.length > 1 && parts[1].matches("\\d+")) {
                found.put(parts[0], Long.valueOf(parts[1]));
            }
        }
        return found;
    }

    /** What went by since an earlier look; sizes are those of now. */
    Procs since(Procs before) {
        return new Procs(
                count,
                cpuTicks - before.cpuTicks,
                rssKiB,
                reads - before.reads,
                writes - before.writes,
                readBytes - before.readBytes,
                writtenBytes - before.writtenBytes);
    }
}
