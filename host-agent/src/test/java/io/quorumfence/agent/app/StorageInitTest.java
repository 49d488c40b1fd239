package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StorageInitTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void configure() throws IOException {
        System.setProperty(
                "qf.native", Path.of("target/native").toAbsolutePath().toString());
        Files.writeString(directory.resolve("mac.key"), "5a".repeat(32) + "\n");
        Files.writeString(directory.resolve("agent.yaml"), """
                cell: lab1
                host: h1
                profile: fast
                run: @/run
                journal: @/journal
                watchdog: {kind: none}
                planes: [management]
                members:
                  - {host: h1, addresses: {management: 127.0.0.1}}
                  - {host: h2, addresses: {management: 127.0.0.2}}
                storages:
                  - {id: s1, path: @/s1.cell}
                  - {id: s2, path: @/s2.cell}
                security:
                  macKeyFile: @/mac.key
                  tls: {ca: @/ca.pem, certificate: @/host.pem, key: @/host.key}
                libvirt: {driver: process, accept: loopback-demo}
                """.replace("@", directory.toString()));
    }

    @Test
    void formatsAllStoragesAndSaysSo() {
        assertThat(run("--ballot-block", "8", "--capacity", "2")).isZero();
        assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.contains(": initialised for cell lab1, "));
        assertThat(directory.resolve("s2.cell")).exists();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void refusesAgainInOneLine() {
        run();
        assertThat(run()).isEqualTo(AgentMain.EXIT_CONFIG);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("storage-init: storage s1: ")
                .contains("is in use", "nothing was changed", "--force-erase");
        assertThat(run("--force-erase")).isZero();
    }

    @Test
    void refusesWhatCannotBe() {
        assertRefused("storage 's9' is not in agent.yaml, which has [s1, s2]", "--storage", "s9");
        assertRefused("room for 1 hosts is too little: cell lab1 has 2", "--capacity", "1");
        assertRefused("ballot block 4096 is out of range: 8192 to 1048576 bytes", "--ballot-block", "4");
        assertRefused(
                "storage s2 is configured, not chosen, and cannot be read: ", "--storage", "s1", "--capacity", "2");
    }

    @Test
    void aKeyFileThatIsNoneIsNamedAndNotQuoted() throws IOException {
        Files.writeString(directory.resolve("mac.key"), "topsecret");
        assertRefused("security.macKeyFile: " + directory.resolve("mac.key") + ": a MAC key is one line of 64 hex");
        assertThat(err.toString()).doesNotContain("topsecret");
        Files.delete(directory.resolve("mac.key"));
        assertRefused("security.macKeyFile: " + directory.resolve("mac.key") + " is not there; ");
    }

    @Test
    void aStorageThatIsReadOnlyFullOrNotMountedIsOneLineAndNothingIsChanged() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "skipped: mounting needs root");
        Path mount = Files.createDirectory(directory.resolve("mount"));
        String config = Files.readString(directory.resolve("agent.yaml"));
        Files.writeString(
                directory.resolve("agent.yaml"),
                config.replace(
                        "{id: s1, path: " + directory + "/s1.cell}",
                        "{id: s1, path: " + mount + "/s1.cell, mount: " + mount + "}"));
        String s1 = "storage s1: " + mount + "/s1.cell: ";
        assertRefused(s1 + "nothing is mounted on " + mount + "; mount the storage first");
        mounted("ro", mount, s1 + "cannot be made: Read-only file system; mount it for writing");
        mounted("size=64k", mount, s1 + "needs ");
        assertThat(err.toString())
                .contains(" bytes more, and its file system has 65536 left; make room on it; nothing was changed");
        assertThat(directory.resolve("s2.cell")).isEmptyFile();
    }

    private void mounted(String option, Path mount, String start) throws Exception {
        assertThat(exec("mount", "-t", "tmpfs", "-o", option, "qf-test", mount.toString()))
                .isZero();
        try {
            assertRefused(start);
        } finally {
            assertThat(exec("umount", "--lazy", mount.toString())).isZero();
        }
    }

    private static int exec(String... words) throws Exception {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }

    private void assertRefused(String start, String... options) {
        err.getBuffer().setLength(0);
        assertThat(run(options)).isEqualTo(AgentMain.EXIT_CONFIG);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("storage-init: " + start);
    }

    private int run(String... options) {
        String[] words = new String[options.length + 2];
        words[0] = "--config";
        words[1] = directory.resolve("agent.yaml").toString();
        System.arraycopy(options, 0, words, 2, options.length);
        return new CommandLine(new StorageInit())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }
}
