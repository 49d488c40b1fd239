package io.quorumfence.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The simulator's speed, through the production core; the start of the JVM and its compiler included. */
@Command(
        name = "sim",
        description = "Schedules of 2 to 5 hosts (now and then a large cell) a second, and a second of CPU time.",
        mixinStandardHelpOptions = true)
public final class SimBench implements Callable<Integer> {
    @Option(names = "--seeds", description = "how many; default ${DEFAULT-VALUE}")
    long seeds = 100_000;

    @Option(names = "--from", description = "first seed; default ${DEFAULT-VALUE}")
    long from = 1;

    @Option(names = "--threads", description = "default: one for each processor")
    int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() {
        if (seeds < 1 || threads < 1) {
            throw new IllegalArgumentException("--seeds and --threads are at least 1");
        }
        long began = System.nanoTime();
        Summary sum = new Campaign(Schedule.Wish.NONE, threads, failure -> {}).run(from, seeds, Long.MAX_VALUE / 2);
        Map<String, Object> all = sum.json((System.nanoTime() - began) / 1e9, Schedule.Wish.NONE.profile(), "");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("bench", "sim");
        told.put("threads", threads);
        for (String key : new String[] {
            "schedules",
            "simulatedHours",
            "steps",
            "starts",
            "fences",
            "violations",
            "wallSeconds",
            "cpuSeconds",
            "schedulesPerSecond",
            "schedulesPerCpuSecond"
        }) {
            told.put(key, all.get(key));
        }
        SimCommands.printJson(told);
        return sum.violations().isEmpty() ? 0 : 1;
    }
}
