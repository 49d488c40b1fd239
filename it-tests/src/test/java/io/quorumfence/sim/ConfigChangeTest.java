package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.quorumfence.config.DeadlineRules;
import io.quorumfence.config.Profile;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.SelfFenceAction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the simulated operators write into agent.yaml is something the agent would start with. */
class ConfigChangeTest {
    @ParameterizedTest
    @EnumSource(ConfigChange.class)
    void everyChangePassesTheAgentsOwnChecks(ConfigChange change) {
        for (Profile profile : Profile.values()) {
            // The simulated ones may do without a cooldown, which the agent wants of an action that resets its host.
            var first = Schedule.configs(3, 1, 1, profile.deadlines(), SelfFenceAction.STOP_VMS, 3, false)
                    .get(0)
                    .reacting(new Reaction(true, false, DeadlineRules.COOLDOWN_MIN));
            assertThatCode(() -> DeadlineRules.check(change.of(first), profile)).doesNotThrowAnyException();
        }
    }
}
