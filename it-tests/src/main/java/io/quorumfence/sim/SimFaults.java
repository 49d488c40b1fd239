package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is broken now, outside of the hosts. Faults of one kind may overlap, so each is counted. Index {@code hosts} in
 * the network is the gates' side.
 */
final class SimFaults {
    private final SimCell cell;
    private final int hosts;
    private final int planes;
    private final int[][] hung;
    private final int[][] failing;
    private final long[][] slowNs;
    private final long[][] floorNs;
    private final int[][][] cut;
    private final List<List<Runnable>> waiting = new ArrayList<>();

    double loss;
    double duplicates;
    double torn;
    long delayNs;

    SimFaults(SimCell cell, int hosts, int storages, int planes) {
        this.cell = cell;
        this.hosts = hosts;
        this.planes = planes;
        hung = new int[hosts][storages];
        failing = new int[hosts][storages];
        slowNs = new long[hosts][storages];
        floorNs = new long[hosts][storages];
        cut = new int[planes][hosts + 1][hosts + 1];
        for (int i = 0; i < hosts * storages; i++) {
            waiting.add(new ArrayList<>());
        }
    }

    int gates() {
        return hosts;
    }

    int planes() {
        return planes;
    }

    // --- storages

    void hang(int host, int storage, int by) {
        hung[host][storage] += by;
        if (hung[host][storage] == 0) {
            List<Runnable> queue = waiting.get(host * hung[0].length + storage);
            List<Runnable> released = List.copyOf(queue);
            queue.clear();
            released.forEach(action -> cell.time.after(cell.upTo(20 * SimCell.MILLI), action));
        }
    }

    /** Whether it hangs; the action then runs once it does no more. */
    boolean waits(int host, int storage, Runnable action) {
        if (hung[host][storage] == 0) {
            return false;
        }
        waiting.get(host * hung[0].length + storage).add(action);
        return true;
    }

    void fail(int host, int storage, int by) {
        failing[host][storage] += by;
    }

    boolean isFailing(int host, int storage) {
        return failing[host][storage] > 0;
    }

    void slow(int host, int storage, long upToNs) {
        slowNs[host][storage] = upToNs;
    }

    /** No step takes less than that. */
    void ioFloor(int host, int storage, long ns) {
        floorNs[host][storage] = ns;
    }

    /** How long one step of an operation takes. */
    long ioNs(int host, int storage) {
        long slow = slowNs[host][storage];
        return 100_000L + floorNs[host][storage] + cell.upTo(slow > 0 ? slow : SimCell.MILLI);
    }

    // --- network

    void cut(int plane, int from, int to, int by) {
        cut[plane][from][to] += by;
    }

    boolean isCut(int plane, int from, int to) {
        return cut[plane][from][to] > 0;
    }

    /** Everything outside of the hosts works again. */
    void heal() {
        loss = 0;
        duplicates = 0;
        torn = 0;
        delayNs = 0;
        for (int host = 0; host < hosts; host++) {
            for (int storage = 0; storage < hung[host].length; storage++) {
                failing[host][storage] = 0;
                slowNs[host][storage] = 0;
                floorNs[host][storage] = 0;
                if (hung[host][storage] > 0) {
                    hang(host, storage, -hung[host][storage]);
                }
            }
        }
        for (int[][] plane : cut) {
            Arrays.stream(plane).forEach(row -> Arrays.fill(row, 0));
        }
    }
}
