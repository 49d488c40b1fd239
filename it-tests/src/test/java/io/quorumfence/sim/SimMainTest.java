package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the simulator's command line says to bad input, and that a campaign can be asked for. */
class SimMainTest {
    private final StringWriter errors = new StringWriter();

    private int execute(String... words) {
        CommandLine line = SimMain.commandLine();
        line.setErr(new PrintWriter(errors, true));
        return line.execute(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sim --hosts 1",
                "sim --hosts 65",
                "sim --seeds 0",
                "sim --seeds many",
                "sim --profile quick",
                "sim --story none",
                "sim --threads 0",
                "sim replay",
                "sim replay first",
                "sim attack H99",
                "sim mutants no-such-guard",
                "sim profiles --seeds 0",
                "sim --what",
                "simulate"
            })
    void badInputGetsOneLineAndExitCode64(String words) {
        assertThat(execute(words.split(" "))).isEqualTo(SimMain.USAGE);
        assertThat(errors.toString().lines()).hasSize(1);
    }

    @Test
    void aFewSeedsRunAndReplay() {
        assertThat(execute("sim", "--seeds", "5", "--from", "7", "--threads", "1", "--json"))
                .isZero();
        assertThat(execute("sim", "replay", "7", "--profile", "fast", "--hosts", "2"))
                .isZero();
        assertThat(execute("sim", "shrink", "7")).isZero();
        assertThat(errors.toString()).isEmpty();
    }
}
