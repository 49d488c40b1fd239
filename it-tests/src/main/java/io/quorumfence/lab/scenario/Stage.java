package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.lab.cell.LiveCell;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What the steps of one run share: the cell, when each step took effect, what the gate answered. Any thread. */
final class Stage {
    private final LiveCell cell;
    private final Map<String, Long> moments = new LinkedHashMap<>();
    private final Map<String, Decision> decisions = new LinkedHashMap<>();

    Stage(LiveCell cell) {
        this.cell = cell;
    }

    LiveCell cell() {
        return cell;
    }

    synchronized void tookEffect(String step, long atNs) {
        moments.put(step, atNs);
    }

    /** When the step took effect; empty while it has not. */
    synchronized OptionalLong moment(String step) {
        Long at = moments.get(step);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    synchronized void decided(Decision decision) {
        decisions.remove(decision.name());
        decisions.put(decision.name(), decision);
    }

    /** The last answer to each ask, in the order in which they came. */
    synchronized List<Decision> decisions() {
        return List.copyOf(decisions.values());
    }
}
