package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.observation.EffectObservation.HostKeyCompared;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host that shows another ssh host key than the pinned one is an alert, until it shows the right one. */
class HostKeyAlertTest {
    private static final HostId OTHER = new HostId("h2");

    private final AgentState state = new AgentState(EarlyWarningTest.config(), EarlyWarningTest.facts());

    @Test
    void standsWithBothFingerprintsUntilTheRightKeyIsShown() {
        compared("192.0.2.12 shows key SHA256:new instead of the pinned SHA256:old");
        assertThat(alerts(state)).hasSize(1);
        assertThat(alerts(state).get(0).text())
                .contains("host h2")
                .contains("SHA256:new")
                .contains("SHA256:old");
        assertThat(alerts(state.copy())).hasSize(1);
        compared("");
        assertThat(alerts(state)).isEmpty();
    }

    private void compared(String trouble) {
        EffectDesk.take(state, new HostKeyCompared(OTHER, trouble), 1, new Out());
    }

    private static List<Alerts.Alert> alerts(AgentState s) {
        return Alerts.standing(s, 1).stream()
                .filter(alert -> alert.code().equals("ssh-host-key"))
                .toList();
    }
}
