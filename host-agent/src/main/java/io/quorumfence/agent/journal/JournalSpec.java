package io.quorumfence.agent.journal;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where and how much.
 *
 * @param about written into the head of each file: cell, host, boot; no secrets
 * @param rotateBytes a file larger than this is followed by a new one
 * @param keepFiles how many files are kept; the oldest goes first
 */
public record JournalSpec(Path directory, Map<String, String> about, long rotateBytes, int keepFiles) {
    private static final long DEFAULT_ROTATE_BYTES = 64L << 20;
    private static final int DEFAULT_KEEP_FILES = 16;

    public JournalSpec {
        about = Map.copyOf(new TreeMap<>(about));
        if (rotateBytes < 1024) {
            throw new IllegalArgumentException(
                    "journal: files of " + rotateBytes + " bytes are too small; 1024 or more");
        }
        if (keepFiles < 2) {
            throw new IllegalArgumentException("journal: " + keepFiles + " files are too few to keep; 2 or more");
        }
    }

    /** 16 files of 64 MiB. */
    public static JournalSpec in(Path directory, Map<String, String> about) {
        return new JournalSpec(directory, about, DEFAULT_ROTATE_BYTES, DEFAULT_KEEP_FILES);
    }
}
