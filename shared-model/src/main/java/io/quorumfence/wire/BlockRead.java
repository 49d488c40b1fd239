package io.quorumfence.wire;

import java.nio.ByteBuffer;

/** One copy of a block as it was read. */
sealed interface BlockRead {

    /**
     * Every check passed.
     *
     * @param payload empty for a block that was formatted and never written
     * @param stamp the first half of the MAC: two blocks of one place with one sequence and stamp are the same write
     */
    record Valid(long writeSequence, ByteBuffer payload, long stamp) implements BlockRead {
        boolean isEmpty() {
            return !payload.hasRemaining();
        }
    }

    /** Written by an agent of another format; nothing but that is known about it. */
    record OtherFormat(int format) implements BlockRead {
        String detail() {
            return "speaks format " + format + ", this agent " + BlockFrame.FORMAT;
        }
    }

    /** Torn, corrupt, foreign or misplaced. */
    record Invalid(String detail) implements BlockRead {
        static final Invalid BLANK = new Invalid("was never written");

        static final Invalid ALIEN = new Invalid("is not a block of ours");

        boolean isBlank() {
            return equals(BLANK);
        }

        boolean isAlien() {
            return equals(ALIEN);
        }
    }
}
