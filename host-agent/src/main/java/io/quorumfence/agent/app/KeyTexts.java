package io.quorumfence.agent.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the shipped agent.yaml says of each key, in the comment above it: unit, default, too low, too high. */
final class KeyTexts {
    private static final Pattern KEY = Pattern.compile("( *)(- )?(# )?([a-z][A-Za-z]*):( .*)?");
    private static final Pattern REMARK = Pattern.compile(" *# ?(.*)");

    private final Map<String, List<String>> texts;

    private KeyTexts(Map<String, List<String>> texts) {
        this.texts = texts;
    }

    static KeyTexts shipped() {
        try (InputStream in = Objects.requireNonNull(KeyTexts.class.getResourceAsStream("agent.yaml"))) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static KeyTexts of(String yaml) {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        Deque<String> path = new ArrayDeque<>();
        Deque<Integer> indents = new ArrayDeque<>();
        List<String> remarks = new ArrayList<>();
        for (String line : yaml.lines().toList()) {
            Matcher key = KEY.matcher(line);
            // A commented key has a value of one word behind it; a sentence with a colon goes on.
            boolean isKey = key.matches()
                    && (key.group(3) == null || String.valueOf(key.group(5)).matches(" (\\S+|\\[.*]|\\{.*})"));
            Matcher remark = REMARK.matcher(line);
            if (isKey) {
                int indent = key.group(1).length() + (key.group(2) == null ? 0 : 2);
                while (!indents.isEmpty() && indents.peek() >= indent) {
                    indents.pop();
                    path.removeLast();
                }
                path.addLast(key.group(4));
                indents.push(indent);
                texts.putIfAbsent(String.join(".", path), List.copyOf(remarks));
                remarks.clear();
            } else if (remark.matches()) {
                remarks.add(remark.group(1));
            } else {
                remarks.clear();
            }
        }
        return new KeyTexts(texts);
    }

    /** The lines of a key's comment; empty when it has none. */
    List<String> about(String key) {
        return texts.getOrDefault(key.replaceAll("\\[\\d+]", ""), List.of());
    }
}
