package io.quorumfence.coordinator.core;

import io.quorumfence.model.HostId;
import java.util.UUID;

/** How the question "is this VM not with you?" ended. */
public sealed interface HostAnswer {

    /** The host's agent answered, in the named life. */
    record Said(HostId host, long counter, UUID bootId, Word word, String reason) implements HostAnswer {}

    /** No usable answer: the transport failed, or the agent did not answer in time. */
    record NoAnswer(String why) implements HostAnswer {}

    /** It was not asked: too many questions to it are under way. Says nothing of the host. */
    record NotAsked(String why) implements HostAnswer {}

    /** The agent does not know the question. */
    record NotKnown(String why) implements HostAnswer {}

    /** The three words a host may say. Anything else is {@link #UNKNOWN}. */
    enum Word {
        ABSENT,
        PRESENT,
        UNKNOWN
    }
}
