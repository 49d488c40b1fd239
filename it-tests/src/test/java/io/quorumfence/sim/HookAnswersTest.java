package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.RequestObservation.ArrivalAsked;
import io.quorumfence.model.observation.RequestObservation.StartAsked;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the core answers libvirt's hook, each answer by the production core of a simulated cell. */
class HookAnswersTest {
    private final Stage stage = stage(HookMode.ENFORCE);

    private static Stage stage(HookMode mode) {
        List<CellConfig> plain =
                Schedule.configs(3, 1, 1, Profile.FAST.deadlines(), SelfFenceAction.STOP_VMS, 3, false);
        Hook hook = new Hook(mode, Duration.ofSeconds(1));
        return new Stage(plain.stream().map(one -> one.hooked(hook)).toList(), 42);
    }

    private static String ask(Stage stage, int host, boolean incoming, long remains, long agoMs) {
        ReplyCommand reply = stage.ask(
                host,
                id -> new StartAsked(
                        id, Stage.VM, incoming, remains, stage.h(host).nowNs() - agoMs * SimCell.MILLI));
        return reply instanceof ReplyCommand.ReplyRefused no
                ? no.code()
                : reply instanceof ReplyCommand.ReplyAdmitted ? "admitted" : String.valueOf(reply);
    }

    private String ask(int host) {
        return ask(stage, host, false, 0, 0);
    }

    private List<Permit> open() {
        return stage.record().openPermits(Stage.VM);
    }

    @Test
    void aStartOfItsOwnIsClaimedFirst() {
        assertThat(ask(1)).isEqualTo("admitted");

        assertThat(open()).singleElement().satisfies(claim -> {
            assertThat(claim.isStartClaim()).isTrue();
            assertThat(claim.destination()).isEqualTo(stage.h(1).id);
        });
        assertThat(ask(2)).isEqualTo("permit-exists");
    }

    @Test
    void aHolderTakesANewClaimForTheNextStart() {
        assertThat(ask(1)).isEqualTo("admitted");
        long first = open().get(0).id();

        assertThat(ask(1)).isEqualTo("admitted");

        assertThat(open())
                .singleElement()
                .satisfies(claim -> assertThat(claim.id()).isGreaterThan(first));
    }

    @Test
    void aGrantedPermitIsRedeemedByTheQuestionAndThenClaimed() {
        Permit permit = PermitAttacks.granted(stage, Stage.VM, 1, 2);

        assertThat(ask(1)).isEqualTo("permit-exists");
        assertThat(ask(2)).isEqualTo("admitted");

        assertThat(stage.record().permit(permit.id()).orElseThrow().stage()).isEqualTo(PermitStage.ENDED);
        assertThat(open()).singleElement().satisfies(claim -> {
            assertThat(claim.isStartClaim()).isTrue();
            assertThat(claim.destination()).isEqualTo(stage.h(2).id);
        });
    }

    @Test
    void whatRunsIsClaimedAndSeenElsewhere() {
        stage.vmOn(1);

        assertThat(open())
                .singleElement()
                .satisfies(claim -> assertThat(claim.isClaim()).isTrue());
        assertThat(ask(2)).isEqualTo("vm-seen-elsewhere");

        stage.h(1).vms.stop(Stage.VM);
        assertThat(stage.await(10_000, () -> open().isEmpty())).isTrue();
        assertThat(ask(2)).isEqualTo("admitted");
    }

    @Test
    void aStartThatFailedIsGivenBackOnLibvirtsWord() {
        assertThat(ask(1)).isEqualTo("admitted");
        stage.run(5_000);
        assertThat(open()).hasSize(1);

        stage.h(1)
                .agent
                .offer(new LocalObservation.VmReleased(Stage.VM, stage.h(1).nowNs()));

        assertThat(stage.await(5_000, () -> open().isEmpty())).isTrue();
    }

    @Test
    void aWordFromBeforeTheStartGivesNothingBack() {
        long before = stage.h(1).nowNs() - 1;
        assertThat(ask(1)).isEqualTo("admitted");

        stage.h(1).agent.offer(new LocalObservation.VmReleased(Stage.VM, before));
        stage.run(5_000);

        assertThat(open()).hasSize(1);
    }

