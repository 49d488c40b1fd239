package io.quorumfence.sim;

/** What must be true once the faults have ended and the cell had its time (I7). */
final class Rest {
    private final SimCell cell;

    Rest(SimCell cell) {
        this.cell = cell;
    }

    void judge() {}
}
