package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.event.JournalEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is said before a lease ends, when, and that it is said once. */
class EarlyWarningTest {
    private static final HostId SELF = new HostId("h1");
    private static final long START_NS = 1_000_000 * Timing.MILLI;

    private final AgentState state = new AgentState(config(), facts());

    EarlyWarningTest() {
        state.phase = HostPhase.JOINED;
        state.life = new Incarnation(4, new UUID(1, 1));
        state.lease.restart(START_NS);
        state.lease.renewedByStorage(START_NS);
        state.vms = List.of(new VmSeen(new VmId(new UUID(7, 7)), "v", 1, 1, "running"));
        state.vmsComplete = true;
    }

    @Test
    void saysNothingBeforeHalfOfTheLease() {
        assertThat(eventsAt(2_999)).isEmpty();
        assertThat(codesAt(2_999)).isEmpty();
    }

    @Test
    void saysAtHalfAndAtThreeQuartersWhatWillHappenAndWhenAndOnlyOnce() {
        List<JournalEvent> half = eventsAt(3_000);
        assertThat(half).hasSize(1);
        JournalEvent.LeaseWarned warned = (JournalEvent.LeaseWarned) half.get(0);
        assertThat(warned.percent()).isEqualTo(50);
        assertThat(warned.remainingMs()).isEqualTo(3_000);
        assertThat(warned.then()).isEqualTo("selfFence.action stop-vms ends 1 protected VM");
        assertThat(warned.planes()).contains("renewed by storage 3000 ms ago, by network never; s1 answered never");
        assertThat(codesAt(3_000)).containsExactly("lease-half-used");
        assertThat(eventsAt(4_000)).isEmpty();
        assertThat(((JournalEvent.LeaseWarned) eventsAt(4_500).get(0)).percent())
                .isEqualTo(75);
        assertThat(codesAt(4_500)).containsExactly("lease-nearly-used");
        assertThat(eventsAt(5_900)).isEmpty();
    }

    @Test
    void saysThatItIsOver() {
        eventsAt(4_600);
        state.lease.renewedByStorage(START_NS + 4_700 * Timing.MILLI);
        assertThat(eventsAt(4_800)).containsExactly(new JournalEvent.LeaseSafeAgain(SELF, 4, 75));
        assertThat(eventsAt(4_900)).isEmpty();
    }

    @Test
    void theEndOfTheLeaseIsNoRelief() {
        eventsAt(4_600);
        assertThat(eventsAt(6_100)).isEmpty();
    }

    @Test
    void theReasonOfTheActNamesPlanesAndStorages() {
        Out out = new Out();
        Latch.check(state, START_NS + 6_000 * Timing.MILLI, out);
        assertThat(out.events)
                .anyMatch(event -> event instanceof JournalEvent.SelfFenceStarted started
                        && started.action()
                                .startsWith("STOP_VMS because lease ended: renewed by storage 6000 ms ago, by network"
                                        + " never; s1 answered never"));
    }

    private List<JournalEvent> eventsAt(long ms) {
        Out out = new Out();
        EarlyWarning.check(state, START_NS + ms * Timing.MILLI, out);
        return out.events;
    }

    private List<String> codesAt(long ms) {
        return Alerts.standing(state, START_NS + ms * Timing.MILLI).stream()
                .map(Alerts.Alert::code)
                .filter(code -> code.startsWith("lease-"))
                .toList();
    }

    static CellConfig config() {
        return new CellConfig(
                new CellId("test"),
                SELF,
                List.of(new Member(SELF, Map.of(), Optional.empty())),
                List.of(new PlaneId("management")),
                List.of(new StorageSpec(new StorageId("s1"), "/none", Optional.empty())),
                Profile.FAST.deadlines(),
                1_000,
                Duration.ofSeconds(1),
                SelfFenceAction.STOP_VMS,
                WatchdogKind.NONE,
                0,
                Duration.ofMinutes(10));
    }

    static BootFacts facts() {
        return new BootFacts(
                new UUID(1, 1),
                START_NS,
                Duration.ofHours(1).toNanos(),
                Optional.empty(),
                false,
                0,
                BootFacts.UNKNOWN_NS,
                false,
                List.of(),
                true,
                Set.of(),
                Optional.empty());
    }
}
