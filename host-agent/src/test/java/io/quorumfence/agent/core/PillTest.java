package io.quorumfence.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.shell.Undone;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.Rejoin;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Beat;
import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.command.StorageCommand.BeatRound;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation.VmsStopped;
import io.quorumfence.model.observation.LocalObservation.Ticked;
import io.quorumfence.model.observation.LocalObservation.VmsListed;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.model.observation.StorageObservation.BeatRoundDone;
import io.quorumfence.model.observation.StorageObservation.LaneOpened;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.GoneSet;
import io.quorumfence.record.RecordChange;
import io.quorumfence.step.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suspect's end of the poison pill: what it acknowledges, and what it never does. */
class PillTest {
    private static final HostId SELF = new HostId("h1");
    private static final HostId CLAIMER = new HostId("h2");
    private static final StorageId S1 = new StorageId("s1");
    private static final Incarnation LIFE = new Incarnation(4, new UUID(1, 1));
    private static final Incarnation PEER = new Incarnation(2, new UUID(2, 2));
    private static final FenceToken TOKEN = new FenceToken(9);
    private static final VmId VM = new VmId(new UUID(7, 7));
    private static final long START_NS = 1_000_000 * Timing.MILLI;
    private static final long AFTER_LEASE_MS = 60_000;

    private final AgentCore core = new AgentCore();
    private final List<JournalEvent> events = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private AgentState state = new AgentState(config(Rejoin.AUTOMATIC), facts(record(List.of(claim()), List.of())));
    private long nowMs = AFTER_LEASE_MS;

