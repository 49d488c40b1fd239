package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.CELL;
import static io.quorumfence.coordinator.core.GateBench.ID;
import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.HostAnswer.Word;
import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a request moves from the ask to its answer. */
class GateFlowTest {
    private final GateBench bench = new GateBench();

    @Test
    void hostThatSaysAbsentLeadsToAPermitByItsWord() {
        bench.vmEnded().ask().hostSays(Word.ABSENT);
        GateCommand.AskPermit asked = bench.lastSaid(GateCommand.AskPermit.class);
        assertThat(asked.agent()).isEqualTo(bench.h2.id);
        assertThat(asked.basis()).isInstanceOfSatisfying(Basis.HostWord.class, word -> {
            assertThat(word.host()).isEqualTo(bench.h1.id);
            assertThat(word.counter()).isEqualTo(1);
            assertThat(word.bootId()).isEqualTo(bench.h1.bootId);
        });
        bench.permitDecided("host-says");
        assertThat(bench.verdict().word()).isEqualTo("ALLOW");
        assertThat(bench.verdict().code()).isEqualTo("host-says");
        assertThat(bench.verdict().evidence())
                .anySatisfy(seen -> assertThat(seen.saw()).contains("says absent: listed behind the barrier"));
    }

    @Test
    void hostThatSaysPresentRefuses() {
        bench.vmEnded().ask().hostSays(Word.PRESENT);
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
        assertThat(bench.text()).contains("vm-present");
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
    }

    @Test
    void hostThatCannotSayRefuses() {
        bench.vmEnded().ask().hostSays(Word.UNKNOWN);
        assertThat(bench.verdict().code()).isEqualTo("ambiguous");
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
    }

    @Test
    void aWordOfAnotherLifeCountsForNothing() {
        bench.vmEnded().ask();
        bench.hostAnswers(new HostAnswer.Said(bench.h1.id, 2, bench.h1.bootId, Word.ABSENT, ""));
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
        bench.hostAnswers(new HostAnswer.Said(bench.h1.id, 1, HostDouble.boot("h1", 9), Word.ABSENT, ""));
        bench.hostAnswers(new HostAnswer.Said(bench.h3.id, 1, bench.h1.bootId, Word.ABSENT, ""));
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
        assertThat(bench.verdict().word()).isEqualTo("PENDING");
    }

    @Test
    void hostThatKnowsNotTheQuestionIsNamedAsTooOld() {
        bench.vmEnded().ask().hostAnswers(new HostAnswer.NotKnown("HTTP 404"));
        assertThat(bench.verdict().code()).isEqualTo("agent-too-old");
        assertThat(bench.text()).contains("host h1");
    }

    @Test
    void silenceOnTheQuestionAfterTheVmRefusesAfterThreeTries() {
        bench.vmEnded().ask();
        for (int i = 0; i < 3; i++) {
            assertThat(bench.request().isClosed()).isFalse();
            bench.hostAnswers(new HostAnswer.NoAnswer("no answer in 2000 ms")).runMs(400);
        }
        assertThat(bench.said(GateCommand.AskHost.class)).hasSize(3);
        assertThat(bench.verdict().code()).isEqualTo("ambiguous");
    }

    @Test
    void aBootSinceTheVmWasLastKnownIsRebornByTheCoordinatorsMemory() {
        bench.statuses();
        bench.h1.counter = 2;
        bench.h1.bootId = HostDouble.boot("h1", 2);
        bench.record.joined(bench.h1);
        bench.vmEnded().passMs(1_000).ask().hostSays(Word.ABSENT);
        assertThat(rungAsked()).isEqualTo("reborn");
        bench.permitDecided("reborn");
        assertThat(bench.verdict().code()).isEqualTo("reborn");
    }

    @Test
    void aBootSinceTheVmWasLastKnownIsRebornByAnObserversLastBeat() {
        bench.h1.counter = 2;
        bench.h1.bootId = HostDouble.boot("h1", 2);
        bench.record.joined(bench.h1);
        bench.vmEnded();
        bench.h3.sees(bench.h1).life(1, HostDouble.boot("h1", 1)).lists(true, VM);
        bench.ask().hostSays(Word.ABSENT);
        assertThat(rungAsked()).isEqualTo("reborn");
    }

