package io.quorumfence.law;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.agent.app.AgentMain;
import io.quorumfence.coordinator.config.ConfigFault;
import io.quorumfence.coordinator.config.ConfigReader;
import io.quorumfence.lab.ground.CellKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each file of conf/ is read by the program it is for, and describes all that this program understands. */
class ConfFilesLawTest {
    private static final Path CONF = SourceTree.root().resolve("conf");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern KNOWN = Pattern.compile("unknown key '[^']*zzzzzzzz'.*; known t?here: (.*)");

    @TempDir
    private Path directory;

    private String coordinator = "";

    /** Says what is wrong with a text, in one line; empty when nothing is. */
    private interface Reader {
        String complaint(String text) throws IOException;
    }

    @BeforeEach
    void readCoordinatorFileWithKeysThatExist() throws IOException {
        CellKeys keys = CellKeys.make(directory.resolve("keys"));
        keys.certify("coordinator", directory, "coordinator");
        coordinator = Files.readString(CONF.resolve("coordinator.yaml"))
                .replace(
                        "/etc/quorumfence/tls/ca.pem",
                        keys.authorityCertificate().toString())
                .replace("/etc/quorumfence/tls/", directory + "/");
    }

    @Test
    void noFileIsLeftOut() throws IOException {
        try (Stream<Path> files = Files.walk(CONF)) {
            assertThat(files.filter(Files::isRegularFile).map(CONF::relativize).map(Path::toString))
                    .as("a file that is new here needs a law of its own below, or beside this class")
                    .containsExactlyInAnyOrder(
                            "agent.yaml",
                            "coordinator.yaml",
                            "logback.xml",
                            "prometheus/alerts.yaml",
                            "systemd/quorumfence-agent.service",
                            "systemd/quorumfence-coordinator.service",
                            "systemd/quorumfence-keeper.service");
        }
    }

    @Test
    void theAgentTakesItsFileAndTheFileDescribesEveryKey() throws IOException {
        String text = Files.readString(CONF.resolve("agent.yaml"));
        assertThat(agent(text)).isEmpty();
        assertThat(sections(text, this::agent)).hasSizeGreaterThan(10);
    }

    @Test
    void theCoordinatorTakesItsFileAndTheFileDescribesEveryKey() throws IOException {
        assertThat(coordinator(coordinator)).isEmpty();
        assertThat(sections(coordinator, this::coordinator)).hasSizeGreaterThan(7);
    }

    @Test
    void aKeyThatIsNotDescribedIsNoticed() throws IOException {
        String text = Files.readString(CONF.resolve("agent.yaml"));
        Reader withMore = broken -> agent(broken).replace("known there: ", "known there: secretKnob, ");
        JsonNode tree = YAML.readTree(text);
        assertThat(undescribed(text, tree, "", withMore)).containsExactly("secretKnob");
    }

    @Test
    void theLogSettingsAreTheAgentsOwn() {
        assertThat(CONF.resolve("logback.xml"))
                .hasSameTextualContentAs(SourceTree.root().resolve("host-agent/src/main/resources/logback.xml"));
    }

    /** Asks the reader about each mapping of the file; returns their places. */
    private static List<String> sections(String text, Reader reader) throws IOException {
        JsonNode tree = YAML.readTree(text);
        List<String> places = new ArrayList<>();
        collect(tree, "", places);
        for (String place : places) {
            assertThat(undescribed(text, tree, place, reader))
                    .as("section '" + place + "'")
                    .isEmpty();
        }
        return places;
    }

    /** Of a list the first entry is described; the keys of addresses and parameters are the operator's own. */
    private static void collect(JsonNode node, String place, List<String> places) {
        if (node.isArray() && !node.isEmpty()) {
            collect(node.get(0), place + "/0", places);
        } else if (node.isObject() && !place.endsWith("/addresses") && !place.endsWith("/parameters")) {
            places.add(place);
            node.fields().forEachRemaining(field -> collect(field.getValue(), place + "/" + field.getKey(), places));
        }
    }

    private static List<String> undescribed(String text, JsonNode tree, String place, Reader reader)
            throws IOException {
        JsonNode broken = tree.deepCopy();
        ((ObjectNode) broken.at(place)).put("zzzzzzzz", 1);
        String complaint = reader.complaint(YAML.writeValueAsString(broken));
        Matcher known = KNOWN.matcher(complaint);
        assertThat(known.find()).as(place + ": " + complaint).isTrue();
        return Arrays.stream(known.group(1).split(", "))
                .filter(key -> !tree.at(place).has(key))
                .filter(key -> !Pattern.compile("(?m)^ *# " + Pattern.quote(key) + ": .")
                        .matcher(text)
                        .find())
                .toList();
    }

    private String agent(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), text);
        StringWriter err = new StringWriter();
        StringWriter out = new StringWriter();
        CommandLine program =
                AgentMain.commandLine().setErr(new PrintWriter(err)).setOut(new PrintWriter(out));
        int code = program.execute("--check", "--config", file.toString());
        assertThat(code).isEqualTo(err.toString().isEmpty() ? 0 : 78);
        assertThat(out.toString().contains(": right")).isEqualTo(code == 0);
        return err.toString().strip();
    }

    private String coordinator(String text) throws IOException {
        try {
            ConfigReader.read(Files.writeString(directory.resolve("coordinator.yaml"), text));
            return "";
        } catch (ConfigFault e) {
            return String.valueOf(e.getMessage());
        }
    }
}
