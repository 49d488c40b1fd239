package io.quorumfence.wire;

/** A payload whose MAC is right and whose content is none this version knows: unknown to the reader (I8). */
final class MalformedException extends RuntimeException {
    MalformedException(String message) {
        super(message);
    }
}
