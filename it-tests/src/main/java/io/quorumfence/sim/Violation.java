package io.quorumfence.sim;

/** One broken promise: the invariant's short name and what was seen. */
record Violation(String invariant, String what) {}
