package io.quorumfence.record;

/** Number of one attempt to decide a version; ordered by round, then by host index, so no two hosts share one. */
public record Ballot(long round, int hostIndex) implements Comparable<Ballot> {
    public static final Ballot ZERO = new Ballot(0, 0);

    public boolean isZero() {
        return round == 0;
    }

    /** The next higher ballot of one host. */
    public Ballot next(int ofHost) {
        return new Ballot(round + 1, ofHost);
    }

    @Override
    public int compareTo(Ballot other) {
        int byRound = Long.compare(round, other.round);
        return byRound != 0 ? byRound : Integer.compare(hostIndex, other.hostIndex);
    }
}
