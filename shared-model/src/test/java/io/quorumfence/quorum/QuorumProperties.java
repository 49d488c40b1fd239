package io.quorumfence.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class QuorumProperties {
    private static final int MANY = 16;

    /**
     * @param counted members that count
     * @param promised hosts that promised, some of which may not count
     * @param acknowledged hosts that acknowledge the suspect
     */
    record Vote(Set<Integer> counted, Set<Integer> promised, Set<Integer> acknowledged, int suspect) {}

    @Provide
    Arbitrary<Vote> votes() {
        return Arbitraries.integers().between(1, MANY).flatMap(n -> {
            Set<Integer> all = IntStream.range(0, n).boxed().collect(Collectors.toSet());
            Arbitrary<Set<Integer>> some = Arbitraries.of(all).set();
            return Combinators.combine(some, some, some, Arbitraries.of(all))
                    .as((counted, promised, acked, suspect) -> {
                        Set<Integer> withSuspect = new HashSet<>(counted);
                        withSuspect.add(suspect);
                        return new Vote(withSuspect, promised, acked, suspect);
                    });
        });
    }

    private static boolean renews(Vote vote) {
        Set<Integer> acked = new HashSet<>(vote.acknowledged());
        acked.add(vote.suspect());
        acked.retainAll(vote.counted());
        return acked.size() >= Quorum.majority(vote.counted().size());
    }

    @Property
    void twoMajoritiesMeet(@ForAll @IntRange(min = 1, max = 1_000) int n) {
        assertThat(2 * Quorum.majority(n)).isGreaterThan(n);
        assertThat(2 * (Quorum.majority(n) - 1)).isLessThanOrEqualTo(n);
    }

    @Property
    void aBlockingSetMeetsEveryMajorityAndNoSmallerOneDoes(@ForAll @IntRange(min = 1, max = 1_000) int n) {
        assertThat(Quorum.majority(n) + Quorum.blocking(n)).isEqualTo(n + 1);
    }

    @Property(tries = 20_000)
    void aSuspectThatIsBlockedCannotRenewWithoutSomebodyWhoPromised(@ForAll("votes") Vote vote) {
        Assume.that(Quorum.blocks(vote.counted(), vote.promised(), vote.suspect()));
        Assume.that(renews(vote));

        Set<Integer> both = new HashSet<>(vote.acknowledged());
        both.retainAll(vote.promised());
        both.retainAll(vote.counted());
        both.remove(vote.suspect());
        assertThat(both).isNotEmpty();
    }

    @Property(tries = 5_000)
    void aSuspectThatIsNotBlockedCanRenewWithoutAnybodyWhoPromised(@ForAll("votes") Vote vote) {
        Assume.that(!Quorum.blocks(vote.counted(), vote.promised(), vote.suspect()));

        Set<Integer> free = new HashSet<>(vote.counted());
        free.removeAll(vote.promised());
        free.add(vote.suspect());
        assertThat(free.size())
                .isGreaterThanOrEqualTo(Quorum.majority(vote.counted().size()));
    }

    @Property(tries = 5_000)
    void promisesOfTheSuspectAndOfHostsThatDoNotCountAreNothing(@ForAll("votes") Vote vote) {
        Set<Integer> useless = new HashSet<>(vote.promised());
        useless.removeAll(vote.counted());
        useless.add(vote.suspect());

        assertThat(Quorum.blocks(vote.counted(), useless, vote.suspect())).isFalse();
    }

    /** Rule 15: when a host leaves the counts, the survivors may be fewer and each of them still suffices. */
    @Property(tries = 5_000)
    void oneMoreGoneHostNeverBreaksABlockade(@ForAll("votes") Vote vote) {
        Assume.that(Quorum.blocks(vote.counted(), vote.promised(), vote.suspect()));

        for (int gone : List.copyOf(vote.counted())) {
            if (gone != vote.suspect() && !vote.promised().contains(gone)) {
                Set<Integer> reduced = new HashSet<>(vote.counted());
                reduced.remove(gone);
                assertThat(Quorum.blocks(reduced, vote.promised(), vote.suspect()))
                        .isTrue();
            }
        }
    }

    @Example
    void aBlockadeUnderTheNewCountsNeedNotHoldUnderTheOld() {
        Set<String> old = Set.of("s", "c", "p", "q", "g");
        Set<String> now = Set.of("s", "c", "p", "q");

        assertThat(Quorum.blocks(now, Set.of("c", "p"), "s")).isTrue();
        assertThat(Quorum.blocks(old, Set.of("c", "p"), "s")).isFalse();
    }

    @Property
    void theStormShareIsAThirdAndAtLeastOne(@ForAll @IntRange(min = 1, max = 1_000) int n) {
        assertThat(Quorum.stormShare(n)).isEqualTo(n < 3 ? 1 : n / 3);
    }

    @Example
    void anEmptySetHasNoQuorum() {
        assertThatIllegalArgumentException().isThrownBy(() -> Quorum.majority(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Quorum.blocking(0));
    }
}
