package io.quorumfence.agent.effect.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.Natives;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.command.LocalCommand.RunPower;
import io.quorumfence.model.observation.EffectObservation.PowerAnswered;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import io.quorumfence.model.observation.Observation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real fence_ipmilan against a real IPMI endpoint. */
class FenceIpmilanTest {
    private static final HostId HOST = new HostId("h3");
    private final LinkedBlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private final RawClock clock = new RawClock();
    private IpmiSim bmc;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(IpmiSim.isPossible(), "needs fence-agents, ipmitool and openipmi");
        bmc = IpmiSim.start(directory);
    }

    @AfterEach
    void stop() {
        if (bmc != null) {
            bmc.close();
        }
    }

    private PowerSpec spec(PowerDevice device) {
        return new PowerSpec(
                Natives.program("qf-power"),
                Path.of("/usr/sbin"),
                directory,
                Map.of(HOST, List.of(List.of(device))),
                Duration.ofSeconds(5),
                Duration.ofHours(1));
    }

    private PowerAnswered ask(PowerFencer fencer, PowerAction action, long forMs) {
        long now = clock.nowNs();
        long end = now + forMs * 1_000_000;
        fencer.run(new RunPower(1, 1, HOST, new FenceToken(7), action, end, end));
        return (PowerAnswered) Await.<Observation>next(seen);
    }

    @Test
    void switchesOffAndSeesIt() throws Exception {
        try (PowerFencer fencer = new PowerFencer(spec(bmc.device()), clock, seen::add)) {
            assertThat(ask(fencer, PowerAction.STATUS, 8_000).answer()).isEqualTo(PowerAnswer.ON);
            assertThat(ask(fencer, PowerAction.OFF, 8_000).answer()).isEqualTo(PowerAnswer.ACCEPTED);
            assertThat(bmc.isOn()).isFalse();
            PowerAnswered off = ask(fencer, PowerAction.STATUS, 8_000);
            assertThat(off.answer()).isEqualTo(PowerAnswer.OFF);
            assertThat(off.evidence()).isEqualTo("status h3; level 1 fence_ipmilan: off");
        }
    }

    @Test
    void anOffOfWhatIsOffIsAccepted() throws Exception {
        bmc.power(false);
        try (PowerFencer fencer = new PowerFencer(spec(bmc.device()), clock, seen::add)) {
            assertThat(ask(fencer, PowerAction.OFF, 8_000).answer()).isEqualTo(PowerAnswer.ACCEPTED);
        }
        assertThat(bmc.said()).isEmpty();
    }

    @Test
    void aDeadBmcIsUnknown() {
        bmc.close();
        try (PowerFencer fencer = new PowerFencer(spec(bmc.device()), clock, seen::add)) {
            assertThat(ask(fencer, PowerAction.STATUS, 1_000).answer()).isEqualTo(PowerAnswer.UNKNOWN);
            assertThat(ask(fencer, PowerAction.OFF, 1_000).answer()).isEqualTo(PowerAnswer.UNKNOWN);
        }
    }

    @Test
    void aWrongSecretSwitchesNothingAndIsNowhere() throws Exception {
        Files.writeString(directory.resolve("secret"), "another-planted-word\n");
        try (PowerFencer fencer = new PowerFencer(spec(bmc.device()), clock, seen::add)) {
            PowerAnswered answered = ask(fencer, PowerAction.OFF, 6_000);
            assertThat(answered.answer()).isEqualTo(PowerAnswer.UNKNOWN);
            assertThat(answered.toString()).doesNotContain("planted");
        }
        assertThat(bmc.isOn()).isTrue();
    }

    @Test
    void aLookChecksTheNamesOfTheParameters() {
        PowerDevice good = bmc.device();
        PowerDevice wrong = new PowerDevice(
                good.agent(), Map.of("ip", "127.0.0.1", "ipp", "1"), "password", good.secretFile(), List.of());

        PowerChecked ok = PowerFencer.lookOnce(spec(good), HOST, clock);
        PowerChecked bad = PowerFencer.lookOnce(spec(wrong), HOST, clock);

        assertThat(ok.ok()).as(ok.detail()).isTrue();
        assertThat(bad.detail()).isEqualTo("fence_ipmilan has no parameter [ipp]");
    }
}
