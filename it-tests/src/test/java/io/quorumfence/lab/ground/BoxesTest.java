package io.quorumfence.lab.ground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.config.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two bare boxes, really booted. Skipped where they cannot be: not root, no FUSE, no libvirtd. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoxesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init") // set before the first test, or no test runs
    private Lab lab;

    @BeforeAll
    void boot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        List.of("/dev/fuse", "/usr/sbin/libvirtd", "/usr/sbin/sshd", "/usr/bin/tini", "/usr/sbin/nft")
                .forEach(file -> assumeTrue(Files.exists(Path.of(file)), "needs " + file));
        Checkout checkout = Checkout.find();
        assumeTrue(checkout.missing(false).isEmpty(), "needs the lab's programs");
        LabPlan plan = new LabPlan(
                Labs.freshId(),
                2,
                LabPlan.directories(1),
                Profile.FAST,
                Map.of(),
                Map.of(),
                0,
                List.of(),
                "cycle",
                Duration.ZERO,
                false);
        lab = new LabBoot(plan, checkout, line -> {}).up();
    }

    @AfterAll
    void leavesNothingBehind() {
        if (lab == null) {
            return;
        }
        Path cgroup = Cgroup.of(lab.plan().id());
        assertThat(cgroup).exists();
        lab.close();
        assertThat(cgroup).doesNotExist();
        assertThat(lab.dir()).doesNotExist();
        assertThat(Command.of("mount").check("mount")).doesNotContain(lab.plan().id());
    }

    @Test
    void aHungWriteKeepsItsKilledAuthorAndLandsLater() {
        Box box = lab.box("h1");
        box.inside("truncate", "-s", "8192", "/qf/s1/late").check("truncate");
        box.faults("s1").hang(true, "/late");
        box.inside("bash", "-c", "echo late | dd of=/qf/s1/late conv=notrunc status=none & echo $! >/run/writer")
                .check("a writer");
        String pid = box.inside("cat", "/run/writer").check("its pid").strip();
        until(() -> box.faults("s1").status().contains("\"withheld\":1"));
        box.inside("kill", "-KILL", pid).check("kill");
        until(() -> state(box, pid).contains("D (disk sleep)"));
        assertThat(content("late")).doesNotContain("late");
        box.faults("s1").release(false, "/late");
        until(() -> content("late").contains("late"));
        until(() -> state(box, pid).isEmpty());
    }

    @Test
    void theOtherHostSeesNothingOfAHang() {
        lab.box("h1").faults("s1").hang(false, "/mine");
        lab.box("h2")
                .inside("bash", "-c", "echo ok >/qf/s1/mine")
                .within(Duration.ofSeconds(5))
                .check("the other host's write");
        lab.box("h1").faults("s1").mend("/mine");
        assertThat(content("mine")).isEqualTo("ok\n");
    }

    @Test
    void powerOffTakesADStateProcessAlongAndTheNextBootHasANewId() {
        Box box = lab.box("h2");
        String before = box.bootId();
        box.faults("s1").hang(true, "/stuck");
        box.inside("bash", "-c", "(echo x >/qf/s1/stuck) >/dev/null 2>&1 & sleep 0.2; kill -KILL $!")
                .check("a stuck writer");
        box.powerOff();
        assertThat(box.processes()).isEmpty();
        assertThat(box.isOn()).isFalse();
        box.powerOn();
        assertThat(box.inside("cat", "/proc/sys/kernel/random/boot_id")
                        .check("boot id")
                        .strip())
                .isEqualTo(box.bootId())
                .isNotEqualTo(before);
    }

    @Test
    void aWatchdogThatIsNoLongerFedResetsItsBox() {
        Box box = lab.box("h2");
        String before = box.bootId();
        box.inside("bash", "-c", "echo x >/run/qf-watchdog").check("one byte");
        until(() -> box.isOn() && !box.bootId().equals(before));
    }

    @Test
    void aCutIsSilentAndOneWay() {
        lab.cables().cut("h1", "management", Cables.Direction.IN, List.of("h2"));
        assertThat(reaches("h2", "10.77.1.1")).isFalse();
        assertThat(reaches("h2", "10.77.2.1")).isTrue();
        lab.cables().healAll();
        until(() -> reaches("h2", "10.77.1.1"));
    }

    @Test
    void aFrozenBoxCanBePoweredOff() {
        Box box = lab.box("h1");
        box.freeze();
        box.powerOff();
        assertThat(box.processes()).isEmpty();
        box.powerOn();
        assertThat(box.isOn()).isTrue();
    }

    private boolean reaches(String host, String address) {
        return lab.box(host)
                        .inside("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/22")
                        .run()
                        .code()
                == 0;
    }

    private static String state(Box box, String pid) {
        return box.inside("grep", "-s", "State", "/proc/" + pid + "/status")
                .run()
                .out();
    }

    private String content(String file) {
        return Command.of("cat", lab.dir().resolve("storage/s1").resolve(file)).check("the file below the faults");
    }

    private static void until(BooleanSupplier condition) {
        long endNs = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("came true in time").isLessThan(endNs);
            Thread.onSpinWait();
        }
    }
}
