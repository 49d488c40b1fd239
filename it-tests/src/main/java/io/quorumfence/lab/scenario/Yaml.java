package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.Durations;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** One value of a YAML file that remembers where it stands, so that every complaint can name file and line. */
final class Yaml {
    private final String file;
    private final Node node;

    private Yaml(String file, Node node) {
        this.file = file;
        this.node = node;
    }

    static Yaml read(Path path) {
        String name =
                path.getParent() == null ? path.toString() : path.getParent().getFileName() + "/" + path.getFileName();
        try {
            return parse(name, Files.readString(path));
        } catch (IOException e) {
            throw new ScenarioException(path + ": cannot be read (" + e.getMessage() + ")");
        }
    }

    static Yaml parse(String name, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            Node root = new org.yaml.snakeyaml.Yaml(options).compose(new StringReader(text));
            if (root == null) {
                throw new ScenarioException(name + ": is empty");
            }
            return new Yaml(name, root);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new ScenarioException(name + ":" + line + ": " + e.getProblem());
        }
    }

    int line() {
        return node.getStartMark().getLine() + 1;
    }

    ScenarioException wrong(String message) {
        return new ScenarioException(file + ":" + line() + ": " + message);
    }

    boolean isMap() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** A mapping; unknown keys are refused when the reader is done with it. */
    Keys keys(String what) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(what + " is a mapping (key: value)");
        }
        Map<String, Yaml> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Yaml key = new Yaml(file, tuple.getKeyNode());
            if (values.put(key.text(), new Yaml(file, tuple.getValueNode())) != null) {
                throw key.wrong("'" + key.text() + "' stands twice in " + what);
            }
        }
        return new Keys(this, what, values);
    }

    /** A mapping, or a plain value that stands for the mapping with the one key {@code main}. */
    Keys keys(String what, String main) {
        return isMap() ? keys(what) : new Keys(this, what, Map.of(main, this));
    }

    String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw wrong("a single value is wanted here");
        }
        return scalar.getValue();
    }

    /** A list of texts; a single one stands for a list of one. */
    List<String> texts() {
        return isList() ? items().stream().map(Yaml::text).toList() : List.of(text());
    }

    List<Yaml> items() {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong("a list is wanted here");
        }
        return sequence.getValue().stream().map(item -> new Yaml(file, item)).toList();
    }

    int number() {
        try {
            return Integer.parseInt(text());
        } catch (NumberFormatException e) {
            throw wrong("'" + text() + "' is no whole number");
        }
    }

    double decimal() {
        try {
            return Double.parseDouble(text());
        } catch (NumberFormatException e) {
            throw wrong("'" + text() + "' is no number");
        }
    }

    boolean flag() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong("'" + text() + "' is neither true nor false");
        };
    }

    Duration duration() {
        try {
            return Durations.parse(text());
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** One of an enumeration's names, in lower case with hyphens. */
    String oneOf(List<String> allowed) {
        if (!allowed.contains(text())) {
            throw wrong("'" + text() + "' is none of " + allowed);
        }
        return text();
    }

    /** The value as plain Java: for settings that are handed on to the product unread. */
    Object plain() {
        if (node instanceof MappingNode) {
            Map<String, Object> map = new LinkedHashMap<>();
            keys("settings").all().forEach((key, value) -> map.put(key, value.plain()));
            return map;
        }
        if (isList()) {
            return new ArrayList<>(items().stream().map(Yaml::plain).toList());
        }
        String text = text();
        if (node.getTag().equals(Tag.INT)) {
            return Long.valueOf(text);
        }
        if (node.getTag().equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        }
        return node.getTag().equals(Tag.FLOAT) ? Double.valueOf(text) : text;
    }
}
