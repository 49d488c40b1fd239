package io.quorumfence.record;

import io.quorumfence.record.sim.Schedules;
import org.junit.jupiter.api.Test;

/** The register under tens of thousands of seeded schedules; see {@link Schedules} for how to replay one. */
class RegisterSchedulesTest {
    @Test
    void staysOneLinearizableRegisterInEverySchedule() {
        Schedules.runOrReplay();
    }
}
