package io.quorumfence.model;

/** What closed a claim. The evidence is one line for people, redacted, at most 200 characters. */
public record Proof(Rung rung, ProofLevel level, String evidence) {
    public static final int EVIDENCE_MAX = 200;

    public Proof {
        if (evidence.length() > EVIDENCE_MAX) {
            evidence = evidence.substring(0, EVIDENCE_MAX);
        }
    }
}
