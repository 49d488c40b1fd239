package io.quorumfence.agent.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** On which line each key of a YAML text stands, by its path as messages write it. */
final class KeyLines {
    private KeyLines() {}

    static Map<String, Integer> of(JsonFactory yaml, String text) throws IOException {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = yaml.createParser(text)) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                if (token == JsonToken.FIELD_NAME) {
                    lines.put(
                            path(parser.getParsingContext()),
                            parser.currentTokenLocation().getLineNr());
                }
            }
        }
        return lines;
    }

    private static String path(JsonStreamContext at) {
        JsonStreamContext above = at.getParent();
        if (above == null) {
            return "";
        }
        String before = path(above);
        if (at.inArray()) {
            // The place in a list belongs to the list's own name.
            return before;
        }
        String item = above.inArray() ? "[" + above.getCurrentIndex() + "]" : "";
        String name = at.getCurrentName();
        String prefix = before + item;
        return name == null ? prefix : prefix.isEmpty() ? name : prefix + "." + name;
    }
}
