package io.quorumfence.coordinator.core;

/** What was decided, for the history, the log, metrics and whoever follows a request. */
public sealed interface GateEvent {
    StartRequest request();

    /** A round of a request began. */
    record RequestOpened(StartRequest request) implements GateEvent {}

    /** The answer changed. For ALLOW, REFUSE and CANCELLED the request is closed. */
    record Judged(StartRequest request, Verdict verdict, long tookNs) implements GateEvent {}
}
