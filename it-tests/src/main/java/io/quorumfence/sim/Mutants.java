package io.quorumfence.sim;

import java.util.List;
import java.util.stream.Stream;

/** The guards that the simulator shows to be needed. A mutant that no longer applies fails its test. */
final class Mutants {
    private Mutants() {}

    static List<Mutant> all() {
        return Stream.of(
                        ProofMutants.all(),
                        LeaseMutants.all(),
                        ClaimMutants.all(),
                        SiblingMutants.all(),
                        RecordMutants.all(),
                        PowerMutants.all(),
                        PermitMutants.all(),
                        HookMutants.all(),
                        MoveMutants.all(),
                        ReactionMutants.all(),
                        OperatorMutants.all(),
                        ClassMutants.all())
                .flatMap(List::stream)
                .toList();
    }

    static Mutant named(String name) {
        return all().stream()
                .filter(mutant -> mutant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mutant is called " + name));
    }
}
