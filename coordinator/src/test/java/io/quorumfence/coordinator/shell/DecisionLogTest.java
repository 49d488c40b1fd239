package io.quorumfence.coordinator.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.Evidence;
import io.quorumfence.coordinator.core.Reason;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.Verdict;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The prefix is the agents': their test has the other half of this one (GateTraceTest). */
class DecisionLogTest {
    @Test
    void theLineBeginsWithThePrefixOfTheAgents() {
        HostId h1 = new HostId("h1");
        HostId h2 = new HostId("h2");
        StartQuestion question =
                new StartQuestion(VmId.of("00000000-0000-0001-0000-000000000002"), h1, h2, List.of(), null);
        Verdict verdict = new Verdict.Refuse(Reason.HOST_ALIVE, "it is seen", List.of(Evidence.of("h2", h1, "saw it")));
        assertThat(DecisionLog.prefix(question, verdict))
                .isEqualTo("[pre-fence vm=00000000-0000-0001-0000-000000000002 suspect=h1 peer=h2]");
    }
}
