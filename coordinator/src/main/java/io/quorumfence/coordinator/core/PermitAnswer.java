package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.RecordView.PermitView;

/** How the question for a permit, or for its end, ended at one agent. */
public sealed interface PermitAnswer {

    /** The record holds the permit, in the stage shown. */
    record Decided(PermitView permit) implements PermitAnswer {}

    /** The agent said no; nothing was written. */
    record Rejected(String code, String detail, boolean retryable) implements PermitAnswer {}

    /** The agent does not know the question. */
    record NotKnown(String why) implements PermitAnswer {}

    /**
     * No usable answer.
     *
     * @param mayHaveBeenDone the request may have been sent, so that the permit may be in the record
     */
    record NoAnswer(String why, boolean mayHaveBeenDone) implements PermitAnswer {}
}