    @Test
    void aNewLifeInTheSameBootIsNotReborn() {
        bench.statuses();
        bench.h1.counter = 2;
        bench.record.joined(bench.h1);
        bench.vmEnded().passMs(1_000).ask().hostSays(Word.ABSENT);
        assertThat(rungAsked()).isEqualTo("host-says");
    }

    private String rungAsked() {
        return ((Basis.HostWord) bench.lastSaid(GateCommand.AskPermit.class).basis())
                .rung()
                .code();
    }

    @Test
    void powerLossIsPendingUntilTheClaimIsProvenThenAllowedByTime() {
        bench.powerLost(300).ask();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-suspicion");
        bench.runMs(2_000);
        bench.suspectedByAll(2_400);
        bench.record.claim(3, bench.h1, 1, "h2", ClaimStage.CLAIMED);
        bench.h2.sees(bench.h1).aged(2_400L, 2_400L).suspected().time(true, "armed", 9_000L);
        bench.runMs(500);
        assertThat(bench.verdict().code()).isEqualTo("awaiting-proof");
        assertThat(bench.text()).contains("claim 3 by h2 is CLAIMED").contains("time proves its end in 8500 ms");
        bench.runMs(9_000);
        bench.record.claim(3, bench.h1, 1, "h2", ClaimStage.PROVEN);
        bench.runMs(200);
        assertThat(bench.lastSaid(GateCommand.AskPermit.class).basis()).isInstanceOf(Basis.Proven.class);
        bench.permitDecided("time");
        assertThat(bench.verdict().code()).isEqualTo("time");
    }

    @Test
    void aBeatSeenAfterTheAskRefusesAndNamesTheWitness() {
        bench.silent.add(bench.h1.id);
        bench.ask();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-suspicion");
        for (int i = 0; i < 15; i++) {
            bench.h2.sees(bench.h1).aged(200L, null);
            bench.h3.sees(bench.h1).aged(null, null);
            bench.passMs(100).statuses();
        }
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
        assertThat(bench.text()).contains("host h2 saw its beat change on storage 200 ms ago");
    }

    @Test
    void anAcknowledgementSeenAfterTheAskRefusesAndNamesThePlane() {
        bench.silent.add(bench.h1.id);
        bench.ask();
        for (int i = 0; i < 15; i++) {
            bench.h2.sees(bench.h1).aged(60_000L, null);
            bench.h3.sees(bench.h1).aged(60_000L, 150L);
            bench.passMs(100).statuses();
        }
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
        assertThat(bench.text()).contains("host h3 was acknowledged by it on plane management");
    }

    @Test
    void aBeatOfALatchedLifeIsNoSignOfLife() {
        bench.silent.add(bench.h1.id);
        bench.ask();
        for (int i = 0; i < 15; i++) {
            bench.h2.sees(bench.h1).aged(200L, 200L).phase(AgentPhase.LATCHED);
            bench.h3.sees(bench.h1).aged(200L, 200L).phase(AgentPhase.LATCHED);
            bench.passMs(100).statuses();
        }
        assertThat(bench.verdict().code()).isEqualTo("awaiting-suspicion");
    }

    @Test
    void theLastBeatOfAHostThatJustLostItsPowerDoesNotRefuse() {
        // The observers read it a moment after the ask, and nothing follows.
        bench.silent.add(bench.h1.id);
        bench.ask();
        bench.passMs(500);
        bench.powerLost(100).statuses();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-suspicion");
        bench.runMs(3_000);
        assertThat(bench.verdict().code()).isEqualTo("awaiting-suspicion");
    }

    @Test
    void aSilenceThatNobodySuspectsEndsAsNotSuspected() {
        bench.powerLost(500).ask().runMs(20_000);
        assertThat(bench.verdict().word()).isEqualTo("REFUSE");
        assertThat(bench.verdict().code()).isEqualTo("not-suspected");
    }

