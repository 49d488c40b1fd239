package io.quorumfence.agent.effect.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.quorumfence.model.Proof;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand.FenceBySsh;
import io.quorumfence.model.observation.EffectObservation.SshFinished;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a real OpenSSH server, whose forced command is the real fence helper or a script that stands in for one. */
@Timeout(120)
@EnabledIf(value = "canRunSshd", disabledReason = "needs root and an OpenSSH server")
class SshFencerTest {
    private static final NanoClock CLOCK = new RawClock();
    private static final HostId SUSPECT = new HostId("h2");
    private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000d";
    private static final UUID BOOT = bootId();
    private static final Incarnation LIFE = new Incarnation(5, BOOT);
    private static final Duration CONNECT = Duration.ofMillis(1500);
    private static final Duration COMMAND = Duration.ofMillis(2500);

    @TempDir(factory = InMemoryTempDir.class)
    Path dir;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void storeTheSuspectsIncarnation() throws IOException {
        Files.writeString(dir.resolve("incarnation"), "boot=" + BOOT + "\ncounter=5\njoined=true\n");
    }

    @Test
    void theRealHelperEndsTheVmsAndConfirms() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            Process vm = sshd.box().vm(FakeQemu.program(dir, "qemu-system-fake"), VM);
            forceRealHelper(sshd);
            SshFinished result = fence(sshd.target("127.0.0.1"), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
            assertThat(result.evidence()).contains("ssh h2: confirmed-dead in").contains("1 VMs, 0 not dead");
            assertThat(PidBox.endsSoon(vm)).isTrue();
            assertThat(dir.resolve("barrier")).hasContent("token=9");
        }
    }

    @Test
    void anotherIncarnationIsNotTouchedAndAmbiguous() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            Process vm = sshd.box().vm(FakeQemu.program(dir, "qemu-system-fake"), VM);
            forceRealHelper(sshd);
            SshFinished result = fence(sshd.target("127.0.0.1"), new Incarnation(4, BOOT));
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("another incarnation");
            assertThat(vm.isAlive()).isTrue();
            assertThat(dir.resolve("barrier")).doesNotExist();
        }
    }

    /** Scripts in the helper's place, for what the real one cannot be brought to say. */
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "an answer that it still lives | STILL_ALIVE | 1 not dead | `cat >/dev/null; echo '$ALIVE'`",
                "an ambiguous answer | AMBIGUOUS | (gone) | `echo '$UNSURE'`",
                "a dead one of another counter | AMBIGUOUS | another incarnation | `echo '$OTHER'`",
                "a half answer | AMBIGUOUS | half answer | `printf '%s' '{\"v\":1,\"bootId\":'`",
                "a whole one without its end | AMBIGUOUS | half answer | `printf '%s' '$DEAD'`",
                "something behind the answer | AMBIGUOUS | half answer | `echo '$DEAD'; echo more`",
                "no JSON | AMBIGUOUS | not JSON | `echo Segmentation fault`",
                "an unknown version | AMBIGUOUS | unknown version | `echo '{\"v\":2}'`",
                "no word at all | AMBIGUOUS | half answer | `exit 0`",
                "a success without a word | AMBIGUOUS | half answer | `echo dead >&2; exit 0`",
                "too long an answer | AMBIGUOUS | answer too long | `head -c 70000 /dev/zero; echo`",
                "a command that hangs | AMBIGUOUS | no end while fencing | `sleep 30`",
                "one that answers and hangs | AMBIGUOUS | no end while fencing | `echo '$DEAD'; sleep 30`",
            })
    void mapsWhatTheCommandSays(String what, SshVerdict verdict, String why, String script) throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            sshd.forceScript(filledIn(script));
            long startNs = CLOCK.nowNs();
            SshFinished result = fence(sshd.target("127.0.0.1"), LIFE);
            assertThat(result.verdict()).isEqualTo(verdict);
            assertThat(result.evidence()).contains(why);
            assertThat(Duration.ofNanos(CLOCK.nowNs() - startNs)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void anAnswerOfTheDeadIsTakenFromAScriptToo() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            sshd.forceScript(filledIn("read -r line; echo \"$line\" >" + dir.resolve("asked") + "; echo '$DEAD'"));
            assertThat(fence(sshd.target("127.0.0.1"), LIFE).verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
            assertThat(dir.resolve("asked")).hasContent("fence v1 boot=" + BOOT + " counter=5 token=9 vms=all");
        }
    }

    @Test
    void aClosedPortIsAmbiguousForATcpStackAnswered() throws Exception {
        Sshd.key(dir.resolve("host"));
        Sshd.key(dir.resolve("user"));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        SshFinished result = fence(new SshTarget(List.of("127.0.0.1"), port, "root", publicKey("host")), LIFE);
        assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
        assertThat(result.evidence()).contains("127.0.0.1 refused");
    }

    @Test
    void silenceOnEveryAddressIsUnreachable() throws Exception {
        Sshd.key(dir.resolve("host"));
        Sshd.key(dir.resolve("user"));
        try (SilentPort one = SilentPort.on("127.0.0.1", 0);
                SilentPort two = SilentPort.on("127.0.0.2", one.port())) {
            assertThat(two.port()).isEqualTo(one.port());
            SshFinished result = fence(
                    new SshTarget(List.of("127.0.0.1", "127.0.0.2"), one.port(), "root", publicKey("host")), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.UNREACHABLE);
            assertThat(result.evidence()).contains("127.0.0.1 no answer; 127.0.0.2 no answer");
        }
    }

    @Test
    void silenceOnOneAddressAndARefusalOnTheOtherIsAmbiguous() throws Exception {
        Sshd.key(dir.resolve("host"));
        Sshd.key(dir.resolve("user"));
        try (SilentPort one = SilentPort.on("127.0.0.1", 0)) {
            SshFinished result = fence(
                    new SshTarget(List.of("127.0.0.1", "127.0.0.3"), one.port(), "root", publicKey("host")), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("127.0.0.1 no answer").contains("127.0.0.3 refused");
        }
    }

    @Test
    void aSilentAddressDoesNotHoldUpTheOther() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.2"));
                SilentPort silent = SilentPort.on("127.0.0.1", sshd.port())) {
            forceRealHelper(sshd);
            SshFinished result = fence(sshd.target("127.0.0.1", "127.0.0.2"), LIFE);
            assertThat(silent.port()).isEqualTo(sshd.port());
            assertThat(result.verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
            assertThat(result.evidence()).contains("127.0.0.2");
        }
    }

    @Test
    void ofTwoGoodAddressesOnlyOneIsAsked() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1", "127.0.0.2"))) {
            sshd.forceScript(filledIn("echo asked >>" + dir.resolve("asked") + "; sleep 0.6; echo '$DEAD'"));
            SshFinished result = fence(sshd.target("127.0.0.1", "127.0.0.2"), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
            assertThat(dir.resolve("asked")).hasContent("asked");
        }
    }

    @Test
    void aStoppedServerIsAmbiguousForItsKernelAnswered() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            forceRealHelper(sshd);
            sshd.box().signal("STOP");
            SshFinished result = fence(sshd.target("127.0.0.1"), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("no end while greeting");
        }
    }

    @Test
    void aServerThatHangsUpIsAmbiguous() throws Exception {
        Sshd.key(dir.resolve("host"));
        Sshd.key(dir.resolve("user"));
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread hanger = new Thread(() -> {
                try {
                    server.accept().close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            hanger.setDaemon(true);
            hanger.start();
            SshFinished result =
                    fence(new SshTarget(List.of("127.0.0.1"), server.getLocalPort(), "root", publicKey("host")), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("broken off while greeting");
        }
    }

    @Test
    void anotherHostKeyIsAmbiguousAndNothingIsSent() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            sshd.forceScript("echo asked >>" + dir.resolve("asked"));
            Sshd.key(dir.resolve("other"));
            SshTarget target = new SshTarget(List.of("127.0.0.1"), sshd.port(), "root", publicKey("other"));
            SshFinished result = fence(target, LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("host key differs");
            assertThat(dir.resolve("asked")).doesNotExist();
        }
    }

    @Test
    void anotherUserKeyIsAmbiguous() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            forceRealHelper(sshd);
            Sshd.key(dir.resolve("stranger"));
            SshFinished result = fence(spec(sshd.target("127.0.0.1"), "stranger"), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("login refused");
        }
    }

    @Test
    void aKeyThatOthersCanReadIsNotUsed() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            forceRealHelper(sshd);
            Files.setPosixFilePermissions(dir.resolve("user"), PosixFilePermissions.fromString("rw-r--r--"));
            SshFinished result = fence(sshd.target("127.0.0.1"), LIFE);
            assertThat(result.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(result.evidence()).contains("the key of this host is unusable");
        }
    }

    @Test
    void aHostWithoutTargetIsAmbiguous() throws Exception {
        Sshd.key(dir.resolve("user"));
        SshFenceSpec spec = new SshFenceSpec(Map.of(), dir.resolve("user"), CONNECT, COMMAND, dir.resolve("audit"));
        assertThat(fence(spec, LIFE).verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
    }

    @Test
    void aThirdAttemptAtOnceIsAnsweredAsBusy() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"));
                SshFencer fencer = new SshFencer(spec(sshd.target("127.0.0.1"), "user"), CLOCK, seen::add)) {
            sshd.forceScript("sleep 30");
            for (int attempt = 1; attempt <= 3; attempt++) {
                fencer.fence(command(attempt, LIFE));
            }
            SshFinished first = next();
            assertThat(first.attempt()).isEqualTo(3);
            assertThat(first.verdict()).isEqualTo(SshVerdict.AMBIGUOUS);
            assertThat(first.evidence()).contains("busy");
            next();
            next();
        }
    }

    @Test
    void remoteWordsStayInTheAuditThatOnlyItsOwnerReads() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"))) {
            sshd.forceScript("echo password=hunter2; echo secret-too >&2");
            SshFinished result = fence(sshd.target("127.0.0.1"), LIFE);
            assertThat(result.evidence())
                    .doesNotContain("hunter2")
                    .doesNotContain("secret-too")
                    .containsPattern("sha256 [0-9a-f]{12}")
                    .doesNotContain("\n");
            assertThat(result.evidence().length()).isLessThanOrEqualTo(Proof.EVIDENCE_MAX);
            Path audit = dir.resolve("audit");
            Await.until("audit written", () -> Files.exists(audit) && sizeOf(audit) > 0);
            assertThat(Files.readString(audit)).contains("hunter2").doesNotContain("PRIVATE KEY");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(audit)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aWarmedUpFencerIsQuick() throws Exception {
        try (Sshd sshd = Sshd.start(dir, List.of("127.0.0.1"));
                SshFencer fencer = new SshFencer(spec(sshd.target("127.0.0.1"), "user"), CLOCK, seen::add)) {
            sshd.forceScript(filledIn("echo '$DEAD'"));
            fencer.warmUp();
            fencer.fence(command(1, LIFE));
            SshFinished result = next();
            assertThat(result.verdict()).isEqualTo(SshVerdict.CONFIRMED_DEAD);
            assertThat(result.startedNs()).isLessThanOrEqualTo(CLOCK.nowNs());
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "ssh-ed25519", "ssh-ed25519 AAAA", "nonsense", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA=="})
    void aHostKeyThatIsNoneIsRefusedByName(String line) {
        assertThatThrownBy(() -> HostKeyPin.of(SUSPECT, line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ssh.hostKey of h2 is not one OpenSSH public key line");
    }

    static boolean canRunSshd() {
        return Sshd.isPossible();
    }

    private SshFinished fence(SshTarget target, Incarnation life) {
        return fence(spec(target, "user"), life);
    }

    private SshFinished fence(SshFenceSpec spec, Incarnation life) {
        try (SshFencer fencer = new SshFencer(spec, CLOCK, seen::add)) {
            fencer.fence(command(1, life));
            return next();
        }
    }

    /** The next result, without what is told beside it. */
    private SshFinished next() {
        Observation observation = Await.next(seen);
        return observation instanceof SshFinished finished ? finished : next();
    }

    private SshFenceSpec spec(SshTarget target, String key) {
        return new SshFenceSpec(Map.of(SUSPECT, target), dir.resolve(key), CONNECT, COMMAND, dir.resolve("audit"));
    }

    private static FenceBySsh command(long attempt, Incarnation life) {
        return new FenceBySsh(3, attempt, SUSPECT, life, new FenceToken(9), CLOCK.nowNs(), Set.of());
    }

    private void forceRealHelper(Sshd sshd) throws IOException {
        sshd.force(Natives.program("qf-fence-helper") + " --run " + dir + " --virsh /bin/false");
    }

    private String publicKey(String name) throws IOException {
        return Files.readString(dir.resolve(name + ".pub")).strip();
    }

    private static String filledIn(String script) {
        String vm = "{\"vm\":\"" + VM + "\",\"verdict\":\"stillAlive\",\"pid\":7,\"detail\":\"D\"}";
        return script.replace("$DEAD", answer(5, "confirmedDead", ""))
                .replace("$OTHER", answer(6, "confirmedDead", ""))
                .replace("$ALIVE", answer(5, "stillAlive", vm))
                .replace("$UNSURE", answer(5, "ambiguous", ""));
    }

    private static String answer(long counter, String verdict, String vms) {
        return "{\"v\":1,\"bootId\":\"" + BOOT + "\",\"counter\":" + counter + ",\"verdict\":\"" + verdict
                + "\",\"reason\":\"gone\",\"vms\":[" + vms + "]}";
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
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
