package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.StorageCommand.BeatRound;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.StorageObservation.BeatRoundDone;
import io.quorumfence.model.observation.StorageObservation.LaneOpened;
import io.quorumfence.model.observation.StorageObservation.LaneShut;
import io.quorumfence.step.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An operation whose mailbox read showed a claim never counts, also when its lane forgets what it read: the claimer saw
 * nothing of its beat. Found by the model (Witness.tla without HeldIsNotClean).
 */
class HeldLaneTest {
    private static final HostId SELF = new HostId("h1");
    private static final HostId CLAIMER = new HostId("h2");
    private static final StorageId S1 = new StorageId("s1");
    private static final StorageId S2 = new StorageId("s2");
    private static final StorageId S3 = new StorageId("s3");
    private static final Incarnation LIFE = new Incarnation(4, new UUID(1, 1));
    private static final long START_NS = 1_000 * Timing.MILLI;
    private static final MailEntry HOLD = new MailEntry(CLAIMER, SELF, 4, new FenceToken(9), MailStage.HOLD, 17);

    private final AgentCore core = new AgentCore();
    private final Map<StorageId, BeatRound> inFlight = new HashMap<>();
    private AgentState state = new AgentState(config(), facts());

    @BeforeEach
    void twoLanesAreOpen() {
        step(new LaneOpened(S1), 0);
        step(new LaneOpened(S2), 0);
        done(S1, 10, List.of());
        done(S2, 10, List.of());
        assertThat(leaseEndsAfterMs()).isEqualTo(6_000);
    }

    @Test
    void aHeldOperationDoesNotCountWhenItsLaneIsShut() {
        beatOn(S2, 4_000);
        done(S2, 4_010, List.of(Slot.of(HOLD)));
        step(new LaneShut(S2, "its process died"), 4_020);
        beatOn(S1, 5_000);
        done(S1, 5_010, List.of());
        assertThat(leaseEndsAfterMs()).isEqualTo(6_000);
    }

    @Test
    void aHeldOperationDoesNotCountWhenTheRowIsUnreadableLater() {
        beatOn(S2, 4_000);
        done(S2, 4_010, List.of(Slot.of(HOLD)));
        beatOn(S2, 4_600);
        done(S2, 4_610, List.of(Slot.unreadable()));
        beatOn(S1, 5_000);
        done(S1, 5_010, List.of());
        assertThat(leaseEndsAfterMs()).isEqualTo(6_000);
    }

    @Test
    void aCleanOperationCounts() {
        beatOn(S2, 4_000);
        done(S2, 4_010, List.of());
        beatOn(S1, 5_000);
        done(S1, 5_010, List.of());
        assertThat(leaseEndsAfterMs()).isEqualTo(10_000);
    }

    private void beatOn(StorageId storage, long ms) {
        // What was in flight on the lanes ends unread, so that each lane is free when its time comes.
        step(new LaneOpened(storage), ms);
        assertThat(inFlight).containsKey(storage);
    }

    private void done(StorageId storage, long ms, List<Slot<MailEntry>> mail) {
        BeatRound round = Objects.requireNonNull(inFlight.remove(storage));
        IoResult io = IoResult.success(START_NS, START_NS + ms * Timing.MILLI);
        step(new BeatRoundDone(storage, round.op(), io, mail, Map.of()), ms);
    }

    private void step(Observation observation, long ms) {
        Step<AgentState> next = core.step(state, observation, START_NS + ms * Timing.MILLI);
        state = next.next();
        for (Command command : next.commands()) {
            if (command instanceof BeatRound round) {
                inFlight.put(round.storage(), round);
            }
        }
    }

    private long leaseEndsAfterMs() {
        return (state.leaseEndNs() - START_NS) / Timing.MILLI;
    }

    private static CellConfig config() {
        return new CellConfig(
                new CellId("test"),
                SELF,
                List.of(new Member(SELF, Map.of(), Optional.empty()), new Member(CLAIMER, Map.of(), Optional.empty())),
                List.of(new PlaneId("management")),
                Stream.of(S1, S2, S3)
                        .map(id -> new StorageSpec(id, "/none", Optional.empty()))
                        .toList(),
                Profile.FAST.deadlines(),
                1_000,
                Duration.ofSeconds(1),
                SelfFenceAction.REBOOT,
                WatchdogKind.NONE,
                0,
                Duration.ofMinutes(10));
    }

    /** A restarted process goes on with its joined life, and knows no record: an entry of version 17 binds. */
    private static BootFacts facts() {
        return new BootFacts(
                LIFE.bootId(),
                START_NS,
                Duration.ofHours(1).toNanos(),
                Optional.of(LIFE),
                true,
                0,
                START_NS + 3_000 * Timing.MILLI,
                List.of(),
                true,
                Set.of(),
                Optional.empty());
    }
}
