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
    @ValueSource(strings = {"LeaseTwoHosts"})
    void holds(String configuration) throws Exception {
        Tlc.Verdict verdict = Tlc.check(configuration);
        System.out.println(configuration + ": " + verdict.states() + " distinct states");
        assertThat(verdict.violated()).as("see %s", verdict.output()).isEqualTo(Tlc.NOTHING);
        assertThat(verdict.states()).as("a space that is not empty").isGreaterThan(1_000);
    }

    /** Minutes each: {@code -Dqf.test.tier=nightly}, which {@code qf test --all} says. */
    @ParameterizedTest
    @ValueSource(strings = {"LeaseThreeHosts"})
    @EnabledIfSystemProperty(named = "qf.test.tier", matches = "nightly")
    void holdsInTheLargerConfiguration(String configuration) throws Exception {
        holds(configuration);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments("LeaseTwoHosts", Set.of("TwoWatchdogTimes"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("Margin"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("RenewalAtStart"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("MailboxRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("WriteThenRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("SlotRead"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("AgeFromProcessStart", "FirstReadIsChange"), "ProvenIsGone"),
                arguments("LeaseTwoHosts", Set.of("Latch"), "StopsByItself"),
                arguments("LeaseTwoHosts", Set.of("ExpiredIsLatched"), "StopsByItself"),
                arguments("LeaseThreeHosts", Set.of("Promises"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("PromiseSurvives"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("AgeFromProcessStart"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("AgeOfPromise"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("TakeoverRedoes"), "ProvenIsGone"),
                arguments("LeaseThreeHosts", Set.of("YoungPromiseIsSeen"), "SeenIsNotFenced"),
                arguments("LeaseThreeHosts", Set.of("SuspectOnlySilent"), "SeenIsNotFenced"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void withoutTheRuleItIsViolated(String configuration, Set<String> rules, String property) throws Exception {
        Tlc.Verdict verdict = Tlc.checkWithout(configuration, rules, property);
        assertThat(verdict.violated()).as("see %s", verdict.output()).isEqualTo(property);
    }
}
