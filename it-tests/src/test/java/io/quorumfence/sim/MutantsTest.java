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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every guard that is taken out of the core must break a promise. An ordinary run takes those that die quickly, by a
 * script or within a few seeds; {@code -Dqf.test.tier=nightly} takes all that
 * are known to die; {@code qf sim mutants} tries the rest too, and says which survive.
 */
class MutantsTest {
    private static final boolean NIGHTLY = "nightly".equals(System.getProperty("qf.test.tier"));
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    static Stream<String> mutants() {
        return Mutants.shown().stream()
                .filter(mutant -> NIGHTLY || mutant.isQuick())
                .map(Mutant::name);
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void breaksAPromise(String name) {
        MutantCore.Verdict verdict = MutantCore.judge(Mutants.named(name), ROOT);
        assertThat(verdict.isKilled()).as(name + " survives " + verdict.by()).isTrue();
    }

    @Test
    void everyMutantApplies() {
        Mutants.all().forEach(mutant -> MutantCore.check(mutant, ROOT));
    }

    @Test
    void theyTakeOutEveryRule() {
        Set<String> rules = Mutants.shown().stream().map(Mutant::rule).collect(Collectors.toCollection(TreeSet::new));
        List<String> all =
                IntStream.rangeClosed(1, 19).mapToObj(Integer::toString).toList();
        assertThat(rules).containsAll(all);
        assertThat(Mutants.shown()).hasSizeGreaterThanOrEqualTo(30);
    }
}
