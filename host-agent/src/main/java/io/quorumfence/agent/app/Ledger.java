package io.quorumfence.agent.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Notes every effective value while a configuration is read, and where it came from. One reading, one thread. */
final class Ledger {
    /**
     * One effective value.
     *
     * @param source file and line, the profile, or that it is the default
     */
    record Setting(String key, String value, String source) {}

    private final String file;
    private final Map<String, Integer> lines;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private String profile = "";

    /** @param lines line of each key's path */
    Ledger(String file, Map<String, Integer> lines) {
        this.file = file;
        this.lines = Map.copyOf(lines);
    }

    /** A value of the file. */
    void read(String key, String value) {
        Integer line = lines.get(key);
        settings.put(key, new Setting(key, value, line == null ? file : file + ":" + line));
    }

    /** A value that nobody gave. */
    void preset(String key, String value) {
        boolean ofProfile = key.startsWith("deadlines.") && !profile.isEmpty();
        settings.put(key, new Setting(key, value, ofProfile ? "profile " + profile : "default"));
    }

    /** A value that follows from another source or from other values. */
    void derived(String key, String value, String source) {
        settings.put(key, new Setting(key, value, source));
    }

    void profile(String name) {
        profile = name;
    }

    boolean isExplicit(String key) {
        return lines.containsKey(key);
    }

    List<Setting> settings() {
        return List.copyOf(settings.values());
    }
}
