package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One keeper of a test, on a FIFO with a reader unless told otherwise. */
final class KeeperRun {

    /** Short, for short tests: a tick every 50 ms. */
    static final String TIMEOUT_MS = "200";

    private final Litter litter;
    private final Path dir;
    private final Path shm;

    KeeperRun(Litter litter, Path dir) {
        this.litter = litter;
        this.dir = dir;
        this.shm = dir.resolve("keeper");
    }

    List<String> command(String kind, String... more) {
        List<String> command = new ArrayList<>(List.of(
                NativePrograms.path("qf-keeper"), "--shm", shm.toString(), "--kind", kind, "--timeout-ms", TIMEOUT_MS));
        if (!kind.equals("none")) {
            command.addAll(List.of("--watchdog", dir.resolve("fifo").toString()));
        }
        command.addAll(List.of(more));
        return command;
    }

    /** Starts it in the foreground, as our child, and waits for its first tick. */
    Process start(String kind) throws IOException, InterruptedException {
        Process process = litter.start(new ProcessBuilder(command(kind)));
        assertThat(process.inputReader().readLine()).isEqualTo("running pid " + process.pid());
        KeeperPage page = page();
        Litter.await("the keeper ticks", () -> page.get(KeeperPage.TICK) != 0);
        page.awaitTicks(1);
        return process;
    }

    KeeperPage page() throws IOException {
        return new KeeperPage(shm);
    }

    /** Ends a keeper that is not our child. */
    void killLater(long pid) {
        litter.later(() -> {
            if (!Litter.ended(pid)) {
                Litter.signal("KILL", pid);
            }
        });
    }
}
