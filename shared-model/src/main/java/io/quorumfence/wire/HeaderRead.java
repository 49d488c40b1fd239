package io.quorumfence.wire;

/** What the place of a header shows. */
public sealed interface HeaderRead {

    record Found(StorageHeader header) implements HeaderRead {}

    /** Both copies are zeros: never formatted. */
    record Blank() implements HeaderRead {}

    /** Data of somebody else. */
    record Alien() implements HeaderRead {}

    /** An agent of another format made it. */
    record OtherFormat(int format) implements HeaderRead {
        public String detail() {
            return new BlockRead.OtherFormat(format).detail();
        }
    }

    /** A block of ours that is torn, corrupt or no header; one line says what. */
    record Broken(String detail) implements HeaderRead {}
}
