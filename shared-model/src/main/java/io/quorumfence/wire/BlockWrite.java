package io.quorumfence.wire;

/** Sealed bytes and where they go. The array is handed over, not copied: the receiver must not change it. */
public record BlockWrite(long offset, byte[] bytes) {}
