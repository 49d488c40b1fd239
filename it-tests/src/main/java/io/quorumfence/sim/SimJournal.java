package io.quorumfence.sim;

/** Each agent's journal: quick as a rule, slow or broken at times. */
final class SimJournal {
    private final SimCell cell;
    private final int[] broken;
    private final int[] slow;
    private final long[] freeNs;

    SimJournal(SimCell cell, int hosts) {
        this.cell = cell;
        broken = new int[hosts];
        slow = new int[hosts];
        freeNs = new long[hosts];
    }

    void breakIt(SimHost host, int by) {
        broken[host.index] += by;
    }

    void slowDown(SimHost host, int by) {
        slow[host.index] += by;
    }

    void heal() {
        java.util.Arrays.fill(broken, 0);
        java.util.Arrays.fill(slow, 0);
    }

    boolean isQuick(SimHost host) {
        return broken[host.index] == 0 && slow[host.index] == 0 && freeNs[host.index] <= cell.time.nowNs();
    }

    boolean isBroken(SimHost host) {
        return broken[host.index] > 0;
    }

    /** Commands pass in their order, the next not before the last. */
    long flushNs(SimHost host) {
        long now = cell.time.nowNs();
        long free = Math.max(now + cell.upTo(500 * SimCell.MILLI), freeNs[host.index]);
        freeNs[host.index] = free;
        return free - now;
    }
}
