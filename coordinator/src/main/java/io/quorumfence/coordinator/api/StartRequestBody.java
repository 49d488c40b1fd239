package io.quorumfence.coordinator.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorumfence.coordinator.config.Spans;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.VmId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/start-requests}, read strictly: a field that is unknown, given twice or of another form
 * is refused by name, for a misspelt one must not be overlooked. Any thread.
 *
 * @param requestId null when the caller gave none
 */
record StartRequestBody(@Nullable String requestId, StartQuestion question, long waitMs) {
    static final long WAIT_MAX_MS = 60_000;
    private static final int SIBLINGS_MAX = 64;
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
    private static final Set<String> KNOWN =
            Set.of("vm", "lastHost", "destination", "siblings", "requestId", "wait", "cell", "priority");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static StartRequestBody read(byte[] bytes) throws BadBody {
        return read(tree(bytes));
    }

    static StartRequestBody read(JsonNode tree) throws BadBody {
        for (String name : (Iterable<String>) tree::fieldNames) {
            if (!KNOWN.contains(name)) {
                throw new BadBody("field '" + shown(name) + "' is not known here");
            }
        }
        StartQuestion question = new StartQuestion(
                vm(tree),
                need(tree, "lastHost", HostId::new, "a host id"),
                need(tree, "destination", HostId::new, "a host id"),
                siblings(tree),
                tree.hasNonNull("cell") ? need(tree, "cell", CellId::new, "a cell id") : null,
                priority(tree));
        if (question.siblings().contains(question.lastHost())) {
            throw new BadBody("field 'siblings' names the last host itself");
        }
        return new StartRequestBody(requestId(tree), question, waitMs(tree));
    }

    static JsonNode tree(byte[] bytes) throws BadBody {
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            throw new BadBody("the body is not JSON: " + shown(e.getOriginalMessage()));
        } catch (java.io.IOException e) {
            throw new BadBody("the body cannot be read");
        }
        throw new BadBody("the body must be a JSON object");
    }

    static int priority(JsonNode tree) throws BadBody {
        JsonNode value = tree.get("priority");
        if (value == null || value.isNull()) {
            return 0;
        }
        int max = StartQuestion.PRIORITY_MAX;
        if (!value.isInt() || Math.abs(value.intValue()) > max) {
            throw new BadBody("field 'priority' must be a whole number from -" + max + " to " + max + ", not '"
                    + shown(value.toString()) + "'");
        }
        return value.intValue();
    }

    private static String text(JsonNode tree, String name) throws BadBody {
        JsonNode value = tree.get(name);
        if (value == null || value.isNull()) {
            throw new BadBody("field '" + name + "' is missing");
        }
        if (!value.isTextual()) {
            throw new BadBody("field '" + name + "' must be a text, not '" + shown(value.toString()) + "'");
        }
        return value.textValue();
    }

    static <T> T need(JsonNode tree, String name, Function<String, T> type, String wanted) throws BadBody {
        String text = text(tree, name);
        try {
            return type.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BadBody("field '" + name + "' must be " + wanted + ", not '" + shown(text) + "'");
        }
    }

    /** Java's own parser also takes "1-2-3-4-5"; a VM has one spelling. */
    private static VmId vm(JsonNode tree) throws BadBody {
        return vm("vm", text(tree, "vm"));
    }

    static VmId vm(String field, String text) throws BadBody {
        try {
            if (UUID.fromString(text).toString().equalsIgnoreCase(text)) {
                return VmId.of(text);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new BadBody("field '" + field + "' must be a UUID, not '" + shown(text) + "'");
    }

    private static List<HostId> siblings(JsonNode tree) throws BadBody {
        return hosts(tree, "siblings");
    }

    static List<HostId> hosts(JsonNode tree, String name) throws BadBody {
        JsonNode value = tree.get(name);
        List<HostId> hosts = new ArrayList<>();
        if (value == null || value.isNull()) {
            return hosts;
        }
        if (!value.isArray() || value.size() > SIBLINGS_MAX) {
            throw new BadBody("field '" + name + "' must be a list of at most " + SIBLINGS_MAX + " host ids");
        }
        for (JsonNode item : value) {
            try {
                hosts.add(new HostId(item.isTextual() ? item.textValue() : ""));
            } catch (IllegalArgumentException e) {
                throw new BadBody("field '" + name + "' must hold host ids, not '" + shown(item.toString()) + "'");
            }
        }
        return hosts;
    }

    static @Nullable String requestId(JsonNode tree) throws BadBody {
        if (!tree.hasNonNull("requestId")) {
            return null;
        }
        String id = text(tree, "requestId");
        if (!isRequestId(id)) {
            throw new BadBody("field 'requestId' must be 1 to 64 letters, digits, dots, colons, dashes or underscores");
        }
        if (Permit.isReserved(id)) {
            throw new BadBody("field 'requestId' must not begin with " + Permit.START_CLAIM + ", " + Permit.RUN_CLAIM
                    + " or " + Permit.MOVE_CLAIM + ", which are for the hosts' own claims; choose another");
        }
        return id;
    }

    static boolean isRequestId(String id) {
        return REQUEST_ID.matcher(id).matches();
    }

    static long waitMs(JsonNode tree) throws BadBody {
        return tree.hasNonNull("wait") ? waitMs(text(tree, "wait")) : 0;
    }

    /** A wait such as {@code 20s}; at most one minute. */
    static long waitMs(String text) throws BadBody {
        long ms = Spans.parse(text).map(Duration::toMillis).orElse(-1L);
        if (ms < 0 || ms > WAIT_MAX_MS) {
            throw new BadBody("wait must be a span such as 500ms or 20s, at most 60s, not '" + shown(text) + "'");
        }
        return ms;
    }

    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }
}
