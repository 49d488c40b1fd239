package io.quorumfence.agent.effect.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.wire.MacKey;
import io.quorumfence.wire.MacKeys;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds a secret cannot be printed, whichever way somebody tries. */
class SshAccessTest {
    @TempDir
    private Path dir;

    @Test
    void theSshKeyIsNeverPrinted() throws Exception {
        Sshd.key(dir.resolve("key"));
        FenceAttempt.Access access = new SshAccess(dir.resolve("key")).get();
        List<String> lines = Files.readAllLines(dir.resolve("key"));
        String body = lines.get(lines.size() - 2);
        assertThat(access.toString()).isEqualTo("Access[key not shown]");
        assertThat(access.key().toString()).doesNotContain(body);
        assertThat(new JsonObject().put("access", access).getMap().toString()).doesNotContain(body);
    }

    @Test
    void aKeyFileThatIsNoneIsNotQuoted() throws Exception {
        Path file = Files.writeString(dir.resolve("none"), "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted-words\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> new SshAccess(file).get())
                .hasMessageContaining("ssh.keyFile " + file)
                .hasNoCause()
                .satisfies(e -> assertThat(e.toString()).doesNotContain("planted"));
    }

    @Test
    void aMacKeyIsNeverPrinted() {
        String hex = "0123456789abcdef".repeat(4);
        MacKey key = MacKey.ofHex(hex);
        assertThat(key + " " + MacKeys.of(key)).doesNotContain(hex).doesNotContain("0123456789");
        assertThatThrownBy(() -> MacKey.ofHex("planted-words"))
                .satisfies(e -> assertThat(e.toString()).doesNotContain("planted"));
    }
}
