package io.quorumfence.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.lab.ground.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** conf/systemd and conf/prometheus speak of programs, options and meters that there are. */
class OperationFilesLawTest {
    private static final Path CONF = SourceTree.root().resolve("conf");
    private static final Pattern METER = Pattern.compile(
            "(Gauge|Timer)\\s*\\.builder\\(\\s*(PREFIX \\+ )?\"([a-z._]+)\"" // the meters of both programs
                    + "|(\\.counter)\\(\\s*(PREFIX \\+ )?\"([a-z._]+)\"");
    private static final Pattern NAME = Pattern.compile("quorumfence_[a-z_]+");
    private static final Pattern PROGRAM = Pattern.compile("/usr/libexec/quorumfence/([a-z-]+)");

    @TempDir
    private Path directory;

    @Test
    void alertsAskOnlyForMetersThatExist() throws IOException {
        Set<String> meters = meters();
        assertThat(meters)
                .contains("quorumfence_armed", "quorumfence_datagrams_dropped_total", "quorumfence_history_lost");
        List<String> asked = new ArrayList<>();
        for (JsonNode rule : rules()) {
            Matcher name = NAME.matcher(rule.path("expr").asText());
            while (name.find()) {
                asked.add(name.group());
            }
        }
        assertThat(asked).isNotEmpty().allMatch(meters::contains);
    }

    @Test
    void everyAlertSaysWhatAndWhatItMeans() throws IOException {
        assertThat(rules()).hasSizeGreaterThan(10).allSatisfy(rule -> {
            assertThat(rule.path("alert").asText()).startsWith("Quorumfence");
            assertThat(rule.path("expr").asText()).isNotEmpty();
            assertThat(rule.path("labels").path("severity").asText()).isIn("warning", "critical");
            assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
            assertThat(rule.path("annotations").path("description").asText()).isNotEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "coordinator"})
    void aUnitStartsAMainThatExists(String unit) throws Exception {
        Matcher main = Pattern.compile("(io\\.quorumfence\\.\\S+Main) --config (/\\S+)")
                .matcher(unit(unit));
        assertThat(main.find()).isTrue();
        assertThat(Class.forName(main.group(1)).getMethod("main", String[].class))
                .isNotNull();
        assertThat(main.group(2)).isEqualTo("/etc/quorumfence/" + unit + ".yaml");
    }

    @Test
    void theAgentsUnitGivesHazelcastWhatTheBuildDoes() throws IOException {
        String pom = Files.readString(SourceTree.root().resolve("pom.xml"));
        Matcher flags = Pattern.compile("<hazelcast\\.jvm\\.args>([^<]+)<").matcher(pom);
        assertThat(flags.find()).isTrue();
        assertThat(unit("agent").replaceAll("\\s*\\\\\n\\s*", " "))
                .contains(flags.group(1).strip());
    }

    /** Else stopping the agent would kill the keeper, and the watchdog would reset the host. */
    @Test
    void theKeeperOutlivesTheAgentsUnit() throws IOException {
        assertThat(unit("agent"))
                .contains("\nKillMode=process\n")
                .doesNotContain("\nRuntimeDirectory=")
                .contains("\nWants=quorumfence-keeper.service\n");
        assertThat(unit("keeper"))
                .contains("\nExecStart=/usr/libexec/quorumfence/qf-keeper --shm /run/quorumfence/keeper ");
        String agent = Files.readString(CONF.resolve("agent.yaml"));
        assertThat(agent).contains("\nrun: /run/quorumfence\n", "  device: /dev/watchdog\n", "  watchdog: 5s\n");
        assertThat(unit("keeper")).contains("--watchdog /dev/watchdog --timeout-ms 5000\n");
    }

    @Test
    void systemdTakesTheUnits() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "skipped: no systemd-analyze here");
        Path programs = SourceTree.root().resolve("host-agent/target/native");
        List<Path> units = new ArrayList<>();
        for (String name : List.of("agent", "coordinator", "keeper")) {
            // Of the package's directories there is none here; the programs are the ones that were just built.
            String text = unit(name)
                    .replace("/usr/libexec/quorumfence", programs.toString())
                    .replace(
                            "/usr/bin/java",
                            Path.of(System.getProperty("java.home"), "bin/java").toString());
            units.add(Files.writeString(directory.resolve("quorumfence-" + name + ".service"), text));
        }
        Command.Output said = Command.of(List.of("systemd-analyze", "verify"), units.toArray())
                .run();
        assertThat(said.err() + said.out()).isEmpty();
        assertThat(said.code()).isZero();
    }

    @Test
    void unitsNameProgramsThatAreBuilt() throws IOException {
        Matcher program = PROGRAM.matcher(unit("keeper"));
        assertThat(program.find()).isTrue();
        assertThat(SourceTree.root().resolve("host-agent/src/main/native/Makefile"))
                .content()
                .contains(program.group(1));
    }

    private static String unit(String name) throws IOException {
        return Files.readString(CONF.resolve("systemd/quorumfence-" + name + ".service"));
    }

    private static List<JsonNode> rules() throws IOException {
        JsonNode file =
                new YAMLMapper().readTree(CONF.resolve("prometheus/alerts.yaml").toFile());
        List<JsonNode> rules = new ArrayList<>();
        file.path("groups").forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    /** As Prometheus shows them: dots become underscores, counters end in _total, timers in a unit and a part. */
    private static Set<String> meters() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path source : SourceTree.files(".java")) {
            if (!source.toString().contains("src/main/") || source.toString().contains("it-tests")) {
                continue;
            }
            Matcher meter = METER.matcher(Files.readString(SourceTree.root().resolve(source)));
            while (meter.find()) {
                boolean counter = meter.group(4) != null;
                boolean prefixed = meter.group(counter ? 5 : 2) != null;
                String name = (prefixed ? "quorumfence_" : "")
                        + meter.group(counter ? 6 : 3).replace('.', '_');
                String kind = counter ? "counter" : meter.group(1).toLowerCase(Locale.ROOT);
                switch (kind) {
                    case "counter" -> names.add(name + "_total");
                    case "timer" -> {
                        names.add(name + "_seconds_count");
                        names.add(name + "_seconds_sum");
                        names.add(name + "_seconds_max");
                    }
                    default -> names.add(name);
                }
            }
        }
        return names;
    }
}
