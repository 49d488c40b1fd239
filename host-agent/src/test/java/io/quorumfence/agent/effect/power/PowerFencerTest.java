package io.quorumfence.agent.effect.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.Natives;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.command.LocalCommand.EndPower;
import io.quorumfence.model.command.LocalCommand.RunPower;
import io.quorumfence.model.observation.EffectObservation.PowerAnswered;
import io.quorumfence.model.observation.EffectObservation.PowerEnded;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of each way in which a fence agent can end; {@link FenceIpmilanTest} does it with a real one. */
class PowerFencerTest {
    private static final HostId HOST = new HostId("h3");
    private static final FenceToken TOKEN = new FenceToken(7);
    private final LinkedBlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private final RawClock clock = new RawClock();

    @TempDir
    Path directory;

    /** Does what its parameter says for this action: exits with it, or hangs with a child in a session of its own. */
    @BeforeEach
    void agent() throws IOException {
        Path agent = directory.resolve("fence_test");
        Files.writeString(
                agent,
                "#!/bin/sh\nwhile read -r line; do case \"$line\" in action=*) action=${line#action=};;"
                        + " off=*) off=${line#off=};; status=*) status=${line#status=};; esac; done\n"
                        + "echo \"$action\" >> " + directory + "/said\n"
                        + "eval \"do=\\$$action\"\n"
                        + "[ \"$do\" = hang ] && { setsid sleep 300 & echo $! > " + directory + "/child; sleep 300; }\n"
                        + "exit \"$do\"\n");
        Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("said"), "");
    }

    private PowerDevice device(String off, String status) {
        return new PowerDevice(
                "fence_test", Map.of("off", off, "status", status), "password", Optional.empty(), List.of());
    }

    private PowerFencer fencer(List<List<PowerDevice>> levels) {
        return new PowerFencer(
                new PowerSpec(
                        Natives.program("qf-power"),
                        directory,
                        directory,
                        Map.of(HOST, levels),
                        Duration.ofSeconds(5),
                        Duration.ofHours(1)),
                clock,
                seen::add);
    }

    private long in(long ms) {
        return clock.nowNs() + ms * 1_000_000;
    }

    private RunPower command(PowerAction action, long notAfterNs, long deadlineNs) {
        return new RunPower(1, 1, HOST, TOKEN, action, notAfterNs, deadlineNs);
    }

    private PowerAnswered next() {
        return (PowerAnswered) Await.<Observation>next(seen);
    }

    /** Levels are divided by '/', devices by '+', each is how its off or status ends. */
    private static List<String> parts(String text, String by) {
        return Arrays.asList(text.split(by));
    }

    @ParameterizedTest
    @CsvSource({
        "2, OFF",
        "0, ON",
        "1, UNKNOWN",
        "2+2, OFF",
        "2+0, ON",
        "2+1, UNKNOWN",
        "2/0, ON",
        "2/1, OFF",
        "1/2+2, OFF",
        "1/2+1, UNKNOWN"
    })
    void aHostIsOffWhenAWholeLevelSaysSoAndNobodyTheOpposite(String levels, PowerAnswer answer) {
        List<List<PowerDevice>> devices = parts(levels, "/").stream()
                .map(level -> parts(level, "\\+").stream()
                        .map(one -> device("1", one))
                        .toList())
                .toList();
        try (PowerFencer fencer = fencer(devices)) {
            fencer.run(command(PowerAction.STATUS, 0, in(10_000)));

            assertThat(next().answer()).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, ACCEPTED", "1, UNKNOWN", "0+0, ACCEPTED", "0+1, UNKNOWN", "1/0, ACCEPTED", "2/2, UNKNOWN"})
    void anOffIsAcceptedWhenAWholeLevelTakesIt(String levels, PowerAnswer answer) {
        List<List<PowerDevice>> devices = parts(levels, "/").stream()
                .map(level -> parts(level, "\\+").stream()
                        .map(one -> device(one, "1"))
                        .toList())
                .toList();
        try (PowerFencer fencer = fencer(devices)) {
            fencer.run(command(PowerAction.OFF, in(9_000), in(10_000)));

            assertThat(next().answer()).isEqualTo(answer);
        }
    }

    @Test
    void nothingIsAskedTooLate() throws IOException {
        try (PowerFencer fencer = fencer(List.of(List.of(device("0", "0"))))) {
            fencer.run(command(PowerAction.OFF, clock.nowNs() - 1, in(10_000)));

            assertThat(next().answer()).isEqualTo(PowerAnswer.NOT_STARTED);
        }
        assertThat(Files.readString(directory.resolve("said"))).isEmpty();
    }

    @Test
    void whatHangsIsKilledWithAllItsChildrenBeforeTheAnswer() throws IOException {
        try (PowerFencer fencer = fencer(List.of(List.of(device("hang", "0"))))) {
            fencer.run(command(PowerAction.OFF, in(900), in(1_000)));

            assertThat(next().answer()).isEqualTo(PowerAnswer.UNKNOWN);
        }
        assertThat(isChildAlive()).isFalse();
    }

    private boolean isChildAlive() throws IOException {
        long pid = Long.parseLong(Files.readString(directory.resolve("child")).strip());
        return ProcessHandle.of(pid).isPresent();
    }

    @Test
    void anEndedClaimIsNeverAskedForAgain() throws IOException {
        try (PowerFencer fencer = fencer(List.of(List.of(device("hang", "0"))))) {
            fencer.run(command(PowerAction.OFF, in(59_000), in(60_000)));
            Await.until("it hangs", () -> Files.exists(directory.resolve("child")));
            Await.until(
                    "its child's number is there",
                    () -> directory.resolve("child").toFile().length() > 1);

            fencer.end(new EndPower(TOKEN, HOST, true));

            Observation first = Await.next(seen);
            Observation second = Await.next(seen);
            assertThat(List.of(first, second)).anyMatch(PowerEnded.class::isInstance);
            assertThat(isChildAlive()).isFalse();
            fencer.run(command(PowerAction.OFF, in(9_000), in(10_000)));
            assertThat(next().answer()).isEqualTo(PowerAnswer.NOT_STARTED);
        }
        assertThat(Files.readString(directory.resolve("said"))).isEqualTo("off\n");
    }

    @Test
    void theNextAgentProcessWaitsForTheLastOnesCall() throws Exception {
        Process last = new ProcessBuilder(
                        Natives.program("qf-power").toString(),
                        "--lock",
                        directory.resolve("power-h3.lock").toString(),
                        "--not-after",
                        Long.toString(in(5_000)),
                        "--deadline",
                        Long.toString(in(1_500)),
                        "--",
                        directory.resolve("fence_test").toString())
                .start();
        last.getOutputStream().write("action=off\noff=hang\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        last.getOutputStream().close();
        Await.until("it hangs", () -> directory.resolve("child").toFile().length() > 1);
        try (PowerFencer fencer = fencer(List.of(List.of(device("0", "0"))))) {
            fencer.end(new EndPower(TOKEN, HOST, true));

            assertThat(Await.<Observation>next(seen)).isEqualTo(new PowerEnded(TOKEN, true));
            assertThat(isChildAlive()).isFalse();
        }
        assertThat(last.waitFor()).isZero();
    }

    @Test
    void aSecretGoesDownThePipeOnly() throws IOException {
        Path agent = directory.resolve("fence_test");
        Files.writeString(
                agent,
                "#!/bin/sh\ntr '\\0' ' ' </proc/$$/cmdline >" + directory + "/args\nenv >" + directory + "/env\ncat >"
                        + directory + "/in\necho planted-word\nexit 2\n");
        PowerDevice device = new PowerDevice(
                "fence_test", Map.of(), "password", Optional.empty(), List.of("/bin/echo", "planted-word"));
        try (PowerFencer fencer = fencer(List.of(List.of(device)))) {
            fencer.run(command(PowerAction.STATUS, 0, in(10_000)));

            assertThat(next().toString()).doesNotContain("planted").contains("OFF");
        }
        assertThat(Files.readString(directory.resolve("in"))).isEqualTo("action=status\npassword=planted-word\n");
        assertThat(Files.readString(directory.resolve("args"))).doesNotContain("planted");
        assertThat(Files.readString(directory.resolve("env"))).doesNotContain("planted");
    }

    /** With the spans of the core: not-after is at most one suspicion time away, the call has eight seconds. */
    @Test
    void theSecondLevelIsAskedWhenTheFirstHangs() throws IOException {
        Path pdu = directory.resolve("fence_pdu");
        Files.writeString(pdu, "#!/bin/sh\ncat >/dev/null; echo pdu >> " + directory + "/said\nexit 0\n");
        Files.setPosixFilePermissions(pdu, PosixFilePermissions.fromString("rwxr-xr-x"));
        PowerDevice second = new PowerDevice("fence_pdu", Map.of(), "password", Optional.empty(), List.of());
        try (PowerFencer fencer = fencer(List.of(List.of(device("hang", "1")), List.of(second)))) {
            fencer.run(command(PowerAction.OFF, in(3_000), in(8_000)));

            assertThat(next().answer()).isEqualTo(PowerAnswer.ACCEPTED);
            assertThat(Files.readString(directory.resolve("said"))).contains("pdu");
        }
    }

    @Test
    void anOffThatWasBegunAndStoppedIsNotSaidToBeNotStarted() throws IOException {
        try (PowerFencer fencer = fencer(List.of(List.of(device("hang", "0"))))) {
            fencer.run(command(PowerAction.OFF, in(59_000), in(60_000)));
            Await.until("it hangs", () -> directory.resolve("child").toFile().length() > 1);
            fencer.end(new EndPower(TOKEN, HOST, true));
            Observation first = Await.next(seen);
            Observation second = Await.next(seen);
            PowerAnswered answer = (PowerAnswered) (first instanceof PowerAnswered ? first : second);
            assertThat(answer.answer()).isEqualTo(PowerAnswer.UNKNOWN);
        }
    }

    /** A real fence agent runs ipmitool with its own descriptors closed, as Python's subprocess does. */
    @Test
    void nothingIsOverWhileAProcessOfAKilledCallLives() throws Exception {
        Path agent = directory.resolve("fence_test");
        Files.writeString(
                agent,
                "#!/usr/bin/python3\nimport subprocess,sys\nsys.stdin.read()\n"
                        + "p=subprocess.Popen(['sleep','2'])\nopen('" + directory
                        + "/child','w').write(str(p.pid)+'\\n')\np.wait()\n");
        try (PowerFencer fencer = fencer(List.of(List.of(device("0", "0"))))) {
            fencer.run(command(PowerAction.OFF, in(7_000), in(8_000)));
            Await.until("it runs", () -> directory.resolve("child").toFile().length() > 1);
            ProcessHandle.current()
                    .descendants()
                    .filter(p -> p.info().commandLine().orElse("").contains("qf-power --lock " + directory))
                    .forEach(ProcessHandle::destroyForcibly);
            fencer.end(new EndPower(TOKEN, HOST, true));

            Await.<Observation>next(seen);
            assertThat(isChildAlive()).isFalse();
        }
    }

    /** A status that hangs is nobody's to wait for: it switches nothing. */
    @Test
    void aStatusKeepsNoIntentOpen() throws IOException {
        try (PowerFencer fencer = fencer(List.of(List.of(device("0", "hang"))))) {
            fencer.run(command(PowerAction.STATUS, 0, in(60_000)));
            Await.until("it hangs", () -> directory.resolve("child").toFile().length() > 1);
            try (PowerFencer next = fencer(List.of(List.of(device("0", "0"))))) {
                next.end(new EndPower(TOKEN, HOST, true));

                assertThat(Await.<Observation>next(seen)).isEqualTo(new PowerEnded(TOKEN, true));
            }
        }
    }
}
