package io.quorumfence.agent.effect.local;

import io.quorumfence.model.WatchdogKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How this host's keeper is started.
 *
 * @param program the qf-keeper binary
 * @param shm the page it shares with the agent, on tmpfs
 * @param watchdog device or FIFO; not looked at for {@link WatchdogKind#NONE}
 * @param timeout what the watchdog is asked for (T_wd); what it really does is read back from the page
 */
public record KeeperSpec(Path program, Path shm, WatchdogKind kind, Path watchdog, Duration timeout) {

    /** The word the program knows the kind by. */
    String kindOption() {
        return switch (kind) {
            case NONE -> "none";
            case DEVICE, SOFTDOG -> "device";
            case FIFO_LAB -> "fifo";
        };
    }

    List<String> command() {
        List<String> common = List.of(
                program.toString(),
                "--daemon",
                "--shm",
                shm.toString(),
                "--timeout-ms",
                Long.toString(timeout.toMillis()),
                "--kind",
                kindOption());
        if (kind == WatchdogKind.NONE) {
            return common;
        }
        List<String> named = with(common, "--watchdog", watchdog.toString());
        return kind == WatchdogKind.SOFTDOG ? with(named, "--accept-softdog") : named;
    }

    /** Takes page and watchdog over from the keeper that runs, which then ends. */
    List<String> takeOverCommand() {
        return with(command(), "--take-over");
    }

    private static List<String> with(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toList();
    }
}
