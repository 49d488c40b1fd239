package io.quorumfence.record.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A judge that never condemned anybody proves nothing: each broken rule must be seen within the ordinary seeds. */
class MutantsTest {
    private static final long SEEDS = 12_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void condemnsABrokenRule(Mutant mutant) {
        OptionalLong seed = Schedules.firstCaught(mutant, SEEDS);

        assertThat(seed).as("seed that shows %s", mutant).isPresent();
        System.out.println(mutant + " caught by schedule " + seed.getAsLong());
    }
}