    @Test
    void remainsAndLateQuestionsAreRefused() {
        assertThat(ask(stage, 1, false, 4711, 0)).isEqualTo("process-remains");
        assertThat(ask(stage, 1, false, 0, 1_800)).isIn("no-answer-in-time", "not-armed-in-time");
        assertThat(open()).isEmpty();
    }

    private String migrates(int to) {
        return ask(stage, to, true, 0, 0);
    }

    @Test
    void aMigrationIsLetInFromWhoHoldsTheVmAloneAndIsSeenToRunIt() {
        assertThat(migrates(2)).isEqualTo("no-source");
        stage.vmOn(1);

        assertThat(migrates(2)).isEqualTo("admitted");
        assertThat(open()).hasSize(2);
        assertThat(open().get(1).isMove()).isTrue();
        assertThat(migrates(2)).isEqualTo("migration-under-way");
        assertThat(migrates(3)).isEqualTo("migration-under-way");
        assertThat(ask(2)).as("no start of its own").isEqualTo("vm-seen-elsewhere");
        assertThat(ask(1)).as("nor one on its source").isEqualTo("permit-exists");
    }

    @Test
    void aSourceIsSeenToRunWhatItHandsOver() {
        assertThat(ask(1)).isEqualTo("admitted");

        stage.run(2_000);
        assertThat(migrates(2)).as("claimed, and not there yet").isEqualTo("source-unseen");
        stage.isolate(1, 1);
        stage.run(4_000);
        assertThat(migrates(2)).isEqualTo("source-unfit");
    }

    @Test
    void anArrivalTakesTheReservationsPlaceOnce() {
        stage.vmOn(1);
        assertThat(migrates(2)).isEqualTo("admitted");
        long reservation = open().get(1).id();

        assertThat(arrives(2, reservation + 100)).isEqualTo("vm-seen-elsewhere");
        assertThat(arrives(3, reservation)).isEqualTo("vm-seen-elsewhere");
        assertThat(arrives(2, reservation)).isEqualTo("admitted");
        assertThat(open()).hasSize(2).anySatisfy(claim -> {
            assertThat(claim.isStartClaim()).isTrue();
            assertThat(claim.destination()).isEqualTo(stage.h(2).id);
            assertThat(claim.lastHost()).isEqualTo(stage.h(1).id);
        });
        assertThat(arrives(2, reservation)).isEqualTo("vm-seen-elsewhere");
    }

    private String arrives(int host, long reservation) {
        ReplyCommand reply = stage.ask(
                host,
                id -> new ArrivalAsked(
                        id, Stage.VM, reservation, 0, stage.h(host).nowNs()));
        return reply instanceof ReplyCommand.ReplyRefused no ? no.code() : "admitted";
    }

    @Test
    void aReservationThatNobodyComesBackForEnds() {
        stage.vmOn(1);
        assertThat(migrates(2)).isEqualTo("admitted");

        assertThat(stage.await(40_000, () -> open().size() == 1)).isTrue();
        assertThat(open().get(0).destination()).isEqualTo(stage.h(1).id);
    }

    @Test
    void anArrivalThatIsDecidedTooLateIsGivenBack() {
        stage.vmOn(1);
        assertThat(migrates(2)).isEqualTo("admitted");
        long reservation = open().get(1).id();

        stage.hangStorages(2, 1);
        assertThat(arrives(2, reservation)).isEqualTo("no-answer-in-time");
        stage.hangStorages(2, -1);

        assertThat(stage.await(40_000, () -> open().size() == 1)).isTrue();
        assertThat(open().get(0).destination()).isEqualTo(stage.h(1).id);
    }

    @Test
    void withoutAMajorityTheAnswerIsNoAndWhatIsDecidedLateIsGivenBack() {
        stage.hangStorages(1, 1);
        assertThat(ask(1)).isIn("no-answer-in-time", "not-armed-in-time");

        stage.hangStorages(1, -1);
        stage.run(5_000);

        assertThat(open()).isEmpty();
        assertThat(ask(2)).isEqualTo("admitted");
    }

    @Test
    void aHostWhoseHookIsOffAllowsNothing() {
        assertThat(ask(stage(HookMode.OFF), 1, false, 0, 0)).isEqualTo("hook-off");
    }
}
