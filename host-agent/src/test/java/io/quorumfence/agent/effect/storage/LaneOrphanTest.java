package io.quorumfence.agent.effect.storage;

import static io.quorumfence.agent.effect.storage.StorageBench.H1;
import static io.quorumfence.agent.effect.storage.StorageBench.S1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lanes of an agent that was killed end by themselves, and its successor goes on. */
class LaneOrphanTest {
    @TempDir
    private Path directory;

    /** Runs in a JVM of its own: opens a lane, beats once, names the lane's process and waits to be killed. */
    public static final class Victim {
        public static void main(String[] args) throws Exception {
            StorageBench bench = new StorageBench(Path.of(args[0]));
            StorageAgent agent = bench.agent(H1, S1).opened(S1);
            agent.goodBeat(S1);
            System.out.println("lane " + bench.laneOf("h1", S1).pid());
            System.out.flush();
            System.in.read();
        }
    }

    @Test
    void aLaneEndsWithTheAgentThatWasKilled() throws Exception {
        try (StorageBench bench = new StorageBench(directory)) {
            bench.format(S1);
            Process victim = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xshare:auto",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                ProcessHandle lane = ProcessHandle.of(laneOf(victim)).orElseThrow();
                victim.destroyForcibly();
                lane.onExit().get(20, TimeUnit.SECONDS);
                assertThat(lane.isAlive()).isFalse();
                bench.agent(H1, S1).opened(S1).goodBeat(S1);
            } finally {
                victim.destroyForcibly();
            }
        }
    }

    private static long laneOf(Process victim) throws Exception {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.startsWith("lane ")) {
            line = lines.readLine();
        }
        assertThat(line).isNotNull();
        return Long.parseLong(line.substring("lane ".length()));
    }
}
