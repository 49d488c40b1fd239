package io.quorumfence.record.sim;

/** The register broke a promise in a schedule. */
final class Broken extends RuntimeException {
    private final boolean onlyLiveness;

    private Broken(String what, boolean onlyLiveness) {
        super(what);
        this.onlyLiveness = onlyLiveness;
    }

    Broken(String what) {
        this(what, false);
    }

    static Broken unanswered(String what) {
        return new Broken("unanswered after the calm: " + what, true);
    }

    /** Nothing wrong was said; something was not said in time. */
    boolean isOnlyLiveness() {
        return onlyLiveness;
    }
}
