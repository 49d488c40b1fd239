package io.quorumfence.record.sim;

import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.RegisterWant;

/** Short texts for a trace. */
final class Words {
    private Words() {}

    static String of(RegisterWant want) {
        return want instanceof RegisterWant.Round round
                ? "round " + round.generation() + " " + of(round.block())
                : "read " + want.generation();
    }

    static String of(BallotBlock block) {
        return "[v" + block.decided().version() + " mbal " + of(block.promised()) + " bal " + of(block.accepted())
                + block.candidate()
                        .map(c -> " #" + Integer.toHexString(c.hashCode()))
                        .orElse("") + "]";
    }

    private static String of(Ballot ballot) {
        return ballot.round() + "." + ballot.hostIndex();
    }
}
