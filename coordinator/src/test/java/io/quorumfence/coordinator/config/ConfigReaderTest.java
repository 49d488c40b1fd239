package io.quorumfence.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.fake.TestAuthority;
import io.quorumfence.model.CellId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code coordinator.yaml}: the shipped file, and one clear line for each fault. */
class ConfigReaderTest {
    @TempDir
    Path directory;

    private String shipped = "";

    @BeforeEach
    void shippedFileWithFilesThatExist() throws IOException {
        TlsFiles files = new TestAuthority(directory).files("coordinator");
        shipped = Files.readString(root().resolve("conf/coordinator.yaml"))
                .replace("/etc/quorumfence/tls/ca.pem", files.ca().toString())
                .replace(
                        "/etc/quorumfence/tls/coordinator.pem",
                        files.certificate().toString())
                .replace("/etc/quorumfence/tls/coordinator.key", files.key().toString());
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("shared-model"))) {
            at = Objects.requireNonNull(at.getParent());
        }
        return at;
    }

    private CoordinatorConfig read(String text) throws IOException {
        return ConfigReader.read(Files.writeString(directory.resolve("coordinator.yaml"), text));
    }

    @Test
    void theShippedFileIsWhatItSaysAboutDefaults() throws IOException {
        CoordinatorConfig full = read(shipped);
        assertThat(full.listen().isLoopback()).isTrue();
        assertThat(full.cells().get(new CellId("lab1")))
                .hasSize(3)
                .allSatisfy(agent -> assertThat(agent.url()).startsWith("https://10.77.1."));
        int from = shipped.indexOf("listen:");
        int to = shipped.indexOf("# The cells");
        String least = shipped.substring(0, from) + shipped.substring(to, shipped.indexOf("# The history"));
        CoordinatorConfig defaults = read(least);
        assertThat(defaults).isEqualTo(full);
        assertThat(defaults.limits()).isEqualTo(AgentLimits.standard());
        assertThat(defaults.permitTtl()).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest(name = "{1} -> {2}")
    @CsvSource(delimiter = '|', textBlock = """
            port: 8080          | prot: 8080              | unknown key 'listen.prot'; known here: address, port
            listen:             | listne:                 | unknown key 'listne'
            port: 8080          | port: eighty            | listen.port must be a whole number from 0 to 65535
            port: 8080          | port: 70000             | listen.port must be a whole number from 0 to 65535
            port: 8080          | port: '8080'            | listen.port must be a whole number
            - cell: lab1        | - sell: lab1            | cells[0].cell is missing
            - cell: lab1        | - cell: 'a b'           | cells[0].cell is wrong: cell id 'a b'
            {host: h2,          | {host: h1,              | cells[0].agents[1].host 'h1' is listed twice in cell lab1
            {host: h2,          | {host: '',              | cells[0].agents[1].host must be a text
            {host: h2,          | {host: h_2,             | cells[0].agents[1].host is wrong: host id 'h_2' must be
            https://10.77.1.2   | http://10.77.1.2        | cells[0].agents[1].url must be https://ADDRESS:PORT
            10.77.1.2:7443      | 10.77.1.2:7443/v1       | cells[0].agents[1].url must be https://ADDRESS:PORT
            10.77.1.2:7443      | u:p@10.77.1.2           | cells[0].agents[1].url must be https://ADDRESS:PORT
            ttl: 2m             | ttl: 2h                 | permit.ttl must be a span such as 500ms, 2s or 10m, not '2h'
            ttl: 2m             | ttl: 1s                 | permit.ttl must be from 5s to 60m, not 1s
            rest: 1s            | rest: 50ms              | polling.rest must be from 100ms to 30s, not 50ms
            busy: 100ms         | busy: 1s, rest: 200ms   | is not YAML as expected
            status: 1s          | status: 5s              | timeouts.status must be from 100ms to 2s, not 5s
            permit: 3s          | permits: 3s             | unknown key 'timeouts.permits'
            port: 8080          | 'port: 1\\n  port: 2'   | is not YAML as expected
            """)
    void aFaultIsOneLineThatNamesTheKey(String wrongAt, String instead, String line) {
        assertThat(shipped).contains(wrongAt);
        String text = shipped.replaceFirst(
                java.util.regex.Pattern.quote(wrongAt),
                instead.replace("\\n", "\n").replace("$", "\\$"));
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigFault.class).satisfies(fault -> {
            assertThat(fault.getMessage()).startsWith("coordinator.yaml: ").contains(line);
            assertThat(String.valueOf(fault.getMessage()).lines()).hasSize(1);
        });
    }

    @Test
    void busyMustNotBeLongerThanRestAndBothAreShown() {
        String text = shipped.replace("rest: 1s", "rest: 200ms").replace("busy: 100ms", "busy: 300ms");
        assertThatThrownBy(() -> read(text))
                .hasMessageContaining("polling.busy (300ms) must not be longer than polling.rest (200ms)");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ConfigReader.read(directory.resolve("nowhere.yaml")))
                .hasMessageContaining("nowhere.yaml: there is no such file");
    }

    @Test
    void tlsFilesThatAreMissingOrOfAnotherKindAreNamed() throws IOException {
        TlsFiles files = new TestAuthority(directory).files("coordinator");
        assertThatThrownBy(() -> read(shipped.replaceFirst("certificate: .*", "certificate: /nowhere.pem")))
                .hasMessageContaining("security.tls.certificate names /nowhere.pem, which is not a readable file");
        assertThatThrownBy(() -> read(shipped.replaceFirst("certificate: .*", "certificate: " + files.key())))
                .hasMessageContaining("holds no certificate in PEM form");
        assertThatThrownBy(() -> read(shipped.replaceFirst("key: .*", "key: " + files.certificate())))
                .hasMessageContaining("is not a private key in PKCS8 PEM form");
    }
}