    @Test
    void aTimeRungThatOpensWithoutAProofEnds() {
        bench.suspectedByAll(9_000);
        bench.h2.sees(bench.h1).aged(9_000L, 9_000L).suspected().time(true, "armed", 2_000L);
        bench.ask();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-proof");
        bench.runMs(60_000);
        assertThat(bench.verdict().code()).isEqualTo("no-time-proof");
        assertThat(bench.nowNs - bench.request().askedNs()).isLessThan(12_000_000_000L);
    }

    @Test
    void aTimeRungThatIsAlwaysAboutToOpenEndsAtTheCap() {
        bench.suspectedByAll(9_000);
        bench.ask();
        for (int i = 0; i < 2_000 && !bench.request().isClosed(); i++) {
            long ageMs = 9_000L + 100L * i;
            bench.h2.sees(bench.h1).aged(ageMs, ageMs).suspected().time(true, "armed", 5_000L);
            bench.h3.sees(bench.h1).aged(ageMs, ageMs).suspected();
            bench.passMs(100).statuses();
        }
        assertThat(bench.verdict().code()).isEqualTo("no-time-proof");
        assertThat(bench.nowNs - bench.request().askedNs()).isBetween(179_000_000_000L, 181_000_000_000L);
    }

    @Test
    void sshAloneIsWaitedForOnlySoLong() {
        bench.suspectedByAll(9_000);
        bench.h2
                .sees(bench.h1)
                .aged(9_000L, 9_000L)
                .suspected()
                .time(false, "no watchdog", null)
                .ssh(true);
        bench.h3
                .sees(bench.h1)
                .aged(9_000L, 9_000L)
                .suspected()
                .time(false, "no watchdog", null)
                .ssh(true);
        bench.ask();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-proof");
        bench.runMs(60_000);
        assertThat(bench.verdict().code()).isEqualTo("no-time-proof");
        assertThat(bench.text()).contains("no watchdog");
    }

    @Test
    void aDestinationThatWentSilentJustBeforeTheAskIsUnfit() {
        bench.vmEnded().statuses().passMs(500);
        bench.silent.add(bench.h2.id);
        bench.ask();
        assertThat(bench.verdict().code()).isEqualTo("destination-unfit");
    }

    @Test
    void aVmThatWasLastKnownOnAnotherHostIsNotReborn() {
        bench.vmEnded().h3.vms.add(VM);
        bench.statuses();
        bench.h3.vms.clear();
        bench.everybodySeesEverybody();
        bench.passMs(1_000).ask().hostSays(Word.ABSENT);
        assertThat(rungAsked()).isEqualTo("host-says");
    }

    @Test
    void oneLostPollOfTheDestinationDoesNotEndAPendingRequest() {
        bench.suspectedByAll(9_000).ask();
        bench.silent.add(bench.h2.id);
        bench.runMs(300);
        assertThat(bench.verdict().word()).isEqualTo("PENDING");
        bench.runMs(4_000);
        assertThat(bench.verdict().code()).isEqualTo("destination-unfit");
    }

    @Test
    void aHostThatComesBackWithTheVmRefusesThePendingRequest() {
        bench.powerLost(500).ask().runMs(1_000);
        bench.silent.clear();
        bench.everybodySeesEverybody();
        bench.runMs(200);
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
    }

    @Test
    void aHostThatBootsIsWaitedForUntilItHasJoined() {
        bench.statuses();
        bench.h1.counter = 2;
        bench.h1.bootId = HostDouble.boot("h1", 2);
        bench.h1.phase = AgentPhase.JOINING;
        bench.vmEnded().passMs(1_000).ask();
        assertThat(bench.verdict().code()).isEqualTo("awaiting-join");
        bench.h1.phase = AgentPhase.JOINED;
        bench.record.joined(bench.h1);
        bench.runMs(200).hostSays(Word.ABSENT);
        assertThat(rungAsked()).isEqualTo("reborn");
    }

