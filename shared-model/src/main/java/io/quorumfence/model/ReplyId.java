package io.quorumfence.model;

/** Names one request that waits for an answer of the core; unique within an agent process. */
public record ReplyId(long value) {}
