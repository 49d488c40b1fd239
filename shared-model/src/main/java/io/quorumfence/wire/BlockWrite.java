package io.quorumfence.wire;

/**
 * Sealed bytes and where they go. The array is handed over, not copied: the receiver must not change it.
 *
 * @param stamp what a reader will find there once the write has landed
 */
public record BlockWrite(long offset, byte[] bytes, Entry.Stamp stamp) {}