    @Test
    void aHostThatNeverJoinsEndsTheWaiting() {
        bench.h1.phase = AgentPhase.JOINING;
        bench.vmEnded().ask().runMs(30_000);
        assertThat(bench.verdict().code()).isEqualTo("ambiguous");
    }

    @Test
    void theFirstJudgementWaitsForEveryAgentOrTheGatherTime() {
        bench.vmEnded().statuses().passMs(1);
        bench.step(new GateObservation.StartAsked(1, ID, bench.question()));
        assertThat(bench.said(GateCommand.AskHost.class)).isEmpty();
        assertThat(bench.request().isAnswerable()).isFalse();
        bench.passMs(1_400).step(new GateObservation.TimePassed());
        assertThat(bench.said(GateCommand.AskHost.class)).hasSize(1);
    }

    @Test
    void whileRequestsAreOpenTheAgentsArePolledFaster() {
        bench.powerLost(500).ask();
        assertThat(bench.said(GateCommand.SetPace.class)).containsExactly(new GateCommand.SetPace(CELL, true));
        bench.runMs(20_000);
        assertThat(bench.said(GateCommand.SetPace.class))
                .containsExactly(new GateCommand.SetPace(CELL, true), new GateCommand.SetPace(CELL, false));
    }

    @Test
    void pendingRequestsAreJudgedOnceForAgentsThatAnswerTogether() {
        bench.state = GateState.of(GatePolicy.standard(), Map.of(CELL, List.copyOf(bench.hosts.keySet())), List.of());
        bench.suspectedByAll(9_000).ask();
        bench.passMs(30).statuses();
        bench.silent.clear();
        bench.passMs(1).statuses();
        assertThat(bench.verdict().word()).isEqualTo("PENDING");
        assertThat(bench.lastSaid(GateCommand.WakeAt.class).atNs() - bench.nowNs)
                .isEqualTo(24_000_000);
        bench.passMs(24).step(new GateObservation.TimePassed());
        assertThat(bench.verdict().code()).isEqualTo("host-alive");
    }

    @Test
    void aTimerThatFiresEarlyIsSetAgain() {
        bench.silent.addAll(bench.hosts.keySet());
        bench.step(new GateObservation.StartAsked(1, ID, bench.question()));
        int before = bench.said(GateCommand.WakeAt.class).size();
        bench.passMs(1).step(new GateObservation.TimePassed());
        assertThat(bench.said(GateCommand.WakeAt.class)).hasSize(before + 1);
    }

    @Test
    void vettedSiblingsAreAskedAfterTheDestination() {
        StartQuestion question = new StartQuestion(VM, bench.h1.id, bench.h2.id, List.of(bench.h3.id), null);
        bench.vmEnded().ask(ID, question).hostSays(Word.ABSENT);
        bench.agentAnswers(new PermitAnswer.NoAnswer("refused", false));
        assertThat(bench.said(GateCommand.AskPermit.class))
                .extracting(GateCommand.AskPermit::agent)
                .containsExactly(bench.h2.id, bench.h3.id);
    }

    @Test
    void latchedAndUnfitAgentsAreNotAskedForPermits() {
        bench.h3.leaseLive = false;
        bench.vmEnded().ask().hostSays(Word.ABSENT);
        bench.agentAnswers(new PermitAnswer.NoAnswer("refused", false));
        bench.agentAnswers(new PermitAnswer.NoAnswer("refused", false));
        assertThat(bench.said(GateCommand.AskPermit.class))
                .extracting(GateCommand.AskPermit::agent)
                .containsExactly(bench.h2.id, new HostId("h1"));
    }

    @Test
    void thePermitThatTheRecordAlreadyHoldsForThisRequestIsGivenAgain() {
        bench.powerLost(60_000).record.permit(5, ID, VM, "h1", bench.h2, PermitStage.GRANTED);
        bench.ask();
        assertThat(bench.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Allow.class,
                        allow -> assertThat(allow.permit().id()).isEqualTo(5));
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
    }
}
