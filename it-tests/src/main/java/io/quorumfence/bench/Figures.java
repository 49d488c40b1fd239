package io.quorumfence.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Arithmetic and printing that the benches share. */
final class Figures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Figures() {}

    /** The middle value, or the mean of the two in the middle. NaN of nothing. */
    static double median(Collection<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Three digits behind the point: what is measured here is no better. */
    static double round(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** What the machine had to do in the last minute, after a run. */
    static double load() {
        return round(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    static void print(Map<String, Object> figures) {
        System.out.println(JSON.valueToTree(figures).toString());
        System.out.flush();
    }
}
