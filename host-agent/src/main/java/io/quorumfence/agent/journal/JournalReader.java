package io.quorumfence.agent.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a journal from its oldest line to its newest, for replay and for people. Checks nothing but the shape. */
public final class JournalReader {
    private JournalReader() {}

    /**
     * Reads all files of a directory, or one file of it. Lines that are not whole are passed over;
     * {@link JournalCheck} finds them.
     *
     * @throws IllegalArgumentException with the file and the line, when an event or an observation cannot be read
     */
    public static void read(Path directory, Consumer<JournalLine> into) throws IOException {
        for (Path file : Files.isRegularFile(directory) ? List.of(directory) : JournalFiles.list(directory)) {
            forEachLine(file, (number, line, whole) -> {
                Optional<JsonNode> tree = whole ? Line.parse(line) : Optional.empty();
                try {
                    tree.ifPresent(node -> into.accept(line(node, line)));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            file.getFileName() + " line " + number + ": " + e.getMessage(), e);
                }
            });
        }
    }

    private static JournalLine line(JsonNode node, byte[] text) {
        String kind = node.path(Line.KIND).asText();
        JsonNode data = node.path(Line.DATA);
        List<Long> ticks = new ArrayList<>();
        node.path(Line.TICKS).forEach(tick -> ticks.add(tick.asLong()));
        return new JournalLine(
                node.path(Line.SEQ).asLong(),
                kind,
                node.path(Line.NOW).asLong(),
                node.path(Line.WALL).asLong(),
                new String(text, StandardCharsets.UTF_8),
                ticks,
                kind.equals(Line.START) ? known(data, JournalStart.class) : Optional.empty(),
                kind.equals(Line.EVENT) ? known(data, JournalEvent.class) : Optional.empty(),
                kind.equals(Line.OBSERVATION) ? known(data, Observation.class) : Optional.empty());
    }

    /** Empty for a type that a newer version wrote. */
    private static <T> Optional<T> known(JsonNode data, Class<T> type) {
        try {
            return Optional.of(RecordReader.read(data, type));
        } catch (RecordReader.UnknownName e) {
            return Optional.empty();
        }
    }

    /** Calls with every line of a file, the last one also when its newline is missing. */
    static void forEachLine(Path file, LineVisitor visitor) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 1;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    visitor.line(number++, line.toByteArray(), true);
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }
        if (line.size() > 0) {
            visitor.line(number, line.toByteArray(), false);
        }
    }

    /** Gets the lines of one file. */
    @FunctionalInterface
    interface LineVisitor {
        /** The last line of a file is not whole when its newline is missing. */
        void line(long number, byte[] line, boolean whole);
    }
}
