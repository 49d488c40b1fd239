package io.quorumfence.agent.effect.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.InMemoryTempDir;
import io.quorumfence.agent.effect.local.Natives;
import io.quorumfence.agent.effect.local.PidBox;
import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.agent.probe.libvirt.FakeQemu;
import io.quorumfence.config.SshTarget;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand.FenceBySsh;
import io.quorumfence.model.observation.EffectObservation.HostKeyCompared;
import io.quorumfence.model.observation.EffectObservation.SshFinished;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/sibling-ssh.md against one real OpenSSH server: what comes back, and what it is taken for. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "canRunSshd", disabledReason = "needs root and an OpenSSH server")
class SshVerdictTest {
    private static final NanoClock CLOCK = new RawClock();
    private static final HostId SUSPECT = new HostId("h2");
    private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000d";
    private static final UUID BOOT = bootId();
    private static final Incarnation LIFE = new Incarnation(5, BOOT);
    private static final Duration CONNECT = Duration.ofMillis(1000);
    private static final Duration COMMAND = Duration.ofMillis(5000);

    @TempDir(factory = InMemoryTempDir.class)
    static Path dir;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private Sshd sshd;

    @BeforeAll
    void start() throws Exception {
        Files.writeString(dir.resolve("incarnation"), "boot=" + BOOT + "\ncounter=5\njoined=true\n");
        sshd = Sshd.start(dir, List.of("127.0.0.1"));
    }

    @AfterAll
    void stop() {
        if (sshd != null) {
            sshd.close();
        }
    }

    /** Scripts in the helper's place, for what the real one cannot be brought to do. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "status 0 and the whole answer | CONFIRMED_DEAD | 127.0.0.1 (gone) | `echo '$DEAD'`",
                "words on the other stream | CONFIRMED_DEAD | (gone) | `echo locale >&2; echo '$DEAD'`",
                "status 1 with a whole answer | AMBIGUOUS | ended with 1 | `echo '$DEAD'; exit 1`",
                "status 1 with still alive | AMBIGUOUS | ended with 1 | `echo '$ALIVE'; exit 1`",
                "status 255 | AMBIGUOUS | ended with 255 | `exit 255`",
                "status 137, a killed shell | AMBIGUOUS | ended with 137 | `echo '$DEAD'; sh -c 'kill -9 $$'; exit $?`",
                "killed behind its answer | AMBIGUOUS | was killed | `echo '$DEAD'; kill -9 $$`",
                "killed half-way | AMBIGUOUS | was killed | `printf '%s' '{\"v\":1,'; kill -9 $$`",
                "no helper there | AMBIGUOUS | ended with 127: no fence helper | `exec /nowhere/qf-fence-helper`",
                "one that does not know the line | AMBIGUOUS | not the helper's request line | `exit 64`",
                "one that is newer | AMBIGUOUS | unknown version | `echo '$DEAD' | sed 's/\"v\":1/\"v\":2/'`",
                "one without a version | AMBIGUOUS | unknown version | `echo '$DEAD' | sed 's/\"v\":1,//'`",
                "one that omits a field | AMBIGUOUS | other fields | `echo '$DEAD' | sed 's/\"counter\":5,//'`",
                "a banner before it | AMBIGUOUS | half answer | `echo Welcome; echo '$DEAD'`",
                "a banner on the same line | AMBIGUOUS | not JSON | `printf 'hello '; echo '$DEAD'`",
                "two answers | AMBIGUOUS | half answer | `echo '$DEAD'; echo '$DEAD'`",
                "a dead one and a living one | AMBIGUOUS | half answer | `echo '$DEAD'; echo '$ALIVE'`",
                "dead, and a VM that is not | AMBIGUOUS | a VM that is not | `echo '$MIXED'`",
                "alive, and none that is | AMBIGUOUS | without a VM | `echo '$DEAD' | sed s/confirmedDead/stillAlive/`",
                "another boot | AMBIGUOUS | another incarnation | `echo '$DEAD' | sed 's/$BOOT/$VM/'`",
                "another counter | AMBIGUOUS | another incarnation | `echo '$DEAD' | sed 's/counter\":5/counter\":6/'`",
                "an unknown verdict | AMBIGUOUS | unknown verdict | `echo '$DEAD' | sed s/confirmedDead/unreachable/`",
                "another one's words | AMBIGUOUS | not JSON | `echo 'usage: something -n'`",
            })
    void isTakenForExactlyOneThing(String what, SshVerdict verdict, String why, String script) throws Exception {
        sshd.forceScript("read -r line; " + filledIn(script));
        assertThat(fence(CLOCK, sshd.target("127.0.0.1")))
                .returns(verdict, SshFinished::verdict)
                .satisfies(result -> assertThat(result.evidence()).contains(why));
    }

    @Test
    void theShellThatSpeaksOfTheVmIsNeitherKilledNorCounted() throws Exception {
        forceHelper("/bin/false");
        Process shell = inBox("sh", "-c", "echo up; read -r line # qemu-system-x86_64 -uuid " + VM);
        Process vm = sshd.box().vm(FakeQemu.program(dir, "qemu-system-fake"), VM);
        SshFinished result = fence(CLOCK, sshd.target("127.0.0.1"));
        assertThat(result.verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
        assertThat(result.ended()).hasSize(1);
        assertThat(PidBox.endsSoon(vm)).isTrue();
        assertThat(shell.isAlive()).isTrue();
        shell.destroyForcibly();
    }

    @Test
    void anotherProgramThatCarriesTheVmsNameIsLeftAloneAndAmbiguous() throws Exception {
        forceHelper("/bin/false");
        Process stranger = inBox("sh", "-c", "echo up; read -r line", "-uuid", VM);
        SshFinished result = fence(CLOCK, sshd.target("127.0.0.1"));
        assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
        assertThat(result.evidence()).contains("foreign-program");
        assertThat(stranger.isAlive()).isTrue();
        stranger.destroyForcibly();
        assertThat(PidBox.endsSoon(stranger)).isTrue();
    }

    /** Killed, and started again by somebody, again and again: never confirmed while it does. */
    @Test
    void aVmThatSomebodyRestartsIsNotConfirmed() throws Exception {
        forceHelper("/bin/false");
        Path qemu = FakeQemu.program(dir, "qemu-system-fake");
        Process somebody = inBox(
                "sh", "-c", "echo up; while :; do " + qemu + " -c 'sleep 60; :' -uuid " + VM + " </dev/null; done");
        SshFinished result = fence(CLOCK, sshd.target("127.0.0.1"));
        assertThat(result.verdict()).as(result.evidence()).isIn(SshVerdict.STILL_ALIVE, SshVerdict.AMBIGUOUS);
        somebody.destroyForcibly();
        assertThat(PidBox.endsSoon(somebody)).isTrue();
        Await.until("the last one is ended", () -> isDead(fence(CLOCK, target())));
    }

