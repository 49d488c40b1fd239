package io.quorumfence.agent.app;

import io.quorumfence.config.ConfigException;
import io.quorumfence.config.DeadlineRules;
import io.quorumfence.model.SelfFenceAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of CloudStack's {@code agent.properties} that speak of the self-fence, as they are. The file holds many
 * others, which are none of our business; of ours an unknown value is refused by name. As in any properties file the
 * last of two lines with one key holds.
 */
final class AgentProperties {
    static final String ACTION = "kvm.heartbeat.fence.action";
    static final String FAILURES = "kvm.heartbeat.fence.consecutive.failures";
    static final String COOLDOWN = "kvm.heartbeat.fence.cooldown.seconds";
    static final String REACTION = "reboot.host.and.alert.management.on.heartbeat.timeout";

    private static final Pattern LINE = Pattern.compile("\\s*([^\\s=:#!][^\\s=:]*)\\s*[=:\\s]\\s*(.*?)\\s*");
    private static final List<SelfFenceAction> ACTIONS = List.of(
            SelfFenceAction.REBOOT,
            SelfFenceAction.GRACEFUL_REBOOT,
            SelfFenceAction.RESTART_AGENT,
            SelfFenceAction.LOG_ONLY,
            SelfFenceAction.STOP_VMS);

    /** A value and where it stands. */
    record Given<T>(T value, String source) {}

    private record Raw(String text, String source) {}

    private final Map<String, Raw> found;

    private AgentProperties(Map<String, Raw> found) {
        this.found = found;
    }

    static AgentProperties none() {
        return new AgentProperties(Map.of());
    }

    /** @throws StartException when it cannot be read */
    static AgentProperties read(Path path) {
        try {
            return of(String.valueOf(path.getFileName()), Files.readString(path, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new StartException("cannot read " + path + ": " + e, e);
        }
    }

    static AgentProperties of(String file, String text) {
        Map<String, Raw> found = new LinkedHashMap<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = LINE.matcher(lines.get(i));
            if (line.matches() && List.of(ACTION, FAILURES, COOLDOWN, REACTION).contains(line.group(1))) {
                found.put(line.group(1), new Raw(line.group(2), file + ":" + (i + 1)));
            }
        }
        return new AgentProperties(found);
    }

    Optional<Given<SelfFenceAction>> action() {
        return given(
                ACTION,
                "must be one of " + String.join(", ", words()),
                text -> ACTIONS.stream()
                        .filter(action -> action.word().equals(text))
                        .findFirst());
    }

    private static List<String> words() {
        return ACTIONS.stream().map(SelfFenceAction::word).toList();
    }

    Optional<Given<Integer>> failures() {
        return given(
                FAILURES,
                "must be a whole number, 1 to " + DeadlineRules.FAILURES_MAX,
                text -> number(text, 1, DeadlineRules.FAILURES_MAX));
    }

    Optional<Given<Duration>> cooldown() {
        int most = (int) DeadlineRules.COOLDOWN_MAX.toSeconds();
        return given(
                COOLDOWN,
                "must be a whole number of seconds, 0 to " + most,
                text -> number(text, 0, most).map(Duration::ofSeconds));
    }

    /** False is CloudStack's bypass: the reaction is off. */
    Optional<Given<Boolean>> reaction() {
        return given(REACTION, "must be true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    private static Optional<Integer> number(String text, int min, int max) {
        if (!text.matches("[0-9]{1,6}")) {
            return Optional.empty();
        }
        int value = Integer.parseInt(text);
        return value < min || value > max ? Optional.empty() : Optional.of(value);
    }

    private interface Reading<T> {
        Optional<T> of(String text);
    }

    private <T> Optional<Given<T>> given(String key, String rule, Reading<T> reading) {
        Raw raw = found.get(key);
        if (raw == null) {
            return Optional.empty();
        }
        T value = reading.of(raw.text)
                .orElseThrow(() -> new ConfigException(raw.source + ": " + key + ": '" + raw.text + "' " + rule));
        return Optional.of(new Given<>(value, raw.source + " (" + key + ")"));
    }
}
