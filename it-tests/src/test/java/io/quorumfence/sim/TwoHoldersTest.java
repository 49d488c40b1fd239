package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.step.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The work lock gives two siblings what only one may have; the record gives the token to one. */
class TwoHoldersTest {
    private final Set<HostId> holders = new HashSet<>();
    private final List<FenceToken> tokens = new ArrayList<>();

    private final SimTap tap = new SimTap() {
        @Override
        public void started(SimHost host, BootFacts facts) {}

        @Override
        public void stepped(SimHost host, Observation observation, long nowNs, Step<AgentState> step) {
            if (observation instanceof EffectObservation.LockAnswered answered
                    && answered.answer() == LockAnswer.ACQUIRED) {
                holders.add(host.id);
            }
            for (JournalEvent event : step.events()) {
                if (event instanceof JournalEvent.ClaimDecided decided) {
                    tokens.add(decided.token());
                }
            }
        }
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void oneTokenIsDecided(long seed) {
        SimCell cell =
                new SimCell(SimCellTest.configs(5, 3, WatchdogKind.FIFO_LAB, SelfFenceAction.STOP_VMS), seed, false);
        cell.powerOnAll();
        cell.run(8_000);
        cell.host(0).adopt(new VmId(new UUID(7, 7)));
        cell.run(4_000);
        cell.tap = tap;
        cell.lock.everybodyHolds = true;

        cell.host(0).powerOff("test");
        cell.run(16_000);

        assertThat(holders).as("who held the lock").hasSizeGreaterThan(1);
        assertThat(tokens).hasSize(1);
        List<Claim> claims = AgentFacts.record(cell.agent(cell.host(1).id)).claims();
        assertThat(claims).singleElement().matches(Claim::isProven);
        assertThat(cell.oracle.violations).isEmpty();
    }
}
