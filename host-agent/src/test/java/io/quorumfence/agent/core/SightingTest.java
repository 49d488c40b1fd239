package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmList;
import io.quorumfence.model.WatchdogKind;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a reader may conclude from the beats it happened to read (rules 2 and 19b, decision 0012). */
class SightingTest {
    private static final Incarnation LIFE = new Incarnation(1, new UUID(0, 1));
    private static final Incarnation NEXT = new Incarnation(2, new UUID(0, 1));

    @Test
    void aLatchedBeatIsNoSignOfLifeButEndsTheTimeInWhichItMayHaveRenewed() {
        Sighting seen = Sighting.first(beat(LIFE, HostPhase.JOINED, 1), 5).read(beat(LIFE, HostPhase.LATCHED, 40), 24);
        assertThat(seen.seenNs(LIFE)).isEqualTo(5);
        assertThat(seen.renewedBeforeNs(LIFE)).isEqualTo(24);
    }

    @Test
    void laterLatchedBeatsDoNotPutAProofOff() {
        Sighting seen =
                Sighting.first(beat(LIFE, HostPhase.LATCHED, 40), 24).read(beat(LIFE, HostPhase.LATCHED, 41), 30);
        assertThat(seen.renewedBeforeNs(LIFE)).isEqualTo(24);
        assertThat(seen.seenNs(LIFE)).isEqualTo(Timing.NEVER);
    }

    @Test
    void aLifeOnItsWayInHasRenewedNothing() {
        Sighting seen = Sighting.first(beat(LIFE, HostPhase.JOINED, 1), 5).read(beat(NEXT, HostPhase.JOINING, 2), 9);
        assertThat(seen.renewedBeforeNs(LIFE)).isEqualTo(5);
        assertThat(seen.renewedBeforeNs(new Incarnation(7, new UUID(0, 1)))).isEqualTo(Timing.NEVER);
    }

    @Test
    void aLowerBeatIsNeverAChange() {
        Sighting seen = Sighting.first(beat(LIFE, HostPhase.JOINED, 9), 5).read(beat(LIFE, HostPhase.LATCHED, 8), 24);
        assertThat(seen.renewedBeforeNs(LIFE)).isEqualTo(5);
    }

    private static Beat beat(Incarnation life, HostPhase phase, long sequence) {
        Terms terms = new Terms(SelfFenceAction.STOP_VMS, 6, 1, 2, WatchdogKind.DEVICE, true, 2, 3);
        return new Beat(new HostId("h1"), life, phase, sequence, 1, 1, 1, terms, VmList.UNKNOWN);
    }
}
