package io.quorumfence.record;

/** What a change does to one version of the record. */
public sealed interface ChangeResult {

    /** The change is valid; {@code next} is the following version. */
    record Applied(CellRecord next) implements ChangeResult {}

    /** The record already says so; nothing is to be decided. */
    record Already() implements ChangeResult {}

    /**
     * The change is void on this record.
     *
     * @param code stable reason code, as in REST
     * @param detail one line for people
     */
    record Rejected(String code, String detail) implements ChangeResult {}
}
