package io.quorumfence.agent.journal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one line says, before it has its place in the chain. */
sealed interface Line {
    String EVENT = "event";
    String OBSERVATION = "observation";
    String START = "start";
    String TICKS = "ticks";
    String SEQ = "seq";
    String PREV = "prev";
    String KIND = "kind";
    String NOW = "t";
    String WALL = "wall";
    String DATA = "data";

    /** The core's clock at the step. */
    long nowNs();

    /** Wall clock, for people. */
    long wallMs();

    /** @param ticks times of the ticks that the core took since the line before, oldest first */
    record Event(JournalEvent event, List<Long> ticks, long nowNs, long wallMs) implements Line {}

    /** @param ticks as with events */
    record Observed(Observation observation, List<Long> ticks, long nowNs, long wallMs) implements Line {}

    /** Ticks that no other line took along. */
    record Ticks(List<Long> ticks, long nowNs, long wallMs) implements Line {}

    /** What a process began with: from here on its lines can be replayed. */
    record Started(JournalStart start, long nowNs, long wallMs) implements Line {}

    /** The head of a file or of a new writer's part of one. */
    record Opened(Map<String, String> about, long nowNs, long wallMs) implements Line {}

    /** Something is missing here, or was cut off before. */
    record Gap(String why, long events, long observations, long nowNs, long wallMs) implements Line {}

    /**
     * The line without its place in the chain: an object in JSON.
     *
     * @throws RuntimeException when the value is not of a shape that the journal can hold, which is a bug
     */
    static byte[] content(Line line) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeNumberField(NOW, line.nowNs());
            out.writeNumberField(WALL, line.wallMs());
            writeContent(line, out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** The content with its place in the chain in front; no newline. */
    static byte[] chained(byte[] content, Chain chain) {
        String place = "{\"" + SEQ + "\":" + (chain.seq() + 1) + ",\"" + PREV + "\":\"" + chain.hash() + "\",";
        byte[] head = place.getBytes(StandardCharsets.US_ASCII);
        byte[] line = Arrays.copyOf(head, head.length + content.length - 1);
        System.arraycopy(content, 1, line, head.length, content.length - 1);
        return line;
    }

    private static void writeContent(Line line, JsonGenerator out) throws IOException {
        if (line instanceof Event event) {
            out.writeStringField(KIND, EVENT);
            writeTicks(event.ticks(), out);
            out.writeFieldName(DATA);
            new RecordWriter(out).write(event.event(), JournalEvent.class);
        } else if (line instanceof Observed observed) {
            out.writeStringField(KIND, OBSERVATION);
            writeTicks(observed.ticks(), out);
            out.writeFieldName(DATA);
            new RecordWriter(out).write(observed.observation(), Observation.class);
        } else if (line instanceof Ticks only) {
            out.writeStringField(KIND, "ticks");
            writeTicks(only.ticks(), out);
        } else if (line instanceof Started started) {
            out.writeStringField(KIND, START);
            out.writeFieldName(DATA);
            new RecordWriter(out).write(started.start(), JournalStart.class);
        } else if (line instanceof Opened opened) {
            out.writeStringField(KIND, "open");
            out.writeNumberField("version", 1);
            for (Map.Entry<String, String> entry : opened.about().entrySet()) {
                out.writeStringField(entry.getKey(), entry.getValue());
            }
        } else if (line instanceof Gap gap) {
            out.writeStringField(KIND, "gap");
            out.writeStringField("why", gap.why());
            out.writeNumberField("events", gap.events());
            out.writeNumberField("observations", gap.observations());
        }
    }

    private static void writeTicks(List<Long> ticks, JsonGenerator out) throws IOException {
        if (!ticks.isEmpty()) {
            out.writeArrayFieldStart(TICKS);
            for (long tick : ticks) {
                out.writeNumber(tick);
            }
            out.writeEndArray();
        }
    }

    /** The line as a tree if it is one of ours and whole: an object with a number and a hash. */
    static Optional<JsonNode> parse(byte[] line) {
        try {
            JsonNode tree = Json.MAPPER.readTree(new String(line, StandardCharsets.UTF_8));
            boolean ours = tree != null
                    && tree.isObject()
                    && tree.path(SEQ).isIntegralNumber()
                    && tree.path(PREV).asText().matches("[0-9a-f]{64}");
            return ours ? Optional.of(tree) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** One mapper for all: it is safe from any thread. */
    final class Json {
        /** A line may hold a whole cell record. */
        private static final int TEXT_MAX = 64 << 20;

        static final JsonMapper MAPPER = JsonMapper.builder().build();

        static {
            MAPPER.getFactory()
                    .setStreamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(TEXT_MAX)
                            .build());
        }

        private Json() {}
    }
}
