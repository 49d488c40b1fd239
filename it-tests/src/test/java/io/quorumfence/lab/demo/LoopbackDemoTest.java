package io.quorumfence.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as {@code ./qf demo --loopback} plays it: real agents, lanes, keepers and coordinator. */
@Timeout(240)
class LoopbackDemoTest {
    private static final String CLASS_PATH = "qf.classpath";
    private static final Pattern ALLOWED = Pattern.compile("allowed ([0-9.]+) s after the power loss");
    /** T_takeover of the profile: (6 s + 1 s + 2 * 2 s) * (1 + rho) / (1 - rho) + 3 s. */
    private static final double TAKEOVER_S = 14.0;

    private final String temporary = System.getProperty("java.io.tmpdir");
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private String name = "";

    @BeforeEach
    void runTheClassesUnderTest() {
        String own = System.getProperty("java.class.path");
        System.setProperty(CLASS_PATH, System.getProperty("surefire.test.class.path", own));
        System.setProperty("java.io.tmpdir", directory.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(CLASS_PATH);
        System.setProperty("java.io.tmpdir", temporary);
    }

    @Test
    void playsTheStoryOnPlainProcessesAndLeavesNothingBehind() {
        boolean kept = new Demo(new PrintStream(bytes, true, StandardCharsets.UTF_8), false).play(this::boot);
        String screen = bytes.toString(StandardCharsets.UTF_8);

        assertThat(screen).contains("LOOPBACK CELL: no real VMs, no libvirt").contains("REFUSE (host-alive)");
        assertThat(screen)
                .contains("✓ the VM never stopped working on h1")
                .contains("ALLOW (time)")
                .contains("✓ and nowhere else")
                .contains("✓ it was started there exactly once")
                .contains("I1 ok: 2 boots, none overlaps another")
                .contains("I2 ok: every start after the first followed ALLOW and redeem");
        // The last sign lies up to a beat before the loss; a proof that came sooner than that would be none.
        double beat = Profile.FAST.deadlines().beat().toMillis() / 1000.0;
        assertThat(secondsToAllow(screen)).isGreaterThan(TAKEOVER_S - 2 * beat);
        // Nothing but the budget may be missed, and that only by a machine that runs other tests beside this one.
        assertThat(screen.lines().filter(line -> line.contains("✗")))
                .as(screen)
                .allMatch(line -> line.contains("the budget is") || line.contains("I7 violated"));
        assertThat(kept || secondsToAllow(screen) < 2 * Profile.FAST.budget().toSeconds())
                .as(screen)
                .isTrue();
        assertThat(directory).isEmptyDirectory();
        assertThat(name).startsWith("qf-loop-");
        assertThat(Path.of("/dev/shm", name)).doesNotExist();
    }

    private static double secondsToAllow(String screen) {
        Matcher allowed = ALLOWED.matcher(screen);
        assertThat(allowed.find()).as(screen).isTrue();
        return Double.parseDouble(allowed.group(1));
    }

    /** Boots the cell below a directory of the test's own, and so knows how it is called. */
    private DemoCell boot(Consumer<String> progress) {
        DemoCell cell = LiveDemoCell.onLoopback(progress);
        try (Stream<Path> found = Files.list(directory)) {
            name = found.map(path -> String.valueOf(path.getFileName()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cell;
    }
}
