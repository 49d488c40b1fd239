package io.quorumfence.agent.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The verification of a journal: each line carries the hash of the one before it, so a line that was changed, taken
 * out or put in shows at the next one. What it cannot show: a journal cut off at its end, or one written anew as a
 * whole.
 */
public final class JournalCheck {
    private long lines;
    private long gaps;
    private Optional<Chain> chain = Optional.empty();
    private Optional<Bad> bad = Optional.empty();

    private JournalCheck() {}

    /**
     * What was found.
     *
     * @param lastSeq number of the last line that fits
     * @param gaps lines in which the journal itself says that something is missing
     * @param bad the first line that does not fit
     */
    public record Result(int files, long lines, long lastSeq, long gaps, Optional<Bad> bad) {
        public boolean isGood() {
            return bad.isEmpty();
        }
    }

    /** One line that does not fit. */
    public record Bad(String file, long line, String why) {
        @Override
        public String toString() {
            return file + " line " + line + ": " + why;
        }
    }

    /** Reads all files of the directory; an empty one is good and has no lines. */
    public static Result verify(Path directory) throws IOException {
        List<Path> files = JournalFiles.list(directory);
        JournalCheck check = new JournalCheck();
        for (Path file : files) {
            JournalReader.forEachLine(file, (number, line, whole) -> check.line(file, number, line, whole));
        }
        return new Result(files.size(), check.lines, check.chain.map(Chain::seq).orElse(0L), check.gaps, check.bad);
    }

    private void line(Path file, long number, byte[] line, boolean whole) {
        if (bad.isPresent()) {
            return;
        }
        Optional<String> wrong = whole ? judge(line) : Optional.of("it has no end (a crash tore it off)");
        bad = wrong.map(why -> new Bad(file.getFileName().toString(), number, why));
        if (wrong.isEmpty()) {
            lines++;
        }
    }

    private Optional<String> judge(byte[] line) {
        Optional<JsonNode> parsed = Line.parse(line);
        if (parsed.isEmpty()) {
            return Optional.of("it is no journal line");
        }
        JsonNode tree = parsed.get();
        long seq = tree.get(Line.SEQ).asLong();
        if (chain.isPresent() && seq != chain.get().seq() + 1) {
            return Optional.of("it has number " + seq + " behind " + chain.get().seq());
        }
        if (chain.isPresent()
                && !tree.get(Line.PREV).asText().equals(chain.get().hash())) {
            return Optional.of("it does not carry the hash of the line before it: one of the two was changed");
        }
        if (tree.path(Line.KIND).asText().equals("gap")) {
            gaps++;
        }
        // The first line that is left names a predecessor that may have been rotated away.
        chain = Optional.of(new Chain(seq, Chain.sha256(line)));
        return Optional.empty();
    }
}
