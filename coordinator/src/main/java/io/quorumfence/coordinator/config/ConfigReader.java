package io.quorumfence.coordinator.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.config.CoordinatorConfig.Listen;
import io.quorumfence.coordinator.config.CoordinatorConfig.Polling;
import io.quorumfence.coordinator.config.CoordinatorConfig.Throttle;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code coordinator.yaml}. Any fault is one line: file, key, what is wrong, what would be right. */
public final class ConfigReader {
    private static final int DEFAULT_AGENT_PORT = 7443;

    private ConfigReader() {}

    public static CoordinatorConfig read(Path path) {
        String file = String.valueOf(path.getFileName());
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            JsonNode tree = mapper.readTree(Files.readString(path));
            ConfigSection top = ConfigSection.of(file, tree);
            CoordinatorConfig config = all(top);
            top.close();
            return config;
        } catch (JsonProcessingException e) {
            String why =
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new ConfigFault(file + ": is not YAML as expected: " + why);
        } catch (IOException e) {
            throw new ConfigFault(
                    "cannot read " + path + ": " + (Files.exists(path) ? e.getMessage() : "there is no such file"));
        }
    }

    private static CoordinatorConfig all(ConfigSection top) {
        Set<CellId> siblingsRequired = new LinkedHashSet<>();
        return new CoordinatorConfig(
                listen(top.section("listen")),
                cells(top, siblingsRequired),
                siblingsRequired,
                tls(top.section("security")),
                history(top.section("history")),
                permitTtl(top.section("permit")),
                throttle(top.section("throttle")),
                polling(top.section("polling")),
                limits(top.section("timeouts")));
    }

    private static Listen listen(ConfigSection section) {
        Listen listen =
                new Listen(section.text("address").orElse("127.0.0.1"), section.number("port", 8080, 0, 65_535));
        section.close();
        return listen;
    }

    private static Map<CellId, List<AgentAddress>> cells(ConfigSection top, Set<CellId> siblingsRequired) {
        Map<CellId, List<AgentAddress>> cells = new LinkedHashMap<>();
        for (ConfigSection section : top.list("cells")) {
            CellId cell = id(section, "cell", CellId::new);
            List<AgentAddress> agents = new ArrayList<>();
            for (ConfigSection agent : section.list("agents")) {
                AgentAddress address = agent(cell, agent);
                if (agents.stream().anyMatch(known -> known.host().equals(address.host()))) {
                    throw agent.fault("host", "'" + address.host() + "' is listed twice in cell " + cell);
                }
                agents.add(address);
            }
            if (siblingsRequired(section)) {
                siblingsRequired.add(cell);
            }
            section.close();
            if (cells.put(cell, List.copyOf(agents)) != null) {
                throw section.fault("cell", "'" + cell + "' is listed twice");
            }
        }
        return cells;
    }

    private static AgentAddress agent(CellId cell, ConfigSection section) {
        HostId host = id(section, "host", HostId::new);
        String url = section.needText("url");
        section.close();
        try {
            URI uri = new URI(url);
            boolean plain = (uri.getRawPath() == null || uri.getRawPath().length() <= 1)
                    && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null;
            if ("https".equals(uri.getScheme()) && uri.getHost() != null && plain) {
                String address = uri.getHost().replaceAll("[\\[\\]]", "");
                return new AgentAddress(cell, host, address, uri.getPort() < 0 ? DEFAULT_AGENT_PORT : uri.getPort());
            }
        } catch (URISyntaxException e) {
            // Falls through: the line below says what would be right.
        }
        throw section.fault("url", "must be https://ADDRESS:PORT and nothing more, not '" + url + "'");
    }

    private static <T> T id(ConfigSection section, String key, Function<String, T> type) {
        try {
            return type.apply(section.needText(key));
        } catch (IllegalArgumentException e) {
            throw section.fault(key, "is wrong: " + e.getMessage());
        }
    }

    private static TlsFiles tls(ConfigSection security) {
        ConfigSection section = security.section("tls");
        TlsFiles files =
                new TlsFiles(readable(section, "ca"), readable(section, "certificate"), readable(section, "key"));
        section.close();
        security.close();
        TlsCheck.of(files);
        return files;
    }

    private static Path readable(ConfigSection section, String key) {
        Path path = Path.of(section.needText(key));
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw section.fault(key, "names " + path + ", which is not a readable file");
        }
        return path;
    }

    private static Path history(ConfigSection section) {
        Path path = Path.of(section.text("path").orElse("/var/lib/quorumfence/coordinator/history.db"));
        section.close();
        return path;
    }

    private static Duration permitTtl(ConfigSection section) {
        Duration ttl = section.span("ttl", Duration.ofMinutes(2), Duration.ofSeconds(5), Duration.ofMinutes(60));
        section.close();
        return ttl;
    }

    private static boolean siblingsRequired(ConfigSection section) {
        String word = section.text("siblings").orElse("optional");
        if (!Set.of("optional", "required").contains(word)) {
            throw section.fault("siblings", "must be optional or required, not '" + word + "'");
        }
        return word.equals("required");
    }

    private static Throttle throttle(ConfigSection section) {
        Throttle standard = Throttle.standard();
        Throttle throttle = new Throttle(
                section.number("perDestination", standard.perDestination(), 0, 10_000),
                section.number("perCell", standard.perCell(), 0, 10_000),
                section.span("wait", standard.waitMax(), Duration.ofSeconds(10), Duration.ofMinutes(720)));
        section.close();
        return throttle;
    }

    private static Polling polling(ConfigSection section) {
        Duration rest = section.span("rest", Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(30));
        Duration busy = section.span("busy", Duration.ofMillis(100), Duration.ofMillis(20), Duration.ofSeconds(1));
        if (busy.compareTo(rest) > 0) {
            throw section.fault(
                    "busy",
                    "(" + Spans.show(busy) + ") must not be longer than polling.rest (" + Spans.show(rest) + ")");
        }
        section.close();
        return new Polling(rest, busy);
    }

    private static AgentLimits limits(ConfigSection section) {
        AgentLimits standard = AgentLimits.standard();
        Duration min = Duration.ofMillis(100);
        Duration max = Duration.ofSeconds(10);
        AgentLimits limits = new AgentLimits(
                section.span("status", Duration.ofMillis(standard.statusMs()), min, Duration.ofSeconds(2))
                        .toMillis(),
                section.span("absence", Duration.ofMillis(standard.absenceMs()), min, max)
                        .toMillis(),
                section.span("permit", Duration.ofMillis(standard.permitMs()), min, max)
                        .toMillis(),
                standard.callsMax());
        section.close();
        return limits;
    }
}
