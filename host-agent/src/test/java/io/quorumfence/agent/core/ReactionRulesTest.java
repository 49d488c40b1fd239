package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.Reaction;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.LocalCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is promised, and what the local disk has said of it. */
class ReactionRulesTest {
    private static final HostId SELF = new HostId("h1");
    private static final UUID BOOT = new UUID(1, 1);
    private static final long START_NS = 1_000_000 * Timing.MILLI;

    /** The disk was told "not armed" and did not answer: it may say so by now, so the old "armed" counts no more. */
    @Test
    void whatTheDiskSaidBeforeADisarmIsNoPromiseForTheNextArming() {
        AgentState s = joined();
        Out out = new Out();
        assertThat(ReactionRules.isArmedHere(s)).isTrue();
        ReactionRules.unarmed(s, START_NS, out);
        ReactionRules.progress(s, START_NS + ReactionRules.STORE_WAIT_NS, out);
        assertThat(ReactionRules.mayPromise(s, START_NS + ReactionRules.STORE_WAIT_NS, out))
                .isFalse();
    }

    /** The text counts down; a receiver that cannot be reached would be owed one more alert every half second. */
    @Test
    void aWarningThatCountsDownIsOneAlert() {
        AgentState s = joined();
        Out first = new Out();
        AlertRules.progress(s, START_NS + 3_200 * Timing.MILLI, first);
        assertThat(first.commands)
                .hasOnlyElementsOfType(LocalCommand.DeliverAlert.class)
                .hasSize(1);
        Out later = new Out();
        AlertRules.progress(s, START_NS + 3_800 * Timing.MILLI, later);
        assertThat(later.commands).isEmpty();
    }

    private static AgentState joined() {
        AgentState s = new AgentState(config(), facts());
        s.phase = HostPhase.JOINED;
        s.life = new Incarnation(4, BOOT);
        s.lease.restart(START_NS);
        return s;
    }

    private static BootFacts facts() {
        BootFacts facts = new BootFacts(
                BOOT,
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
        return facts.with(Optional.of(SelfFenceMemory.blank(BOOT).withArmed(BOOT, true)), true);
    }

    private static CellConfig config() {
        return new CellConfig(
                        new CellId("test"),
                        SELF,
                        List.of(new Member(SELF, Map.of(), Optional.empty())),
                        List.of(new PlaneId("management")),
                        List.of(new StorageSpec(new StorageId("s1"), "/none", Optional.empty())),
                        Profile.FAST.deadlines(),
                        1_000,
                        Duration.ofSeconds(1),
                        SelfFenceAction.REBOOT,
                        WatchdogKind.DEVICE,
                        0,
                        Duration.ofMinutes(10))
                .reacting(new Reaction(true, false, Duration.ofMinutes(5)));
    }
}
