package io.quorumfence.bench;

import io.quorumfence.config.Profile;
import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Box;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The event loop's worst delay while every storage of a host hangs, beside the same time without. */
@Command(
        name = "hang",
        description = "Worst delay of an agent's event loop while all its storages hang.",
        mixinStandardHelpOptions = true)
final class HangBench implements Callable<Integer> {
    private static final String METRIC = "quorumfence_loop_delay_worst_seconds";

    @Option(names = "--seconds", defaultValue = "30", description = "Seconds of each half; default ${DEFAULT-VALUE}")
    private int seconds;

    @Override
    public Integer call() {
        LabPlan plan = LabPlan.ordinary(Labs.freshId(), 3, 3, Profile.NORMAL);
        try (LiveCell cell = LiveCell.boot(plan, Checkout.find(), new Timeline(), System.err::println)) {
            cell.awaitJoined();
            Box box = cell.lab().boxes().get(0);
            AgentApi agent = new AgentApi(cell.ground(), box.name());
            pause();
            worst(agent); // what the start cost is not asked for
            pause();
            double quiet = worst(agent);
            plan.storages().forEach(storage -> box.faults(storage.id()).hang(false, ""));
            pause();
            double hung = worst(agent);
            plan.storages().forEach(storage -> box.faults(storage.id()).release(false, ""));
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("bench", "hang");
            figures.put("seconds", seconds);
            figures.put("worstLoopDelaySecondsWhileAllIsWell", Figures.round(quiet));
            figures.put("worstLoopDelaySecondsWhileAllStoragesHang", Figures.round(hung));
            Figures.print(figures);
        }
        return 0;
    }

    /** Since it was asked for the last time. */
    private static double worst(AgentApi agent) {
        return agent.metrics()
                .lines()
                .filter(line -> line.startsWith(METRIC))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new LabException("the agent does not show " + METRIC));
    }

    private void pause() {
        long endNs = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        LiveCell.reached(() -> System.nanoTime() >= endNs, Duration.ofSeconds(seconds + 1L));
    }
}
