package io.quorumfence.coordinator.shell;

/** The ask itself was refused; no request was touched. */
public final class TurnedAway extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean retryable;

    public TurnedAway(String code, String text, boolean retryable) {
        super(text, null, false, false);
        this.code = code;
        this.retryable = retryable;
    }

    public String code() {
        return code;
    }

    public boolean isRetryable() {
        return retryable;
    }
}
