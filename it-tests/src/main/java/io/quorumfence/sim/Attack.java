package io.quorumfence.sim;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A schedule that broke an earlier draft of the protocol, as a script.
 *
 * @param name as in the list of attacks
 * @param what happens, in a line
 * @param play gives the first broken promise, empty when all held
 */
record Attack(String name, String what, Supplier<String> play) {

    static List<Attack> all() {
        return Stream.of(
                        LeaseAttacks.all(),
                        LatchAttacks.all(),
                        ClaimAttacks.all(),
                        SiblingAttacks.all(),
                        ProofAttacks.all(),
                        TimeAttacks.all(),
                        RecordAttacks.all(),
                        PermitAttacks.all(),
                        HookAttacks.all(),
                        StartAttacks.all(),
                        MoveAttacks.all(),
                        AheadAttacks.all(),
                        PowerAttacks.all(),
                        ReactionAttacks.all(),
                        OperatorAttacks.all(),
                        ClassAttacks.all())
                .flatMap(List::stream)
                .toList();
    }

    static Attack named(String name) {
        return all().stream()
                .filter(attack -> attack.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no attack is called " + name));
    }
}
