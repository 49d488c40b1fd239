package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.ID;
import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.GateCommand.Attach;
import io.quorumfence.coordinator.core.GateCommand.EndPermit;
import io.quorumfence.coordinator.core.GateCommand.TurnAway;
import io.quorumfence.coordinator.core.GateObservation.CancelAsked;
import io.quorumfence.coordinator.core.GateObservation.EndAnswered;
import io.quorumfence.coordinator.core.GateObservation.StartAsked;
import io.quorumfence.coordinator.core.HostAnswer.Word;
import io.quorumfence.coordinator.core.PermitAnswer.Decided;
import io.quorumfence.coordinator.core.PermitAnswer.NoAnswer;
import io.quorumfence.coordinator.core.PermitAnswer.NotKnown;
import io.quorumfence.coordinator.core.PermitAnswer.Rejected;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits that are refused, late, in doubt or taken back; and requests that are asked again. */
class GatePermitsTest {
    private final GateBench bench = new GateBench();

    private GateBench askedForPermit() {
        return bench.vmEnded().ask().hostSays(Word.ABSENT);
    }

    private GateBench allowed() {
        return askedForPermit().permitDecided("host-says");
    }

    @ParameterizedTest
    @ValueSource(strings = {"permit-exists", "destination-unfit", "permit-ended", "no-record"})
    void aFinalNoOfTheRecordIsPassedOnWithItsCode(String code) {
        askedForPermit().agentAnswers(new Rejected(code, "because", false));
        assertThat(bench.verdict().word()).isEqualTo("REFUSE");
        assertThat(bench.verdict().code()).isEqualTo(code);
    }

    @Test
    void aNoOfAnUnknownKindIsAmbiguousAndQuoted() {
        askedForPermit().agentAnswers(new Rejected("moon-phase", "wrong moon", false));
        assertThat(bench.verdict().code()).isEqualTo("ambiguous");
        assertThat(bench.text()).contains("moon-phase: wrong moon");
    }

    @Test
    void aProofThatIsVoidIsLookedAtAnew() {
        askedForPermit().agentAnswers(new Rejected("proof-void", "host h1 has another life since", false));
        assertThat(bench.verdict().code()).isEqualTo("awaiting-permit");
        bench.runMs(400);
        assertThat(bench.said(GateCommand.AskHost.class)).hasSize(2);
        bench.hostSays(Word.PRESENT);
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
    }

    @Test
    void theNextAgentIsAskedAtOnceWhenOneDoesNotAnswer() {
        askedForPermit().agentAnswers(new NoAnswer("no answer in 3000 ms", true));
        assertThat(bench.said(GateCommand.AskPermit.class))
                .extracting(GateCommand.AskPermit::agent)
                .containsExactly(bench.h2.id, bench.h1.id);
        bench.agentAnswers(new Rejected("no-record", "no majority", true));
        assertThat(bench.lastSaid(GateCommand.AskPermit.class).agent()).isEqualTo(bench.h3.id);
        bench.permitDecided("host-says");
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
    }

    @Test
    void aPermitThatNobodyCanWriteEndsAsNoRecordAndOwnsUpToTheDoubt() {
        askedForPermit();
        for (int i = 0; i < 200 && !bench.request().isClosed(); i++) {
            int asked = bench.said(GateCommand.AskHost.class).size();
            if (bench.request().stage() instanceof Stage.Granting) {
                bench.agentAnswers(new NoAnswer("no answer in 3000 ms", true));
            }
            bench.runMs(100);
            if (bench.said(GateCommand.AskHost.class).size() > asked) {
                bench.hostSays(Word.ABSENT);
            }
        }
        assertThat(bench.verdict().code()).isEqualTo("no-record");
        assertThat(bench.text()).contains("asking again with the same request id finds out");
    }

    @Test
    void agentsThatKnowNoPermitsAreNamedAsTooOld() {
        bench.powerLost(60_000).record.claim(3, bench.h1, 1, "h3", ClaimStage.PROVEN);
        bench.ask();
        for (int i = 0; i < 200 && !bench.request().isClosed(); i++) {
            if (bench.request().stage() instanceof Stage.Granting) {
                bench.agentAnswers(new NotKnown("host h2: HTTP 404 on /v1/permits"));
            }
            bench.runMs(100);
        }
        assertThat(bench.verdict().code()).isEqualTo("agent-too-old");
        assertThat(bench.text()).contains("host h2: HTTP 404");
    }

