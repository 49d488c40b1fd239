package io.quorumfence.wire;

/**
 * Where everything lies on a quorum storage, as a function of the two numbers in its header. All places and sizes are
 * multiples of {@link #BLOCK} bytes. Every entry has two copies, side by side. Immutable; any thread.
 *
 * @param capacity hosts there is room for
 * @param ballotBlock bytes of one copy of a ballot block
 */
public record Layout(int capacity, int ballotBlock) {
    public static final int BLOCK = 4096;
    public static final int COPIES = 2;
    public static final int CAPACITY_DEFAULT = 16;
    public static final int CAPACITY_MAX = 256;
    public static final int BALLOT_BLOCK_DEFAULT = 32 * 1024;
    public static final int BALLOT_BLOCK_MIN = 2 * BLOCK;
    public static final int BALLOT_BLOCK_MAX = 1024 * 1024;
    /** Both copies of an entry other than a ballot. */
    public static final int PAIR = COPIES * BLOCK;

    public Layout {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + " is out of range: 1 to " + CAPACITY_MAX + " hosts");
        }
        if (ballotBlock < BALLOT_BLOCK_MIN || ballotBlock > BALLOT_BLOCK_MAX || ballotBlock % BLOCK != 0) {
            throw new IllegalArgumentException("ballot block " + ballotBlock + " is out of range: " + BALLOT_BLOCK_MIN
                    + " to " + BALLOT_BLOCK_MAX + " bytes, a multiple of " + BLOCK);
        }
    }

    public static Layout standard() {
        return new Layout(CAPACITY_DEFAULT, BALLOT_BLOCK_DEFAULT);
    }

    /** A contiguous piece of the storage, in bytes. */
    public record Range(long offset, int length) {
        public long end() {
            return offset + length;
        }
    }

    /** Both copies of the header: the first thing on every storage, whatever its layout. */
    public static Range header() {
        return new Range(0, PAIR);
    }

    /** Both copies of a host's beat. */
    public Range beat(int host) {
        return new Range(header().end() + (long) inRange(host) * PAIR, PAIR);
    }

    /** The beats of the first {@code hosts} hosts: they lie together, so one read gets all. */
    public Range beats(int hosts) {
        return new Range(beat(0).offset(), inRange(hosts - 1) * PAIR + PAIR);
    }

    /** Both copies of what a claimer wrote to a suspect. */
    public Range mail(int suspect, int claimer) {
        return new Range(mailStart() + ((long) inRange(suspect) * capacity + inRange(claimer)) * PAIR, PAIR);
    }

    /** What the first {@code claimers} hosts wrote to a suspect: its mailbox row. */
    public Range mailRow(int suspect, int claimers) {
        return new Range(mail(suspect, 0).offset(), claimers * PAIR);
    }

    /** Both copies of a host's ballot block. */
    public Range ballot(int host) {
        return new Range(ballotStart() + (long) inRange(host) * ballotPair(), ballotPair());
    }

    /** The ballot blocks of the first {@code hosts} hosts. */
    public Range ballots(int hosts) {
        return new Range(ballotStart(), inRange(hosts - 1) * ballotPair() + ballotPair());
    }

    /** The last block: a storage that has it has all. */
    public Range last() {
        return new Range(size() - BLOCK, BLOCK);
    }

    /** Bytes that one ballot block has for its two records. */
    public int ballotRoom() {
        return ballotBlock - BlockFrame.OVERHEAD;
    }

    /** Bytes of both copies of a ballot block. */
    public int ballotPair() {
        return COPIES * ballotBlock;
    }

    /** Bytes of the whole storage. */
    public long size() {
        return ballotStart() + (long) capacity * ballotPair();
    }

    private long mailStart() {
        return header().end() + (long) capacity * PAIR;
    }

    private long ballotStart() {
        return mailStart() + (long) capacity * capacity * PAIR;
    }

    private int inRange(int host) {
        if (host < 0 || host >= capacity) {
            throw new IllegalArgumentException(
                    "host index " + host + " is out of range: the storage was made for " + capacity + " hosts");
        }
        return host;
    }
}
