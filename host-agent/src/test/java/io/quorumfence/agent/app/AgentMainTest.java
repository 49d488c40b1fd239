package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.api.TestAuthority;
import io.quorumfence.agent.api.TlsFiles;
import io.quorumfence.config.CellConfig;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real main says of a start that cannot be: one line, and the exit code that a supervisor goes by. */
class AgentMainTest {
    private static final String NATIVE = "qf.native";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path file;
    private String text = "";

    @BeforeEach
    void aConfigurationThatIsRightButForItsRunDirectory() throws Exception {
        System.setProperty(NATIVE, Path.of("target/native").toAbsolutePath().toString());
        TlsFiles tls = new TestAuthority(directory).host("h1");
        Files.writeString(directory.resolve("mac.key"), "5a".repeat(32) + "\n");
        file = directory.resolve("agent.yaml");
        text = """
                cell: lab1
                host: h1
                profile: fast
                run: @/run
                journal: @/journal
                watchdog: {kind: none}
                planes: [management]
                members:
                  - {host: h1, addresses: {management: 127.0.0.1}}
                storages:
                  - {id: s1, path: @/s1.cell}
                security:
                  macKeyFile: @/mac.key
                  tls: {ca: CA, certificate: CERT, key: KEY}
                libvirt: {driver: process, accept: loopback-demo}
                """.replace("@", directory.toString())
                .replace("CA", tls.ca().toString())
                .replace("CERT", tls.certificate().toString())
                .replace("KEY", tls.key().toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(NATIVE);
    }

    @Test
    void aWrongCommandLineIsAUsageError() {
        assertThat(run("--confg", "x")).isEqualTo(64);
        assertThat(line()).startsWith("qf-agent: Unknown option").endsWith("; --help lists what it takes");
    }

    @Test
    void aFileThatIsNotThereOrNotRightIsAConfigurationError() throws IOException {
        assertThat(run("--config", directory.resolve("none.yaml").toString())).isEqualTo(78);
        assertThat(line()).startsWith("qf-agent: cannot read ");
        assertRefused(78, "cell: lab1", "name: lab1", "agent.yaml: 'name' is no key of this version; use 'cell'");
    }

    @Test
    void aDeadlineThatBreaksAnInequalityShowsItWithBothNumbers() throws IOException {
        assertRefused(
                78,
                "profile: fast",
                "profile: fast\ndeadlines: {self: 1s}",
                "agent.yaml: deadlines.self must be at least 4 * deadlines.beat, but 1s < 2s: a lease must outlive lost"
                        + " rounds; raise self or lower beat");
    }

    @Test
    void checkStartsNothingAndSaysWhatShouldBeKnown() throws IOException {
        Files.delete(directory.resolve("mac.key"));
        Files.writeString(file, text);
        assertThat(run("--check", "--config", file.toString())).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).contains("watchdog.kind: none; ").endsWith("agent.yaml: right\n");
        assertThat(directory.resolve("run")).doesNotExist();
        Files.writeString(file, text.replace("cell: lab1", "cell: a b"));
        assertThat(run("--check", "--config", file.toString())).isEqualTo(78);
    }

    @Test
    void aKeyFileThatIsNoneIsNamedAndNotQuoted() throws IOException {
        Path key = directory.resolve("mac.key");
        Files.writeString(key, "topsecret");
        assertRefused(78, "", "", "security.macKeyFile: " + key + ": a MAC key is one line of 64 hex digits");
        assertThat(err.toString()).doesNotContain("topsecret");
        Files.delete(key);
        assertRefused(78, "", "", "security.macKeyFile: " + key + " is not there; the comments of agent.yaml say how");
    }

    @Test
    void aCertificateOfAnotherHostIsNamedWithBothNames() throws Exception {
        Path other = new TestAuthority(Files.createDirectory(directory.resolve("other")))
                .host("h2")
                .certificate();
        assertRefused(
                78,
                directory.resolve("h1.pem").toString(),
                other.toString(),
                "security.tls.certificate: " + other + " is for [h2], not for this host, which is 'h1'; its DNS name"
                        + " must be the host id");
    }

    @Test
    void tlsFilesThatAreMissingOrOfAnotherKindAreNamed() throws IOException {
        String ca = directory.resolve("ca.pem").toString();
        String key = directory.resolve("h1.key").toString();
        assertRefused(78, ca, ca + "x", "security.tls.ca: " + ca + "x is not there; ");
        assertRefused(78, ca, key, "security.tls.ca: " + key + " holds no certificate in PEM form");
        assertRefused(78, key, ca, "security.tls.key: " + ca + " is no private key in PKCS#8 PEM form; openssl pkcs8");
    }

    @Test
    void aReloadThatForgetsTheKeyInForceIsRefused() throws IOException {
        Path key = directory.resolve("mac.key");
        MacKeys inForce = MacKeys.ofHex(Files.readString(key).strip());
        Files.writeString(file, text);
        CellConfig cell = AgentConfigFile.read(file).cell();
        AtomicInteger ended = new AtomicInteger();
        Runnable reload = () -> Reload.reload(
                () -> AgentConfigFile.explained(file, AgentProperties.none()), cell, inForce, ended::incrementAndGet);
        reload.run();
        assertThat(ended).hasValue(1);
        Files.move(key, directory.resolve("old.key"));
        Files.writeString(key, "a5".repeat(32) + "\n");
        reload.run();
        assertThat(ended).as("its successor could read no block of the cell").hasValue(1);
        Files.writeString(
                file, text.replace("security:\n", "security:\n  acceptedMacKeyFiles: [" + directory + "/old.key]\n"));
        reload.run();
        assertThat(ended).hasValue(2);
    }

    @Test
    void aRunDirectoryOnADiskIsUnavailable() throws IOException {
        assertRefused(69, "", "", "run: " + directory.resolve("run") + " is not on a tmpfs; what is kept there must");
    }

    @Test
    void aMissingNativeProgramIsNamed() throws IOException {
        System.setProperty(NATIVE, directory.toString());
        assertRefused(78, "", "", "native program qf-lane is not in " + directory + "; set QF_NATIVE to the directory");
    }

    private void assertRefused(int code, String from, String to, String start) throws IOException {
        err.getBuffer().setLength(0);
        Files.writeString(file, text.replace(from, to));
        assertThat(run("--config", file.toString())).isEqualTo(code);
        assertThat(line()).startsWith("qf-agent: " + start);
    }

    private String line() {
        assertThat(err.toString().lines()).hasSize(1);
        return err.toString().strip();
    }

    private int run(String... words) {
        return AgentMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }
}