    @Test
    void acknowledgesTheClaimInItsNextBeatOnceItsVmsAreVerifiedGone() {
        latchedWith(execute(TOKEN));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).contains(TOKEN);
        assertThat(events).contains(new JournalEvent.ExecuteObeyed(SELF, 4, TOKEN));
    }

    @Test
    void acknowledgesNothingWhileAProcessMaySurvive() {
        latchedWith(execute(TOKEN));
        step(new VmsStopped(false, List.of(VM)));
        listed(List.of(), true, false);
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void acknowledgesNothingOnAnIncompleteList() {
        latchedWith(execute(TOKEN));
        step(new VmsStopped(true, List.of()));
        listed(List.of(), false, false);
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void acknowledgesNothingWhileAStartIsInFlight() {
        latchedWith(execute(TOKEN));
        step(new VmsStopped(true, List.of()));
        listed(List.of(), true, true);
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void takesItsWordBackWhenAVmTurnsUp() {
        latchedWith(execute(TOKEN));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).contains(TOKEN);
        step(new VmsListed(List.of(new VmSeen(VM, "v", 1, 1, "running")), true, false, 0));
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void acknowledgesNothingWhileARedeemedPermitWasNeverSeenRunning() {
        Permit redeemed = new Permit(
                3, "r", VM, CLAIMER, SELF, LIFE, PermitStage.REDEEMED, Rung.HOST_SAYS, Optional.empty(), 1_000);
        state = new AgentState(config(Rejoin.AUTOMATIC), facts(record(List.of(claim()), List.of(redeemed))));
        latchedWith(execute(TOKEN));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void acknowledgesNothingBeforeItsRecordShowsTheClaim() {
        state = new AgentState(config(Rejoin.AUTOMATIC), facts(record(List.of(), List.of())));
        latchedWith(new MailEntry(CLAIMER, SELF, 4, TOKEN, MailStage.EXECUTE, 6));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void aHoldIsNotObeyed() {
        latchedWith(new MailEntry(CLAIMER, SELF, 4, TOKEN, MailStage.HOLD, 5));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void aClaimOnAnotherLifeIsNotAcknowledged() {
        latchedWith(new MailEntry(CLAIMER, SELF, 5, TOKEN, MailStage.EXECUTE, 5));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    /** Its operator said that nothing happens there by itself (decision 0040). */
    @Test
    void aHostWhoseActionEnforcesNothingObeysNothing() {
        BootFacts promised = facts(record(List.of(claim()), List.of()));
        BootFacts unpromised = new BootFacts(
                promised.bootId(),
                START_NS,
                promised.bootAgeNs(),
                promised.stored(),
                true,
                LIFE.counter(),
                promised.leaseEndNs(),
                false,
                List.of(),
                true,
                Set.of(),
                promised.record());
        state = new AgentState(config(SelfFenceAction.LOG_ONLY).rejoining(Rejoin.AUTOMATIC), unpromised);
        latchedWith(execute(TOKEN));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
        assertThat(commands).noneMatch(LocalCommand.StopVms.class::isInstance);
    }

    @Test
    void aWithdrawnClaimIsNotAcknowledged() {
        state = new AgentState(
                config(Rejoin.AUTOMATIC), facts(record(List.of(claim().at(ClaimStage.WITHDRAWN)), List.of())));
        latchedWith(execute(TOKEN));
        vmsVerifiedGone(true, List.of());
        assertThat(nextBeat().obeyed()).isEmpty();
    }

    @Test
    void aFencedHostStartsNothingBeforeAnOperatorReleasesItAndItsJournalSaysWho() {
        state = new AgentState(config(Rejoin.OPERATOR), facts(record(List.of(claim()), List.of())));
        Out out = joinsAnew();
        assertThat(out.events).contains(new JournalEvent.ReleaseAwaited(SELF, "its life 4 was fenced with token 9"));
        assertThat(out.commands).contains(new LocalCommand.StoreBarrier(Quarantine.ANY));
        assertThat(Alerts.standing(state, nowNs()))
                .extracting(Alerts.Alert::code)
                .contains("release-awaited");
        state.recordRead = true;
        step(new RequestObservation.RedeemAsked(new ReplyId(1), 3, VM));
        assertThat(refusals()).containsExactly("quarantine");

        commands.clear();
        step(new RequestObservation.ReleaseAsked(new ReplyId(2), "coordinator", "someone", "disk replaced"));
        assertThat(commands)
                .contains(
                        new ReplyCommand.ReplyReleased(new ReplyId(2), SELF),
                        new LocalCommand.LiftBarrier(Quarantine.ANY));
        assertThat(events).contains(new JournalEvent.HostReleased(SELF, "coordinator", "someone", "disk replaced"));
        step(new RequestObservation.RedeemAsked(new ReplyId(3), 3, VM));
        assertThat(refusals()).isEmpty();
    }

    @Test
    void aRestartedAgentOfAHostInQuarantineStaysThere() {
        BootFacts left = facts(record(List.of(), List.of()));
        state = new AgentState(
                config(Rejoin.OPERATOR),
                new BootFacts(
                        left.bootId(),
                        START_NS,
                        left.bootAgeNs(),
                        left.stored(),
                        true,
                        0,
                        START_NS + 70_000 * Timing.MILLI,
                        false,
                        List.of(),
                        true,
                        Set.of(Quarantine.ANY),
                        left.record()));
        assertThat(Quarantine.holds(state)).isPresent();
    }

    @Test
    void isInQuarantineBeforeItsJoinCanBeDecided() {
        state = new AgentState(config(Rejoin.OPERATOR), facts(record(List.of(claim()), List.of())));
        state.phase = HostPhase.JOINING;
        state.recordRead = true;
        step(new Ticked());
        assertThat(commands).contains(new LocalCommand.StoreBarrier(Quarantine.ANY));
    }

    @Test
    void aHostThatComesBackByItselfIsInNoQuarantine() {
        assertThat(joinsAnew().commands).doesNotContain(new LocalCommand.StoreBarrier(Quarantine.ANY));
    }

    @Test
    void anUnfencedLifeIsInNoQuarantine() {
        state = new AgentState(config(Rejoin.OPERATOR), facts(record(List.of(), List.of())));
        state.phase = HostPhase.JOINING;
        assertThat(joinsAnew().commands).doesNotContain(new LocalCommand.StoreBarrier(Quarantine.ANY));
    }

    private Out joinsAnew() {
        Out out = new Out();
        CellRecord before = state.record().orElseThrow();
        Quarantine.begins(state, before, out);
        Incarnation next = new Incarnation(5, LIFE.bootId());
        CellRecord after = ((ChangeResult.Applied) new RecordChange.Join(SELF, next).applyTo(before)).next();
        state.life = next;
        Joining.joined(state, after, nowNs(), out);
        return out;
    }

    private List<String> refusals() {
        return commands.stream()
                .filter(ReplyCommand.ReplyRefused.class::isInstance)
                .map(command -> ((ReplyCommand.ReplyRefused) command).code())
                .toList();
    }

    @Test
    void aHostThatWaitsForNobodyRefusesARelease() {
        latchedWith(execute(TOKEN));
        step(new RequestObservation.ReleaseAsked(new ReplyId(1), "coordinator", "someone", "why not"));
        assertThat(commands)
                .anyMatch(command -> command instanceof ReplyCommand.ReplyRefused refused
                        && refused.code().equals("nothing-to-release"));
    }

    private MailEntry keptMail = execute(TOKEN);

    /** The lease ended long ago, the storage answers again, and this stands in the mailbox. */
    private void latchedWith(MailEntry mail) {
        step(new LaneOpened(S1, 32_768));
        assertThat(state.phase).isEqualTo(HostPhase.LATCHED);
        done(lastBeat(), mail);
        keptMail = mail;
    }

    private void vmsVerifiedGone(boolean complete, List<VmSeen> left) {
        step(new VmsStopped(true, List.of()));
        listed(left, complete, false);
    }

    private void listed(List<VmSeen> vms, boolean complete, boolean inFlight) {
        LocalCommand.ListVms asked = last(LocalCommand.ListVms.class).orElse(new LocalCommand.ListVms(0));
        step(new VmsListed(vms, complete, inFlight, asked.question()));
    }

    /** Ends what the lane is at, and gives the beat after the next round's time. */
    private Beat nextBeat() {
        BeatRound before = lastBeat();
        for (int i = 0; i < 20 && before == lastBeat(); i++) {
            StorageCommand under = last(StorageCommand.class).orElseThrow();
            if (under instanceof BeatRound round) {
                done(round, keptMail);
            } else {
                step(Undone.observationOf(under, "not now", nowNs()).orElseThrow());
            }
            nowMs += 600;
            step(new Ticked());
        }
        return lastBeat().beat();
    }

    private BeatRound lastBeat() {
        return last(BeatRound.class).orElseThrow();
    }

    private <C extends Command> Optional<C> last(Class<C> type) {
        return commands.stream().filter(type::isInstance).map(type::cast).reduce((first, second) -> second);
    }

    private void done(BeatRound round, MailEntry mail) {
        IoResult io = IoResult.success(nowNs(), nowNs());
        step(new BeatRoundDone(S1, round.op(), io, List.of(Slot.of(mail)), Map.of()));
    }

    private void step(Observation observation) {
        Step<AgentState> next = core.step(state, observation, nowNs());
        state = next.next();
        commands.addAll(next.commands());
        events.addAll(next.events());
    }

    private long nowNs() {
        return START_NS + nowMs * Timing.MILLI;
    }

    private static MailEntry execute(FenceToken token) {
        return new MailEntry(CLAIMER, SELF, 4, token, MailStage.EXECUTE, 5);
    }

    private static Claim claim() {
        return new Claim(TOKEN, SELF, LIFE, CLAIMER, PEER, ClaimStage.CLAIMED, Optional.empty());
    }

    private static CellRecord record(List<Claim> claims, List<Permit> permits) {
        return new CellRecord(
                new CellId("test"),
                5,
                1,
                List.of(SELF, CLAIMER),
                Stream.of("s1", "s2", "s3").map(StorageId::new).toList(),
                List.of(new GoneSet(1, Set.of())),
                Map.of(SELF, new HostEntry(SELF, LIFE, false), CLAIMER, new HostEntry(CLAIMER, PEER, false)),
                claims,
                permits,
                20);
    }

    private static CellConfig config(Rejoin rejoin) {
        return config(SelfFenceAction.STOP_VMS).rejoining(rejoin);
    }

    private static CellConfig config(SelfFenceAction action) {
        return new CellConfig(
                new CellId("test"),
                SELF,
                List.of(new Member(SELF, Map.of(), Optional.empty()), new Member(CLAIMER, Map.of(), Optional.empty())),
                List.of(new PlaneId("management")),
                Stream.of("s1", "s2", "s3")
                        .map(id -> new StorageSpec(new StorageId(id), "/none", Optional.empty()))
                        .toList(),
                Profile.FAST.deadlines(),
                1_000,
                Duration.ofSeconds(1),
                action,
                WatchdogKind.NONE,
                0,
                Duration.ofMinutes(10));
    }

    private static BootFacts facts(CellRecord record) {
        return new BootFacts(
                LIFE.bootId(),
                START_NS,
                Duration.ofHours(1).toNanos(),
                Optional.of(LIFE),
                true,
                0,
                START_NS + 3_000 * Timing.MILLI,
                true,
                List.of(),
                true,
                Set.of(),
                Optional.of(record));
    }
}
