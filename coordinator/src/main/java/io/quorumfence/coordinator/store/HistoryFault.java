package io.quorumfence.coordinator.store;

/** The history cannot be opened: one clear line. */
public final class HistoryFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HistoryFault(String line) {
        super(line, null, false, false);
    }
}
