package io.quorumfence.coordinator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.GateCommand.AskPermit;
import io.quorumfence.coordinator.core.GateObservation.BatchAsked;
import io.quorumfence.coordinator.core.GateObservation.CancelAsked;
import io.quorumfence.coordinator.core.GateObservation.PermitAnswered;
import io.quorumfence.coordinator.core.GateObservation.StartAsked;
import io.quorumfence.coordinator.core.GatePolicy.Throttle;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many VMs of one dead host: how many may be starting at a time, and who comes first. */
class StartQueueTest {
    private final GateBench bench = new GateBench();
    private final List<VmId> vms = new ArrayList<>();

    private void dead(int perDestination, int perCell) {
        bench.powerLost(60_000).record.claim(3, bench.h1, 1, "h3", ClaimStage.PROVEN);
        bench.h1.vms.clear();
        GatePolicy policy = Policies.judgingAtOnce()
                .with(new Throttle(perDestination, perCell, TimeUnit.MINUTES.toNanos(30)), Set.of());
        bench.state = GateState.of(policy, Map.of(GateBench.CELL, List.copyOf(bench.hosts.keySet())), List.of());
    }

    private void batch(int count, HostId to, int priority) {
        List<StartAsked> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            VmId vm = new VmId(new UUID(7, vms.size() + 1L));
            vms.add(vm);
            asked.add(new StartAsked(
                    vms.size(), id(vm), new StartQuestion(vm, bench.h1.id, to, List.of(), null, priority)));
        }
        bench.step(new BatchAsked(asked));
        bench.passMs(1).statuses();
    }

    private void pollFor(long ms) {
        for (long done = 0; done < ms; done += 1_000) {
            bench.passMs(1_000).statuses();
        }
    }

    private static String id(VmId vm) {
        return "r" + vm.value().getLeastSignificantBits();
    }

    private StartRequest request(int number) {
        return bench.state.request(id(vms.get(number - 1))).orElseThrow();
    }

    private List<Integer> asked() {
        return bench.said(AskPermit.class).stream()
                .map(ask -> Integer.parseInt(ask.id().substring(1)))
                .toList();
    }

    /** The permit is decided and shows up in the record. */
    private void decide(int number) {
        AskPermit ask = bench.said(AskPermit.class).stream()
                .filter(said -> said.id().equals(id(vms.get(number - 1))))
                .reduce((first, last) -> last)
                .orElseThrow();
        HostDouble to = Objects.requireNonNull(bench.hosts.get(ask.question().destination()));
        PermitView permit = new PermitView(
                100 + number,
                ask.id(),
                ask.question().vm(),
                bench.h1.id,
                to.id,
                to.counter,
                PermitStage.GRANTED,
                "time");
        bench.record.permit(permit.id(), permit.requestId(), permit.vm(), "h1", to, PermitStage.GRANTED);
        bench.step(new PermitAnswered(ask.id(), ask.call(), new PermitAnswer.Decided(permit)));
    }

    private void runs(int number) {
        HostDouble to = Objects.requireNonNull(
                bench.hosts.get(request(number).question().destination()));
        VmId vm = vms.get(number - 1);
        bench.record.permit(100 + number, id(vm), vm, "h1", to, PermitStage.REDEEMED);
        to.vms.add(vm);
        bench.passMs(100).statuses();
    }

    @Test
    void onlySoManyOfOneBatchGetTheirPermitAndTheOthersAreToldTheirPlace() {
        dead(2, 0);
        batch(5, bench.h2.id, 0);
        assertThat(asked()).containsExactly(1, 2);
        assertThat(request(3).shown().code()).isEqualTo("throttled");
        assertThat(StartQueue.placeOf(bench.state, request(3))).isEqualTo(1);
        assertThat(StartQueue.placeOf(bench.state, request(5))).isEqualTo(3);
        assertThat(((Verdict.Pending) request(4).shown()).text()).contains("place 4 of 5", "2 on host h2 (at most 2)");
    }

    @Test
    void aPermitKeepsItsPlaceUntilItsVmIsListed() {
        dead(1, 0);
        batch(3, bench.h2.id, 0);
        decide(1);
        bench.passMs(100).statuses();
        assertThat(asked()).containsExactly(1);
        runs(1);
        assertThat(asked()).containsExactly(1, 2);
        assertThat(request(3).shown().code()).isEqualTo("throttled");
    }

    @Test
    void aPermitThatEndedGivesItsPlaceBack() {
        dead(1, 0);
        batch(2, bench.h2.id, 0);
        decide(1);
        bench.passMs(100).statuses();
        bench.record.permit(101, "r1", vms.get(0), "h1", bench.h2, PermitStage.ENDED);
        bench.passMs(100).statuses();
        assertThat(asked()).containsExactly(1, 2);
    }

    @Test
    void aPermitThatNobodyEverUsesGivesItsPlaceBackInTheEnd() {
        dead(1, 0);
        batch(2, bench.h2.id, 0);
        decide(1);
        bench.passMs(1_000).statuses();
        assertThat(asked()).containsExactly(1);
        pollFor(GatePolicy.standard().permitTtlMs() + 61_000);
        assertThat(asked()).containsExactly(1, 2);
    }

    @Test
    void theHigherPriorityComesFirstWhoeverAskedEarlier() {
        dead(1, 0);
        batch(3, bench.h2.id, 0);
        batch(1, bench.h2.id, 5);
        decide(1);
        runs(1);
        assertThat(asked()).containsExactly(1, 4);
        decide(4);
        runs(4);
        assertThat(asked()).containsExactly(1, 4, 2);
    }

    @Test
    void aRequestMayBeGivenAnotherPriorityByAskingAgain() {
        dead(1, 0);
        batch(3, bench.h2.id, 0);
        VmId last = vms.get(2);
        bench.step(new StartAsked(9, id(last), new StartQuestion(last, bench.h1.id, bench.h2.id, List.of(), null, 7)));
        assertThat(StartQueue.placeOf(bench.state, request(3))).isEqualTo(1);
        assertThat(request(3).round()).isEqualTo(1);
    }

    @Test
    void aFullDestinationDoesNotHoldUpTheOthers() {
        dead(1, 0);
        batch(3, bench.h2.id, 9);
        batch(1, bench.h3.id, 0);
        assertThat(asked()).containsExactly(1, 4);
    }

    @Test
    void theCellHasALimitOfItsOwn() {
        dead(0, 2);
        batch(2, bench.h2.id, 0);
        batch(2, bench.h3.id, 0);
        assertThat(asked()).containsExactly(1, 2);
    }

    @Test
    void aCancelledRequestLeavesTheQueue() {
        dead(1, 0);
        batch(3, bench.h2.id, 0);
        bench.step(new CancelAsked(8, id(vms.get(1))));
        assertThat(StartQueue.placeOf(bench.state, request(3))).isEqualTo(1);
        decide(1);
        runs(1);
        assertThat(asked()).containsExactly(1, 3);
    }

    @Test
    void aRequestWhoseAnswerBecameNoLeavesTheQueueBeforeItsTurn() {
        dead(1, 0);
        batch(2, bench.h2.id, 0);
        bench.h3.vms.add(vms.get(1));
        bench.everybodySeesEverybody();
        bench.powerLost(60_000);
        pollFor(4_200);
        assertThat(request(2).shown().code()).isEqualTo("vm-seen-elsewhere");
    }

    @Test
    void whoseTurnDoesNotComeInTimeIsRefusedByName() {
        dead(1, 0);
        batch(2, bench.h2.id, 0);
        // The permit of the first is never decided and never ends.
        pollFor(TimeUnit.MINUTES.toMillis(31));
        assertThat(request(2).shown().word()).isEqualTo("REFUSE");
        assertThat(request(2).shown().code()).isEqualTo("throttled");
    }

    @Test
    void redeemedPermitsOfAHostThatDoesNotAnswerTakeNoPlace() {
        dead(0, 1);
        bench.record.permit(50, "old", new VmId(new UUID(9, 9)), "h3", bench.h1, PermitStage.REDEEMED);
        batch(1, bench.h2.id, 0);
        assertThat(asked()).containsExactly(1);
    }

    @Test
    void withoutLimitsAllGoAtOnce() {
        dead(0, 0);
        batch(500, bench.h2.id, 0);
        assertThat(asked()).hasSize(500);
    }

    @Test
    void fiveHundredAreJudgedFastEnoughForAnEventLoop() {
        dead(10, 40);
        batch(500, bench.h2.id, 0);
        long longest = 0;
        for (int i = 0; i < 60; i++) {
            long beganNs = System.nanoTime();
            bench.passMs(100).statuses();
            longest = Math.max(longest, System.nanoTime() - beganNs);
        }
        assertThat(bench.said(AskPermit.class)).hasSize(10);
        assertThat(TimeUnit.NANOSECONDS.toMillis(longest)).isLessThan(500);
    }

    @Test
    void aCellThatAsksForSiblingsRefusesWithoutThem() {
        dead(1, 0);
        bench.state = GateState.of(
                Policies.judgingAtOnce().with(new Throttle(0, 0, 1), Set.of(GateBench.CELL)),
                Map.of(GateBench.CELL, List.copyOf(bench.hosts.keySet())),
                List.of());
        batch(1, bench.h2.id, 0);
        assertThat(request(1).shown().code()).isEqualTo("siblings-required");
        VmId vm = vms.get(0);
        bench.ask("with", new StartQuestion(vm, bench.h1.id, bench.h2.id, List.of(bench.h3.id), null));
        assertThat(bench.lastSaid(AskPermit.class).id()).isEqualTo("with");
    }
}
