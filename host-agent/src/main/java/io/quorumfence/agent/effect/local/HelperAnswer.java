package io.quorumfence.agent.effect.local;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The fence helper's one line of JSON, read strictly: a field too few, a field too many or a word we do not know makes
 * it no answer. Only {@link #read} makes one.
 *
 * @param counter the incarnation counter found on the host, 0 if there was none
 * @param reason a short code
 */
public record HelperAnswer(String bootId, long counter, Verdict verdict, String reason, List<Finding> vms) {
    private static final long VERSION = 1;
    private static final Set<String> FIELDS = Set.of("v", "bootId", "counter", "verdict", "reason", "vms");
    private static final Set<String> VM_FIELDS = Set.of("vm", "verdict", "pid", "detail");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What was verified. */
    public enum Verdict {
        CONFIRMED_DEAD("confirmedDead"),
        STILL_ALIVE("stillAlive"),
        AMBIGUOUS("ambiguous");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        private static Verdict of(String word) {
            for (Verdict verdict : values()) {
                if (verdict.word.equals(word)) {
                    return verdict;
                }
            }
            throw new IllegalArgumentException("unknown verdict");
        }
    }

    /**
     * What was found of one VM.
     *
     * @param pid 0 when no process was found under this token
     */
    public record Finding(VmId vm, Verdict verdict, long pid, String detail) {}

    public HelperAnswer {
        vms = List.copyOf(vms);
        boolean contradicts = verdict == Verdict.CONFIRMED_DEAD
                && vms.stream().anyMatch(finding -> finding.verdict() != Verdict.CONFIRMED_DEAD);
        if (contradicts) {
            throw new IllegalArgumentException("confirmedDead with a VM that is not");
        }
        if (verdict == Verdict.CONFIRMED_DEAD && !reason.equals("gone")) {
            throw new IllegalArgumentException("confirmedDead for another reason than gone");
        }
        if (verdict == Verdict.STILL_ALIVE
                && vms.stream().noneMatch(finding -> finding.verdict() == Verdict.STILL_ALIVE)) {
            throw new IllegalArgumentException("stillAlive without a VM that is");
        }
        if (vms.stream().map(Finding::vm).distinct().count() < vms.size()) {
            throw new IllegalArgumentException("one VM twice");
        }
    }

    /**
     * Reads one line.
     *
     * @throws IllegalArgumentException with a short text of our own, never with what the line holds
     */
    public static HelperAnswer read(String line) {
        JsonNode tree;
        try {
            tree = JSON.readTree(line);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON");
        }
        require(tree.isObject(), "not an object");
        // The version before the fields: another version may have others.
        require(tree.path("v").isIntegralNumber() && tree.path("v").asLong() == VERSION, "unknown version");
        requireFields(tree, FIELDS);
        require(tree.get("vms").isArray(), "vms is no list");
        List<Finding> findings = new ArrayList<>();
        for (JsonNode vm : tree.get("vms")) {
            requireFields(vm, VM_FIELDS);
            findings.add(new Finding(
                    vmId(text(vm, "vm")), Verdict.of(text(vm, "verdict")), number(vm, "pid"), text(vm, "detail")));
        }
        return new HelperAnswer(
                text(tree, "bootId"),
                number(tree, "counter"),
                Verdict.of(text(tree, "verdict")),
                text(tree, "reason"),
                findings);
    }

    /** Whether it speaks of exactly this life of the host. */
    public boolean isOf(Incarnation life) {
        return counter == life.counter()
                && bootId.equalsIgnoreCase(life.bootId().toString());
    }

    /** VMs that are verified gone and of which this helper, or an earlier one of the token, has found a process. */
    public Set<VmId> ended() {
        return vms.stream()
                .filter(finding -> finding.verdict() == Verdict.CONFIRMED_DEAD && finding.pid() > 0)
                .map(Finding::vm)
                .collect(Collectors.toUnmodifiableSet());
    }

    public List<VmId> survivors() {
        return vms.stream()
                .filter(finding -> finding.verdict() != Verdict.CONFIRMED_DEAD)
                .map(Finding::vm)
                .toList();
    }

    private static VmId vmId(String text) {
        try {
            UUID id = UUID.fromString(text);
            // Java also reads shorter ones, and the helper never prints one.
            require(id.toString().equalsIgnoreCase(text), "a VM that is no UUID");
            return new VmId(id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a VM that is no UUID");
        }
    }

    private static void requireFields(JsonNode node, Set<String> wanted) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        require(names.equals(wanted), "other fields than version 1 has");
    }

    private static String text(JsonNode node, String field) {
        require(node.get(field).isTextual(), field + " is no text");
        return node.get(field).textValue();
    }

    private static long number(JsonNode node, String field) {
        JsonNode value = node.get(field);
        require(value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0, field + " is no number");
        return value.asLong();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
