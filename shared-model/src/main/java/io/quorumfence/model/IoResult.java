package io.quorumfence.model;

/**
 * How one storage operation ended. Times are the lane's own reading of CLOCK_MONOTONIC_RAW around all its steps.
 *
 * @param detail one line for people; empty when {@code ok}
 */
public record IoResult(boolean ok, long startNs, long endNs, String detail) {

    public static IoResult success(long startNs, long endNs) {
        return new IoResult(true, startNs, endNs, "");
    }

    public static IoResult failure(long startNs, long endNs, String detail) {
        return new IoResult(false, startNs, endNs, detail);
    }
}