    @Test
    void aPermitForSomethingElseIsNeverPassedOn() {
        List<PermitView> wrong = List.of(
                new PermitView(7, "other", VM, bench.h1.id, bench.h2.id, 1, PermitStage.GRANTED, "time"),
                new PermitView(7, ID, VM, bench.h3.id, bench.h2.id, 1, PermitStage.GRANTED, "time"),
                new PermitView(7, ID, VM, bench.h1.id, bench.h3.id, 1, PermitStage.GRANTED, "time"),
                new PermitView(
                        7,
                        ID,
                        VmId.of("99999999-2222-3333-4444-555555555555"),
                        bench.h1.id,
                        bench.h2.id,
                        1,
                        PermitStage.GRANTED,
                        "time"));
        for (PermitView permit : wrong) {
            GateBench fresh = new GateBench().vmEnded().ask().hostSays(Word.ABSENT);
            fresh.agentAnswers(new Decided(permit));
            assertThat(fresh.verdict().code()).isEqualTo("ambiguous");
        }
    }

    @Test
    void aPermitThatHasEndedIsNotAnAllow() {
        askedForPermit().agentAnswers(new Decided(bench.permit(7, "host-says", PermitStage.ENDED)));
        assertThat(bench.verdict().code()).isEqualTo("permit-ended");
    }

    @Test
    void allowIsSticky() {
        allowed();
        bench.h1.vms.add(VM);
        bench.passMs(5_000).ask();
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        assertThat(bench.lastSaid(Attach.class)).isEqualTo(new Attach(1, ID));
        assertThat(bench.request().round()).isEqualTo(1);
    }

    @Test
    void allowIsStickyOverARestart() {
        StartRequest before = allowed().request();
        bench.state = GateState.of(
                GatePolicy.standard(),
                Map.of(GateBench.CELL, List.copyOf(bench.hosts.keySet())),
                List.of(StartRequest.remembered(ID, before.question(), before.cell(), 1, before.shown(), 0, 5)));
        bench.h1.vms.add(VM);
        bench.ask();
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
    }

    @Test
    void aRefusedRequestIsJudgedAnewWhenAskedAgain() {
        bench.ask();
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
        bench.vmEnded().passMs(1_000).ask().hostSays(Word.ABSENT).permitDecided("host-says");
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        assertThat(bench.request().round()).isEqualTo(2);
    }

    @Test
    void aPendingRequestThatIsAskedAgainIsTheSameOne() {
        bench.suspectedByAll(9_000).ask().runMs(1_000);
        long asked = bench.request().askedNs();
        bench.ask();
        assertThat(bench.request().askedNs()).isEqualTo(asked);
        assertThat(bench.request().round()).isEqualTo(1);
    }

    @Test
    void theSameIdForAnotherQuestionIsTurnedAway() {
        bench.ask();
        List<StartQuestion> others = List.of(
                new StartQuestion(VM, bench.h1.id, bench.h3.id, List.of(), null),
                new StartQuestion(VM, bench.h3.id, bench.h2.id, List.of(), null),
                new StartQuestion(VM, bench.h1.id, bench.h2.id, List.of(bench.h3.id), null),
                new StartQuestion(
                        VmId.of("99999999-2222-3333-4444-555555555555"), bench.h1.id, bench.h2.id, List.of(), null));
        for (StartQuestion other : others) {
            bench.step(new StartAsked(2, ID, other));
            assertThat(bench.lastSaid(TurnAway.class).code()).isEqualTo("request-id-conflict");
        }
        assertThat(bench.request().round()).isEqualTo(1);
    }

    @Test
    void cancellingAnOpenRequestIsSticky() {
        bench.suspectedByAll(9_000).ask();
        bench.step(new CancelAsked(2, ID));
        assertThat(bench.verdict().word()).isEqualTo("CANCELLED");
        bench.silent.clear();
        bench.vmEnded().ask();
        assertThat(bench.verdict().word()).isEqualTo("CANCELLED");
        assertThat(bench.said(GateCommand.AskHost.class)).isEmpty();
        assertThat(bench.said(EndPermit.class)).isEmpty();
    }

    @Test
    void cancellingAnAllowEndsThePermitFirst() {
        allowed().step(new CancelAsked(2, ID));
        EndPermit end = bench.lastSaid(EndPermit.class);
        assertThat(end.agent()).isEqualTo(bench.h2.id);
        assertThat(end.permit()).isEqualTo(7);
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        bench.step(new EndAnswered(ID, end.call(), new Decided(bench.permit(7, "host-says", PermitStage.ENDED))));
        assertThat(bench.verdict().word()).isEqualTo("CANCELLED");
        assertThat(bench.lastSaid(Attach.class)).isEqualTo(new Attach(2, ID));
    }

