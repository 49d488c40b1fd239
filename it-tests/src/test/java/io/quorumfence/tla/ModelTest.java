package io.quorumfence.tla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model of the protocol holds, and each of its rules is needed: without it TLC finds a violation. */
class ModelTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"LeaseTwoHosts", "WitnessThreeStorages", "PermitTwoHosts", "PermitTakeover", "RegisterOneStorage"
            })
    void holds(String configuration) throws Exception {
        Tlc.Verdict verdict = Tlc.check(configuration);
        System.out.println(configuration + ": " + verdict.states() + " distinct states");
        assertThat(verdict.violated()).as("see %s", verdict.output()).isEqualTo(Tlc.NOTHING);
        assertThat(verdict.states()).as("a space that is not empty").isGreaterThan(1_000);
    }

    /** Minutes: {@code -Dqf.test.tier=nightly}, which {@code qf test --all} says. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PermitTwoHostsShell",
                "LeaseTwoHostsLong",
                "LeaseThreeHosts",
                "WitnessTwoClaims",
                "RegisterThreeStorages"
            })
    @EnabledIfSystemProperty(named = "qf.test.tier", matches = "nightly")
    void holdsInTheLargerConfiguration(String configuration) throws Exception {
        holds(configuration);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments("LeaseTwoHosts", Set.of("TwoWatchdogTimes"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("Latch"), "StopsByItself"),
                arguments("LeaseTwoHosts", Set.of("AgeFromProcessStart", "FirstReadIsChange"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("YoungPromiseIsSeen"), "SeenIsNotFenced"),
                arguments("PermitTwoHosts", Set.of("ClaimedMayNotClaim"), "NoMutualFence"),
                arguments("PermitTwoHosts", Set.of("BootBarrier"), "NoStaleKill"),
                arguments("RegisterOneStorage", Set.of("CarriesDecided"), "Agreement"),
                arguments("RegisterOneStorage", Set.of("OneOutstanding"), "Agreement"),
                arguments("RegisterOneStorage", Set.of("AdoptAccepted"), "Agreement"));
    }

    static Stream<Arguments> rulesThatTakeLonger() {
        return Stream.of(
                arguments("PermitTwoHosts", Set.of("FlightTime"), "NoStaleKill"),
                arguments("LeaseTwoHosts", Set.of("Margin"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("RenewalAtStart"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("MailboxRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("WriteThenRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("SlotRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("ExpiredIsLatched"), "StopsByItself"),
                arguments("LeaseThreeHosts", Set.of("Promises"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("PromiseSurvives"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("AgeFromProcessStart"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("AgeOfPromise"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("TakeoverRedoes"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("SuspectOnlySilent"), "SeenIsNotFenced"),
                arguments("WitnessThreeStorages", Set.of("SuspectWriteThenRead"), "NothingAfterLastSeen"),
                arguments("WitnessThreeStorages", Set.of("HeldIsNotClean"), "NothingAfterLastSeen"),
                arguments("WitnessThreeStorages", Set.of("SameMajority"), "NothingAfterLastSeen"),
                arguments("WitnessThreeStorages", Set.of("MailboxRead"), "NothingAfterLastSeen"),
                arguments("WitnessThreeStorages", Set.of("BlockPerClaimer"), "NothingAfterLastSeen"),
                arguments("PermitTwoHosts", Set.of("OnlyJoinedLives"), "NoStaleKill"),
                arguments("PermitTwoHosts", Set.of("ChildHoldsLock"), "NoStaleKill"),
                arguments("PermitTwoHosts", Set.of("UnarmedIsUnproven", "ArmedBeforeStart"), "NeverTwice"),
                arguments("PermitTwoHostsShell", Set.of("HeldBySomebody"), "NeverTwice"),
                arguments("PermitTwoHostsShell", Set.of("StartBarrier"), "NeverTwice"),
                arguments("PermitTwoHostsShell", Set.of("ClaimedMayNotStart"), "NeverTwice"),
                arguments("PermitTwoHostsShell", Set.of("EndsInRecord"), "NeverTwice"),
                arguments("PermitTwoHostsShell", Set.of("KillByIncarnation"), "NoStaleKill"),
                arguments("PermitTakeover", Set.of("TwoLevels"), "NoStaleKill"),
                arguments("PermitTakeover", Set.of("IntentNotTakenOver"), "NoStaleKill"));
    }

    @ParameterizedTest
    @MethodSource("rulesThatTakeLonger")
    @EnabledIfSystemProperty(named = "qf.test.tier", matches = "nightly")
    void withoutTheRuleItIsViolatedAfterLonger(String configuration, Set<String> rules, String property)
            throws Exception {
        withoutTheRuleItIsViolated(configuration, rules, property);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void withoutTheRuleItIsViolated(String configuration, Set<String> rules, String property) throws Exception {
        Tlc.Verdict verdict = Tlc.checkWithout(configuration, rules, property);
        assertThat(verdict.violated()).as("see %s", verdict.output()).isEqualTo(property);
    }
}
