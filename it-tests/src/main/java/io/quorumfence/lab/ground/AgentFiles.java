package io.quorumfence.lab.ground;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the product's configuration for a lab: agent.yaml of each host, coordinator.yaml. */
public final class AgentFiles {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();
    private static final String ETC = "/etc/quorumfence/";

    private final LabPlan plan;
    private final Map<String, String> hostKeys;

    /**
     * @param hostKeys public ssh host key of each host
     */
    AgentFiles(LabPlan plan, Map<String, String> hostKeys) {
        this.plan = plan;
        this.hostKeys = hostKeys;
    }

    static String cell(LabPlan plan) {
        return "lab-" + plan.id();
    }

    String agent(String host) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("cell", cell(plan));
        file.put("host", host);
        file.put("profile", plan.profile().name().toLowerCase(Locale.ROOT));
        file.put("watchdog", Map.of("device", "/run/qf-watchdog", "kind", "fifo-lab"));
        file.put("run", "/run/quorumfence");
        file.put("journal", "/var/lib/quorumfence/journal");
        file.put("planes", List.of("management", "storage"));
        file.put("members", plan.hosts().stream().map(this::member).toList());
        file.put("storages", plan.storages().stream().map(AgentFiles::storage).toList());
        file.put("ports", Map.of("http", 7443, "datagram", 7444, "cluster", 5701));
        file.put("security", security(ETC + "tls/ca.pem", ETC + "tls/host.pem", ETC + "tls/host.key"));
        file.put("ssh", Map.of("keyFile", ETC + "ssh.key"));
        file.put("libvirt", Map.of("uri", "qemu:///system"));
        Map<String, Object> merged = merge(file, plan.settings());
        return text(merge(merged, plan.hostSettings().getOrDefault(host, Map.of())));
    }

    String coordinator(String tlsDir, String name, String history) {
        List<Map<String, Object>> agents = new ArrayList<>();
        for (String host : plan.hosts()) {
            agents.add(Map.of("host", host, "url", "https://" + address(host, 1) + ":7443"));
        }
        Map<String, Object> tls = Map.of(
                "ca", tlsDir + "/ca.pem",
                "certificate", tlsDir + "/" + name + ".pem",
                "key", tlsDir + "/" + name + ".key");
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("listen", Map.of("address", "127.0.0.1", "port", 8080));
        file.put("cells", List.of(Map.of("cell", cell(plan), "agents", agents)));
        file.put("security", Map.of("tls", tls));
        file.put("history", Map.of("path", history));
        return text(file);
    }

    private Map<String, Object> member(String host) {
        Map<String, Object> ssh = new LinkedHashMap<>();
        ssh.put("addresses", List.of(address(host, 1), address(host, 2), address(host, 3)));
        ssh.put("port", 22);
        ssh.put("user", "root");
        ssh.put("hostKey", hostKeys.getOrDefault(host, ""));
        return Map.of(
                "host", host,
                "addresses", Map.of("management", address(host, 1), "storage", address(host, 2)),
                "ssh", ssh);
    }

    static Map<String, Object> storage(LabPlan.Storage storage) {
        return switch (storage.kind()) {
            case DIRECTORY ->
                Map.of(
                        "id", storage.id(),
                        "path", "/qf/" + storage.id() + "/quorumfence.cell",
                        "mount", "/qf/" + storage.id());
            case BLOCK -> Map.of("id", storage.id(), "path", "/dev/qf-" + storage.id());
        };
    }

    static String address(String host, int plane) {
        return "10.77." + plane + "." + LabPlan.indexOf(host);
    }

    private static Map<String, Object> security(String ca, String certificate, String key) {
        return Map.of("macKeyFile", ETC + "mac.key", "tls", Map.of("ca", ca, "certificate", certificate, "key", key));
    }

    /** Lays {@code over} on {@code base}: maps are merged key by key, everything else is replaced. */
    public static Map<String, Object> merge(Map<String, Object> base, Map<String, Object> over) {
        Map<String, Object> merged = new LinkedHashMap<>(base);
        over.forEach((key, value) -> merged.merge(key, value, AgentFiles::mergeValue));
        return merged;
    }

    private static Object mergeValue(Object below, Object above) {
        if (!(below instanceof Map<?, ?> lower) || !(above instanceof Map<?, ?> upper)) {
            return above;
        }
        Map<Object, Object> merged = new LinkedHashMap<>(lower);
        upper.forEach((key, value) -> merged.merge(key, value, AgentFiles::mergeValue));
        return merged;
    }

    private static String text(Map<String, Object> file) {
        try {
            return YAML.writeValueAsString(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts and numbers is always YAML", e);
        }
    }
}