    @Test
    void aRedeemedPermitCannotBeTakenBack() {
        allowed().step(new CancelAsked(2, ID));
        EndPermit end = bench.lastSaid(EndPermit.class);
        bench.step(new EndAnswered(ID, end.call(), new Rejected("permit-redeemed", "its VM may run", false)));
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        assertThat(bench.lastSaid(TurnAway.class).code()).isEqualTo("permit-redeemed");
    }

    @Test
    void aPermitThatNobodyCanEndStands() {
        allowed().step(new CancelAsked(2, ID));
        for (int i = 0; i < 3; i++) {
            bench.step(new EndAnswered(ID, bench.lastSaid(EndPermit.class).call(), new NoAnswer("refused", false)));
        }
        assertThat(bench.said(EndPermit.class)).hasSize(3);
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        assertThat(bench.lastSaid(TurnAway.class).code()).isEqualTo("not-ended");
    }

    @Test
    void aPermitThatArrivesAfterTheCancelIsEnded() {
        askedForPermit().step(new CancelAsked(2, ID));
        assertThat(bench.verdict().word()).isEqualTo("CANCELLED");
        bench.permitDecided("host-says");
        assertThat(bench.verdict().word()).isEqualTo("CANCELLED");
        assertThat(bench.lastSaid(EndPermit.class).permit()).isEqualTo(7);
    }

    @Test
    void aPermitThatTheRecordShowsAfterTheCancelIsEndedUntilItIs() {
        askedForPermit().step(new CancelAsked(2, ID));
        bench.agentAnswers(new NoAnswer("no answer in 3000 ms", true));
        assertThat(bench.said(EndPermit.class)).isEmpty();
        bench.record.permit(7, ID, VM, "h1", bench.h2, PermitStage.GRANTED);
        bench.passMs(1_000).statuses();
        assertThat(bench.said(EndPermit.class)).hasSize(1);
        bench.step(new EndAnswered(ID, bench.lastSaid(EndPermit.class).call(), new NoAnswer("refused", true)));
        bench.passMs(1_000).statuses();
        assertThat(bench.said(EndPermit.class)).hasSize(2);
        bench.step(new EndAnswered(
                ID, bench.lastSaid(EndPermit.class).call(), new Decided(bench.permit(7, "time", PermitStage.ENDED))));
        bench.passMs(1_000).statuses();
        assertThat(bench.said(EndPermit.class)).hasSize(2);
    }

    @Test
    void cancellingWhatNobodyAskedIsTurnedAway() {
        bench.step(new CancelAsked(2, "never"));
        assertThat(bench.lastSaid(TurnAway.class).code()).isEqualTo("unknown-request");
    }

    @Test
    void aLateAnswerToAnEarlierQuestionChangesNothing() {
        bench.vmEnded().ask();
        GateCommand.AskHost first = bench.lastSaid(GateCommand.AskHost.class);
        bench.hostAnswers(new HostAnswer.NoAnswer("no answer in 2000 ms")).runMs(400);
        bench.step(new GateObservation.HostAnswered(
                ID, first.call(), new HostAnswer.Said(bench.h1.id, 1, bench.h1.bootId, Word.ABSENT, "late")));
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
    }

    @Test
    void aWordThatHasGrownOldIsAskedForAgain() {
        askedForPermit();
        bench.passMs(6_000);
        bench.agentAnswers(new Rejected("no-record", "no majority", true));
        bench.agentAnswers(new Rejected("no-record", "no majority", true));
        bench.agentAnswers(new Rejected("no-record", "no majority", true));
        bench.runMs(400);
        assertThat(bench.said(GateCommand.AskHost.class)).hasSize(2);
    }

    @Test
    void manyOpenRequestsAreRefusedBeforeTheyHurt() {
        GatePolicy small = Policies.atMost(2);
        bench.state = GateState.of(small, Map.of(GateBench.CELL, List.of(new HostId("h1"))), List.of());
        for (int i = 0; i < 3; i++) {
            bench.step(new StartAsked(i, "r" + i, bench.question()));
        }
        assertThat(bench.said(TurnAway.class)).hasSize(1);
        assertThat(bench.lastSaid(TurnAway.class).code()).isEqualTo("too-many-requests");
    }
}
