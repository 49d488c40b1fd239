package io.quorumfence.agent.effect.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the agents of this boot wrote to one storage, kept on tmpfs beside the lane's lock: a restarted agent knows its
 * predecessor's writes from a stranger's, and a storage that went back in time meanwhile. Confined to the lane's
 * thread.
 *
 * <p>Losing a note is harmless: the next agent then waits and watches before it takes the slots for its own.
 */
final class LaneMemory {
    private static final Pattern FORM =
            Pattern.compile("qf-lane-memory 1 epoch (\\d{19}) beat (\\d{19}) (\\d{19}) ballot (\\d{19}) (\\d{19})\\n");
    private static final String PRINT = "qf-lane-memory 1 epoch %019d beat %019d %019d ballot %019d %019d\n";

    private final Path file;
    private final long epoch;
    private Mark beat;
    private Mark ballot;

    /**
     * How far the writes of one entry got.
     *
     * @param tried highest write sequence handed to the storage
     * @param acknowledged highest one that the storage acknowledged
     */
    record Mark(long tried, long acknowledged) {
        static final Mark NONE = new Mark(0, 0);

        Mark trying(long number) {
            return new Mark(number, acknowledged);
        }

        Mark acknowledge(long number) {
            return new Mark(tried, number);
        }
    }

    private LaneMemory(Path file, long epoch, Mark beat, Mark ballot) {
        this.file = file;
        this.epoch = epoch;
        this.beat = beat;
        this.ballot = ballot;
    }

    static LaneMemory fresh(Path file, long epoch) {
        return new LaneMemory(file, epoch, Mark.NONE, Mark.NONE);
    }

    /** Empty when there is none of this boot. */
    static Optional<LaneMemory> load(Path file) throws LaneShutException {
        try {
            Matcher text = FORM.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!text.matches()) {
                return Optional.empty();
            }
            Mark beat = new Mark(number(text, 2), number(text, 3));
            return Optional.of(new LaneMemory(file, number(text, 1), beat, new Mark(number(text, 4), number(text, 5))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw LaneShutException.forNow("the lane's memory " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static long number(Matcher text, int group) {
        return Long.parseLong(text.group(group));
    }

    long epoch() {
        return epoch;
    }

    Mark beat() {
        return beat;
    }

    Mark ballot() {
        return ballot;
    }

    void beat(Mark mark) {
        beat = mark;
        store();
    }

    void ballot(Mark mark) {
        ballot = mark;
        store();
    }

    private void store() {
        String text =
                String.format(PRINT, epoch, beat.tried(), beat.acknowledged(), ballot.tried(), ballot.acknowledged());
        try {
            // One short write on tmpfs: a process that dies leaves the old text or the new one.
            Files.writeString(file, text, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            forget();
        }
    }

    /** No note is better than a stale one. */
    private void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // A run directory that takes no change has kept the lock from being taken, too.
        }
    }
}
