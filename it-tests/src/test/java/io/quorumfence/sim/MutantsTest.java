package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every guard that is taken out of the core must break a promise. An ordinary run takes those that a script or a few
 * seeds kill; {@code -Dqf.test.tier=nightly} takes all, and plays the scripts of the pairs with each of their guards
 * alone, as {@code qf sim mutants} does.
 */
class MutantsTest {
    private static final boolean NIGHTLY = "nightly".equals(System.getProperty("qf.test.tier"));
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    static Stream<String> mutants() {
        return Mutants.all().stream()
                .filter(mutant -> NIGHTLY || mutant.isQuick())
                .map(Mutant::name);
    }

    static Stream<String> pairs() {
        return Mutants.all().stream().filter(Mutant::isPair).map(Mutant::name);
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void breaksAPromise(String name) {
        MutantCore.Verdict verdict = MutantCore.judge(Mutants.named(name), ROOT);
        assertThat(verdict.isKilled()).as(name + " survives " + verdict.by()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @EnabledIfSystemProperty(named = "qf.test.tier", matches = "nightly")
    void eachGuardOfAPairHoldsAlone(String name) {
        assertThat(MutantCore.brokenAlone(Mutants.named(name), ROOT)).isEmpty();
    }

    @Test
    void everyMutantApplies() {
        Mutants.all().forEach(mutant -> MutantCore.check(mutant, ROOT));
    }

    @Test
    void theyTakeOutEveryRule() {
        Set<String> rules = Mutants.all().stream().map(Mutant::rule).collect(Collectors.toCollection(TreeSet::new));
        List<String> all =
                IntStream.rangeClosed(1, 19).mapToObj(Integer::toString).toList();
        assertThat(rules).containsAll(all);
        assertThat(Mutants.all()).hasSizeGreaterThanOrEqualTo(30);
    }
}
