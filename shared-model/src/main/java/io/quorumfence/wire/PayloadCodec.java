package io.quorumfence.wire;

/** The bytes of one value; stateless. */
interface PayloadCodec<T> {
    void write(Payload.Writer to, T value);

    /** @throws MalformedException or IllegalArgumentException when the bytes are no such value */
    T read(Payload.Reader from);
}
