package io.quorumfence.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of one journal, by name in the order of their lines. */
final class JournalFiles {
    private static final String PREFIX = "journal-";
    private static final String SUFFIX = ".jsonl";

    private JournalFiles() {}

    static void makeDirectory(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Oldest first. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return new ArrayList<>(entries.filter(JournalFiles::isOurs).sorted().toList());
        }
    }

    /**
     * A file that is not there yet. Named after its first line; a name that is taken (lines written by a predecessor
     * that still holds its file) gets a letter behind it.
     */
    static Path fresh(Path directory, long firstSeq) throws IOException {
        String stem = PREFIX + String.format("%019d", firstSeq);
        Path file = directory.resolve(stem + SUFFIX);
        for (char letter = 'b'; Files.exists(file) && letter <= 'z'; letter++) {
            file = directory.resolve(stem + letter + SUFFIX);
        }
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }
}
