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
import io.quorumfence.model.observation.Observation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real fence_virsh, by a real sshd, against a real libvirtd. */
class FenceVirshTest {
    private static final HostId HOST = new HostId("h3");

    @TempDir
    static Path shared;

    private static VirshHost above;

    private final LinkedBlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private final RawClock clock = new RawClock();

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(VirshHost.isPossible(), "needs root, fence-agents, libvirt and openssh-server");
        above = VirshHost.start(shared);
    }

    @AfterAll
    static void stop() {
        if (above != null) {
            above.close();
        }
    }

    @BeforeEach
    void switchOn() {
        above.power(true);
    }

    private PowerAnswered ask(PowerAction action, Map<String, String> others) {
        PowerSpec spec = new PowerSpec(
                Natives.program("qf-power"),
                Path.of("/usr/sbin"),
                directory,
                Map.of(HOST, List.of(List.of(above.device(others)))),
                Duration.ofSeconds(20),
                Duration.ofHours(1));
        try (PowerFencer fencer = new PowerFencer(spec, clock, seen::add)) {
            long end = clock.nowNs() + 20_000 * 1_000_000L;
            fencer.run(new RunPower(1, 1, HOST, new FenceToken(7), action, end, end));
            return (PowerAnswered) Await.<Observation>next(seen);
        }
    }

    @Test
    void switchesOffAndSeesIt() {
        assertThat(ask(PowerAction.STATUS, Map.of()).answer()).isEqualTo(PowerAnswer.ON);
        assertThat(ask(PowerAction.OFF, Map.of()).answer()).isEqualTo(PowerAnswer.ACCEPTED);
        assertThat(above.isOn()).isFalse();
        PowerAnswered off = ask(PowerAction.STATUS, Map.of());
        assertThat(off.answer()).isEqualTo(PowerAnswer.OFF);
        assertThat(off.evidence()).isEqualTo("status h3; level 1 fence_virsh: off");
    }

    @Test
    void aDomainThatIsNotThereIsUnknown() {
        assertThat(ask(PowerAction.STATUS, Map.of("plug", "kvm9")).answer()).isEqualTo(PowerAnswer.UNKNOWN);
    }

    @Test
    void nobodyAtThePortIsUnknownAndSwitchesNothing() {
        assertThat(ask(PowerAction.OFF, Map.of("ipport", "1")).answer()).isEqualTo(PowerAnswer.UNKNOWN);
        assertThat(above.isOn()).isTrue();
    }
}
