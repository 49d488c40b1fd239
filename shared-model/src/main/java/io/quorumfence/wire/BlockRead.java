package io.quorumfence.wire;

import java.nio.ByteBuffer;

/** One copy of a block as it was read. */
sealed interface BlockRead {

    /**
     * Every check passed.
     *
     * @param payload empty for a block that was formatted and never written
     */
    record Valid(Entry.Stamp stamp, ByteBuffer payload) implements BlockRead {
        long writeSequence() {
            return stamp.writeSequence();
        }

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
