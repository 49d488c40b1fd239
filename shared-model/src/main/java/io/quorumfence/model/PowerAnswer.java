package io.quorumfence.model;

/** How a call of the fence devices of a host ended; by then every process of it is gone. */
public enum PowerAnswer {
    /** Every device of a level says that it gives no power, and none says the opposite. The answer to a status. */
    OFF,
    /** A device says that it gives power. */
    ON,
    /** The command was accepted, which proves nothing. The answer to an off. */
    ACCEPTED,
    /** No answer, half an answer, or an error: the command may have worked, and may work yet. */
    UNKNOWN,
    /** No device was asked at all. */
    NOT_STARTED
}
