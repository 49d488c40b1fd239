package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the agent's gauges read of its state moves when its cause happens, and back. */
class GaugesTest {
    private final Stage stage = Stage.of(3, 1, SelfFenceAction.STOP_VMS).vmOn(3);

    private AgentState state(int host) {
        return Objects.requireNonNull(stage.h(host).agent.state());
    }

    private double leaseRemaining(int host) {
        return AgentFacts.leaseRemainingSeconds(state(host), stage.h(host).nowNs());
    }

    private double leaseUsed(int host) {
        return AgentFacts.leaseUsed(state(host), stage.h(host).nowNs());
    }

    private double storageAge(int host) {
        StorageId storage = stage.h(host).config.storageIds().get(0);
        return AgentFacts.storageAgeSeconds(state(host), storage, stage.h(host).nowNs());
    }

    @Test
    void aHostThatIsWellHasItsLeaseAndIsArmedForItsVm() {
        assertThat(leaseRemaining(3)).isBetween(4.0, 6.1);
        assertThat(leaseUsed(3)).isLessThan(0.5);
        assertThat(storageAge(3)).isBetween(0.0, 1.5);
        assertThat(AgentFacts.isArmed(state(3))).isTrue();
        assertThat(AgentFacts.isWatchdogOpen(state(3))).isTrue();
        assertThat(AgentFacts.suspects(state(1))).isZero();
    }

    @Test
    void aHostThatLosesEveryWitnessUsesItsLeaseUp() {
        stage.isolate(3, 1);
        assertThat(stage.await(6_000, () -> leaseUsed(3) > 0.75)).isTrue();
        assertThat(storageAge(3)).isGreaterThan(3);
        assertThat(stage.await(6_000, () -> leaseRemaining(3) == 0)).isTrue();
        assertThat(leaseUsed(3)).isGreaterThanOrEqualTo(1);
    }

    @Test
    void aLossOfPowerIsASuspectAndThenNewVersionsOfTheRecord() {
        long before = AgentFacts.recordVersion(state(1));
        stage.powerOff(3);
        assertThat(stage.await(4_000, () -> AgentFacts.suspects(state(1)) == 1)).isTrue();
        assertThat(stage.await(20_000, () -> stage.isProven(3))).isTrue();
        assertThat(stage.await(4_000, () -> AgentFacts.recordVersion(state(1)) >= before + 2))
                .isTrue();
        assertThat(AgentFacts.suspects(state(2))).isLessThanOrEqualTo(1);
    }
}
