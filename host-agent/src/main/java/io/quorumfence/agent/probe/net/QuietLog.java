package io.quorumfence.agent.probe.net;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Lets one line a minute through for each subject, and remembers a bounded number of subjects: what arrives on a socket
 * must neither fill the log nor the memory. Not thread-safe; belongs to one event loop.
 */
final class QuietLog {
    static final long SPAN_NS = 60_000_000_000L;
    static final int SUBJECTS_MAX = 256;

    private static final String OTHERS = "others";

    private record Line(long saidNs, long kept) {}

    private final Map<String, Line> lines = new HashMap<>();

    /**
     * Whether to write a line now.
     *
     * @return how many lines on this subject were held back since its last one, or empty to stay silent
     */
    OptionalLong mayWrite(String subject, long nowNs) {
        String key = lines.containsKey(subject) || hasRoom(nowNs) ? subject : OTHERS;
        Line last = lines.get(key);
        if (last != null && nowNs - last.saidNs < SPAN_NS) {
            lines.put(key, new Line(last.saidNs, last.kept + 1));
            return OptionalLong.empty();
        }
        lines.put(key, new Line(nowNs, 0));
        return OptionalLong.of(last == null ? 0 : last.kept);
    }

    private boolean hasRoom(long nowNs) {
        if (lines.size() >= SUBJECTS_MAX) {
            lines.values().removeIf(line -> nowNs - line.saidNs >= SPAN_NS);
        }
        return lines.size() < SUBJECTS_MAX;
    }
}
