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
    void aGrantedPermitIsRedeemedByTheQuestion() {
        Permit permit = PermitAttacks.granted(stage, Stage.VM, 1, 2);

        assertThat(ask(1)).isEqualTo("permit-exists");
        assertThat(ask(2)).isEqualTo("admitted");

        assertThat(stage.record().permit(permit.id()).orElseThrow().stage()).isEqualTo(PermitStage.REDEEMED);
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
    void migrationsRemainsAndLateQuestionsAreRefused() {
        assertThat(ask(stage, 1, true, 0, 0)).isEqualTo("migration-refused");
        assertThat(ask(stage, 1, false, 4711, 0)).isEqualTo("process-remains");
        assertThat(ask(stage, 1, false, 0, 1_800)).isIn("no-answer-in-time", "not-armed-in-time");
        assertThat(open()).isEmpty();
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
