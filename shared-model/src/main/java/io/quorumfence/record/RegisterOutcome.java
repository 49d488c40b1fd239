package io.quorumfence.record;

/** How a request to the register ended. */
public sealed interface RegisterOutcome {
    long request();

    /** The change stands in a decided version; {@code record} shows it. */
    record Decided(long request, CellRecord record) implements RegisterOutcome {}

    /** The change is void on a record read after the request, or does not fit beside it ({@code record-full}). */
    record Refused(long request, CellRecord record, String code, String detail) implements RegisterOutcome {}

    /** A linearizable read that began after the request. */
    record ReadDone(long request, CellRecord record) implements RegisterOutcome {}
}
