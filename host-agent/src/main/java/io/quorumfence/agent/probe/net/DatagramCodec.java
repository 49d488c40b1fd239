package io.quorumfence.agent.probe.net;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;

/** Bytes of a datagram, keyed MAC included. Pure, any thread, never blocks. */
public interface DatagramCodec {
    byte[] encode(AckRequest request);

    byte[] encode(Ack ack);

    /** Decodes and verifies; whatever the bytes are, it answers and does not throw. */
    Incoming decode(byte[] bytes);

    /** What arrived. */
    sealed interface Incoming {
        record Request(AckRequest request) implements Incoming {}

        record Answer(Ack ack) implements Incoming {}

        /** Not to be used; proves nothing about the host it names. */
        record Unusable(DropCause cause) implements Incoming {}
    }
}
