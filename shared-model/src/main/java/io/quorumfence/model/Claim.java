package io.quorumfence.model;

import java.util.Optional;

/** One fence decision about one incarnation of one host, as the cell record holds it. */
public record Claim(
        FenceToken token,
        HostId suspect,
        Incarnation incarnation,
        HostId claimer,
        Incarnation claimerIncarnation,
        ClaimStage stage,
        Optional<Proof> proof) {
    public Claim {
        if ((stage == ClaimStage.PROVEN) != proof.isPresent()) {
            throw new IllegalArgumentException("claim " + token + " at " + stage + " with proof " + proof);
        }
    }

    public boolean isOpen() {
        return stage.isOpen();
    }

    public boolean isProven() {
        return stage == ClaimStage.PROVEN;
    }

    /** Whether the suspect's given life is spoken of: a claim on (S, c) binds every i up to c (rule 3). */
    public boolean binds(HostId host, Incarnation life) {
        return suspect.equals(host) && life.counter() <= incarnation.counter();
    }

    public Claim at(ClaimStage next) {
        return new Claim(token, suspect, incarnation, claimer, claimerIncarnation, next, Optional.empty());
    }

    public Claim proven(Proof by) {
        return new Claim(token, suspect, incarnation, claimer, claimerIncarnation, ClaimStage.PROVEN, Optional.of(by));
    }

    public Claim takenOverBy(HostId newClaimer, Incarnation itsLife) {
        return new Claim(token, suspect, incarnation, newClaimer, itsLife, stage, proof);
    }
}
