package io.quorumfence.bench;

import io.quorumfence.config.Profile;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an agent costs when nothing happens, and what one beat costs a storage. */
@Command(
        name = "rest",
        description = "CPU share, memory and I/O of each agent's programs, three hosts at rest.",
        mixinStandardHelpOptions = true)
final class RestBench implements Callable<Integer> {
    private static final List<String> PROGRAMS = List.of("java", "qf-lane", "qf-keeper");

    /** The just-in-time compiler is still at work in an agent's first minute. */
    @Option(names = "--settle", defaultValue = "60", description = "Seconds before; default ${DEFAULT-VALUE}")
    private int settle;

    @Option(names = "--seconds", defaultValue = "60", description = "Seconds measured; default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--storages", defaultValue = "3", description = "Quorum storages; default ${DEFAULT-VALUE}")
    private int storages;

    @Option(names = "--profile", defaultValue = "NORMAL", description = "Default ${DEFAULT-VALUE}")
    private Profile profile = Profile.NORMAL;

    @Override
    public Integer call() {
        LabPlan plan = LabPlan.ordinary(Labs.freshId(), 3, storages, profile);
        try (LiveCell cell = LiveCell.boot(plan, Checkout.find(), new Timeline(), System.err::println)) {
            cell.awaitJoined();
            // Our own looks at the status would be measured too.
            cell.agents().close();
            pause(settle);
            List<Spent> before = look(cell);
            long fromNs = System.nanoTime();
            pause(seconds);
            List<Spent> after = look(cell);
            double took = (System.nanoTime() - fromNs) / 1e9;
            for (int i = 0; i < after.size(); i++) {
                Spent now = after.get(i);
                print(now.host(), now.program(), now.procs().since(before.get(i).procs()), took);
            }
        }
        return 0;
    }

    /** One program of one host, at one look. */
    private record Spent(String host, String program, Procs procs) {}

    private static List<Spent> look(LiveCell cell) {
        return cell.lab().boxes().stream()
                .flatMap(box -> PROGRAMS.stream()
                        .map(program -> new Spent(box.name(), program, Procs.of(box.processes(), program))))
                .toList();
    }

    private void print(String host, String program, Procs spent, double took) {
        double beats = took / profile.deadlines().beat().toNanos() * 1e9;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("bench", "rest");
        figures.put("profile", profile.name().toLowerCase(Locale.ROOT));
        figures.put("host", host);
        figures.put("program", program);
        figures.put("processes", spent.count());
        figures.put("cpuPercentOfOneCore", Figures.round(spent.cpuTicks() / Procs.TICKS_PER_SECOND / took * 100));
        figures.put("rssMiB", Figures.round(spent.rssKiB() / 1024.0));
        if (program.equals("qf-lane") && spent.count() > 0) {
            double ops = beats * spent.count();
            figures.put("readCallsPerBeatAndStorage", Figures.round(spent.reads() / ops));
            figures.put("writeCallsPerBeatAndStorage", Figures.round(spent.writes() / ops));
            figures.put("bytesReadPerBeatAndStorage", Math.round(spent.readBytes() / ops));
            figures.put("bytesWrittenPerBeatAndStorage", Math.round(spent.writtenBytes() / ops));
        }
        Figures.print(figures);
    }

    private static void pause(int seconds) {
        long endNs = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        LiveCell.reached(() -> System.nanoTime() >= endNs, Duration.ofSeconds(seconds + 1L));
    }
}