    @Test
    void aHelperThatIsKilledHalfWayConfirmsNothing() throws Exception {
        Path virsh = sshd.script("virsh-that-hangs", "exec sleep 60");
        sshd.forceScript("exec timeout -s KILL 0.4 " + helper(virsh.toString()));
        Process vm = sshd.box().vm(FakeQemu.program(dir, "qemu-system-fake"), VM);
        assertThat(fence(CLOCK, sshd.target("127.0.0.1")).verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
        forceHelper(virsh.toString());
        SshFinished again = fence(CLOCK, sshd.target("127.0.0.1"));
        assertThat(again.verdict()).as("libvirt that hangs does not stop it").isEqualTo(SshVerdict.CONFIRMED_DEAD);
        assertThat(PidBox.endsSoon(vm)).isTrue();
    }

    @Test
    void aSlowServerIsWaitedForAndOneThatIsTooSlowIsAmbiguous() throws Exception {
        forceHelper("/bin/false");
        try (SlowRelay slow = SlowRelay.to(sshd.port(), 30)) {
            assertThat(fence(CLOCK, at(slow.port())).verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
        }
        try (SlowRelay slow = SlowRelay.to(sshd.port(), 1_200)) {
            long startNs = CLOCK.nowNs();
            SshFinished result = fence(CLOCK, at(slow.port()));
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("no end while");
            assertThat(Duration.ofNanos(CLOCK.nowNs() - startNs)).isLessThan(CONNECT.multipliedBy(4));
        }
    }

    @Test
    void aResetBehindTheAcceptIsAmbiguous() throws Exception {
        try (SlowRelay resets = SlowRelay.thatResets()) {
            SshFinished result = fence(CLOCK, at(resets.port()));
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).containsAnyOf("broken off while", "not connected");
        }
    }

    /** The agent slept between the order and the login: whatever it sees now, it sends nothing. */
    @Test
    void anOrderThatHasBecomeOldIsNotSent() throws Exception {
        sshd.forceScript("echo asked >>" + dir.resolve("asked-late") + "; read -r line && echo \"$line\" >>"
                + dir.resolve("asked-late"));
        AtomicLong readings = new AtomicLong();
        NanoClock sleeper = () -> CLOCK.nowNs()
                + (readings.getAndIncrement() == 0 ? 0 : Duration.ofHours(1).toNanos());
        SshFinished result = fence(sleeper, sshd.target("127.0.0.1"));
        assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
        assertThat(result.evidence()).contains("too late, nothing was sent");
        Await.until("the command ran", () -> Files.exists(dir.resolve("asked-late")));
        assertThat(dir.resolve("asked-late")).hasContent("asked");
    }

    @Test
    void aChangedHostKeyIsToldWithBothFingerprintsAndTakenBackWhenItIsRightAgain() throws Exception {
        sshd.forceScript("echo never");
        Sshd.key(dir.resolve("other"));
        fence(CLOCK, new SshTarget(List.of("127.0.0.1"), sshd.port(), "root", sshd.hostKey("other")));
        assertThat(seen.poll())
                .isEqualTo(new HostKeyCompared(
                        SUSPECT,
                        "127.0.0.1 shows key " + fingerprint("host") + " instead of the pinned "
                                + fingerprint("other")));
        fence(CLOCK, sshd.target("127.0.0.1"));
        assertThat(seen.poll()).isEqualTo(new HostKeyCompared(SUSPECT, ""));
    }

    static boolean canRunSshd() {
        return Sshd.isPossible();
    }

    private SshTarget at(int port) throws IOException {
        return new SshTarget(List.of("127.0.0.1"), port, "root", sshd.hostKey("host"));
    }

    private SshTarget target() {
        try {
            return sshd.target("127.0.0.1");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isDead(SshFinished result) {
        return result.verdict() == SshVerdict.CONFIRMED_DEAD;
    }

    /** What came before the result stays in the queue. */
    private SshFinished fence(NanoClock clock, SshTarget target) {
        SshFenceSpec spec =
                new SshFenceSpec(Map.of(SUSPECT, target), dir.resolve("user"), CONNECT, COMMAND, dir.resolve("audit"));
        BlockingQueue<SshFinished> result = new LinkedBlockingQueue<>();
        seen.clear();
        try (SshFencer fencer = new SshFencer(spec, clock, observation -> {
            if (observation instanceof SshFinished finished) {
                result.add(finished);
            } else {
                seen.add(observation);
            }
        })) {
            fencer.fence(new FenceBySsh(3, 1, SUSPECT, LIFE, new FenceToken(9), CLOCK.nowNs(), Set.of()));
            return Await.next(result);
        }
    }

    private Process inBox(String... words) throws IOException {
        Process process = new ProcessBuilder(sshd.box().command(words)).start();
        process.getInputStream().read();
        return process;
    }

    private static String helper(String virsh) {
        return Natives.program("qf-fence-helper") + " --run " + dir + " --virsh " + virsh;
    }

    private void forceHelper(String virsh) throws IOException {
        sshd.force(helper(virsh));
    }

    private static String fingerprint(String key) throws IOException {
        Process process = new ProcessBuilder(
                        "ssh-keygen", "-lf", dir.resolve(key + ".pub").toString())
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return text.split(" ", -1)[1];
    }

    private static String filledIn(String script) {
        String vm = "{\"vm\":\"" + VM + "\",\"verdict\":\"stillAlive\",\"pid\":7,\"detail\":\"D\"}";
        return script.replace("$DEAD", answer("confirmedDead", "gone", ""))
                .replace("$ALIVE", answer("stillAlive", "still-alive", vm))
                .replace("$MIXED", answer("confirmedDead", "gone", vm))
                .replace("$BOOT", BOOT.toString())
                .replace("$VM", VM);
    }

    private static String answer(String verdict, String reason, String vms) {
        return "{\"v\":1,\"bootId\":\"" + BOOT + "\",\"counter\":5,\"verdict\":\"" + verdict + "\",\"reason\":\""
                + reason + "\",\"vms\":[" + vms + "]}";
    }

    private static UUID bootId() {
        try {
            return UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
