package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.FenceLadder;
import io.quorumfence.model.HostId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Whether a seed's cell has fence devices, and its ladder. Drawn from a sequence of its own. */
final class PowerDraw {
    private static final long SALT = 0x0FF5_1DE5_0FFL;

    private final SplittableRandom random;

    PowerDraw(long seed) {
        random = new SplittableRandom(seed ^ SALT);
    }

    List<CellConfig> configs(List<CellConfig> plain) {
        if (random.nextInt(3) > 0) {
            return plain;
        }
        Map<HostId, FenceLadder.Rungs> rungs = new HashMap<>();
        FenceLadder.Span shell = span();
        FenceLadder.Span power = span();
        for (HostId host : plain.get(0).hosts()) {
            rungs.put(host, new FenceLadder.Rungs(random.nextInt(5) > 0, shell, power));
        }
        Duration timeout = Duration.ofMillis(1_500 + random.nextLong(4_000));
        FenceLadder ladder = new FenceLadder(rungs, Duration.ofSeconds(1), timeout);
        return plain.stream().map(one -> one.climbing(ladder)).toList();
    }

    private FenceLadder.Span span() {
        long after = random.nextInt(3) == 0 ? random.nextLong(3_000) : 0;
        long atMost = random.nextInt(4) == 0 ? 1_000 + random.nextLong(4_000) : 0;
        return new FenceLadder.Span(Duration.ofMillis(after), Duration.ofMillis(atMost));
    }
}
