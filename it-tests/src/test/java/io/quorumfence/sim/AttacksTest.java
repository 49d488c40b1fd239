package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schedules that broke earlier drafts, H1 to H19, each against the production core. That each goes red without its
 * guard is shown by the mutants that name it.
 */
class AttacksTest {
    private static void holds(String attack) {
        assertThat(Attack.named(attack).play().get())
                .as("replay with: ./qf sim attack " + attack)
                .isEmpty();
    }

    /** Schedules beside H1 to H19: found by seeds and by taking guards out. What each shows is its own line. */
    static Stream<Arguments> others() {
        return Attack.all().stream()
                .filter(attack -> !attack.name().matches("H\\d+.*"))
                .map(attack -> Arguments.arguments(attack.name(), attack.what()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("others")
    void holdsAgainst(String attack, String what) {
        holds(attack);
    }

    @Test
    void everyScheduleHasATest() {
        long tests = java.util.Arrays.stream(AttacksTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .count();
        assertThat(Attack.all()).hasSize((int) (tests - 1 + others().count()));
        assertThat(Attack.all()).extracting(Attack::name).doesNotHaveDuplicates();
    }

    @Test
    void h1a_aProofByShellDoesNotLeaveTheCounts() {
        holds("H1a");
    }

    @Test
    void h1b_aPowerIntentIsNobodyElses() {
        holds("H1b");
    }

    @Test
    void h2a_anAgeIsAtMostTheProcessAge() {
        holds("H2a");
    }

    @Test
    void h2b_aGoneHostCountsFromWhenItsEndWasSeen() {
        holds("H2b");
    }

    @Test
    void h3_aHostThatJoinedAgainCountsAgain() {
        holds("H3");
    }

    @Test
    void h4_anExpiryStandsUntilBothMajoritiesKnow() {
        holds("H4");
    }

    @Test
    void h5_anOlderClaimersMailErasesNoNewerOne() {
        holds("H5");
    }

    @Test
    void h6_mailOnOneStorageHoldsNobody() {
        holds("H6");
    }

    @Test
    void h7_aBlockCarriesWhatIsDecided() {
        holds("H7");
    }

    @Test
    void h8_aNewLifeWaitsForTheWritesOfTheLast() {
        holds("H8");
    }

    @Test
    void h9_noStartGetsPastTheShellsBarrier() {
        holds("H9");
    }

    @Test
    void h10_aRedeemedPermitIsNoAbsence() {
        holds("H10");
    }

    @Test
    void h11_anUnarmedHostIsNotProvenByTime() {
        holds("H11");
    }

    @Test
    void h12_whatComesInHasAPermitAndAListCutShortMeansAnyVm() {
        holds("H12");
    }

    @Test
    void h13_anotherMembershipNeitherJoinsNorCounts() {
        holds("H13");
    }

    @Test
    void h14_aWithdrawnClaimIsSpent() {
        holds("H14");
    }

    @Test
    void h15a_aClaimedHostWithALeaseWithdrawsTheClaim() {
        holds("H15a");
    }

    @Test
    void h15b_aNewBootClosesWhatWasOpen() {
        holds("H15b");
    }

    @Test
    void h16_theLastSurvivorDecidesAlone() {
        holds("H16");
    }

    @Test
    void h17_theStormGuardCountsTheWindow() {
        holds("H17");
    }

    @Test
    void h18a_aSlowHostIsNoSuspect() {
        holds("H18a");
    }

    @Test
    void h18b_aRestartAcknowledgesAtOnce() {
        holds("H18b");
    }

    @Test
    void h18c_aLateKillMissesTheNextLife() {
        holds("H18c");
    }

    @Test
    void h19a_aTornBeatHidesNoDeathAndProvesNone() {
        holds("H19a");
    }

    @Test
    void h19b_aLatchedHostIsNotSeen() {
        holds("H19b");
    }

    @Test
    void h19c_anEndedLeaseStaysEnded() {
        holds("H19c");
    }

    @Test
    void h19s_aStorageThatLostAWriteDoesNotCount() {
        holds("H19s");
    }
}
