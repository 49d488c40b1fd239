package io.quorumfence.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.fake.TestAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real main says of a start that cannot be: one line, and the exit code that a supervisor goes by. */
class CoordinatorMainTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String text = "";

    @BeforeEach
    void aConfigurationThatIsRight() {
        TlsFiles tls = new TestAuthority(directory).files("coordinator");
        text = """
                listen: {port: 0}
                cells:
                  - cell: lab1
                    agents:
                      - {host: h1, url: "https://127.0.0.1:1"}
                security:
                  tls: {ca: CA, certificate: CERT, key: KEY}
                history: {path: @/history.db}
                """.replace("@", directory.toString())
                .replace("CA", tls.ca().toString())
                .replace("CERT", tls.certificate().toString())
                .replace("KEY", tls.key().toString());
    }

    @Test
    void aWrongCommandLineIsAUsageError() {
        assertThat(run("--config")).isEqualTo(64);
        assertRefused("Missing required parameter for option '--config'");
        assertThat(run()).isEqualTo(64);
        assertRefused("Missing required option: '--config=FILE'; --help lists what it takes");
    }

    @Test
    void aConfigurationThatIsNotRightIsNamed() throws IOException {
        assertThat(started(text.replace("cell: lab1", "zell: lab1"))).isEqualTo(78);
        assertRefused("coordinator.yaml: cells[0].cell is missing");
    }

    @Test
    void checkStartsNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("coordinator.yaml"), text);
        assertThat(run("--check", "--config", file.toString())).isZero();
        assertThat(out.toString()).endsWith("coordinator.yaml: right\n");
        assertThat(directory.resolve("history.db")).doesNotExist();
    }

    @Test
    void anAddressThatIsTakenIsUnavailable() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(started(text.replace("port: 0", "port: " + taken.getLocalPort())))
                    .isEqualTo(69);
            assertRefused("cannot serve 127.0.0.1 port " + taken.getLocalPort() + ": ");
        }
    }

    @Test
    void aHistoryThatCannotBeKeptIsAnInputOutputError() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(started(text.replace(directory + "/history.db", file + "/history.db")))
                .isEqualTo(74);
        assertRefused("history " + file + "/history.db: its directory cannot be made: ");
    }

    private int started(String config) throws IOException {
        Path file = Files.writeString(directory.resolve("coordinator.yaml"), config);
        return run("--config", file.toString());
    }

    private int run(String... words) {
        err.getBuffer().setLength(0);
        return CoordinatorMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    private void assertRefused(String start) {
        assertThat(err.toString().lines()).singleElement().asString().startsWith("qf-coordinator: " + start);
    }
}
