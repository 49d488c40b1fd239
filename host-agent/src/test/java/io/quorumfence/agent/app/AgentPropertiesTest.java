package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AgentPropertiesTest {
    private static final String YAML = """
            cell: lab1
            host: h1
            watchdog: {kind: fifo-lab, device: /run/dog}
            planes: [management]
            members:
              - {host: h1, addresses: {management: 10.0.0.1}}
            storages:
              - {id: s1, path: /dev/vdb}
            security:
              macKeyFile: /etc/q/mac.key
              tls: {ca: /etc/q/ca.pem, certificate: /etc/q/host.pem, key: /etc/q/host.key}
            """;

    @TempDir
    private Path directory;

    private AgentConfigFile.Explained read(String yaml, String properties) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), yaml);
        Path old = Files.writeString(directory.resolve("agent.properties"), properties);
        return AgentConfigFile.explained(file, AgentProperties.read(old));
    }

    private static String sourceOf(AgentConfigFile.Explained read, String key) {
        return read.settings().stream()
                .filter(setting -> setting.key().equals(key))
                .map(Ledger.Setting::source)
                .findFirst()
                .orElse("");
    }

    @Test
    void aProfilesOwnTimeoutIsExplainedAsSuch() throws IOException {
        AgentConfigFile.Explained read =
                read(YAML + "profiles: {normal: {ssh: {connectTimeout: 1s}}}\n", "guid=8a1c\n");

        assertThat(read.config().ssh().connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(sourceOf(read, "ssh.connectTimeout")).isEqualTo("profiles.normal");
        assertThat(sourceOf(read, "ssh.commandTimeout")).isEqualTo("default");
    }

    @Test
    void cloudStacksKeysAreUnderstoodAndOthersPassedOver() throws IOException {
        AgentConfigFile.Explained read = read(YAML, """
                guid=8a1c
                ! a remark
                kvm.heartbeat.fence.action = graceful-reboot
                kvm.heartbeat.fence.consecutive.failures:15
                kvm.heartbeat.fence.cooldown.seconds 600
                kvm.heartbeat.fence.something.else=odd
                """);

        assertThat(read.config().cell().action()).isEqualTo(SelfFenceAction.GRACEFUL_REBOOT);
        assertThat(read.config().cell().reaction()).isEqualTo(new Reaction(true, false, Duration.ofMinutes(10)));
        assertThat(read.config().cell().deadlines().self()).isEqualTo(Duration.ofSeconds(16));
        assertThat(sourceOf(read, "selfFence.action")).isEqualTo("agent.properties:3 (kvm.heartbeat.fence.action)");
        assertThat(sourceOf(read, "deadlines.self")).isEqualTo("raised for selfFence.consecutiveFailures");
    }

    @Test
    void theYamlsOwnWordHoldsBeforeThePropertiesAndThoseBeforeThePreset() throws IOException {
        String yaml = YAML + "selfFence:\n  action: log-only\n";
        AgentConfigFile.Explained read = read(
                yaml,
                "kvm.heartbeat.fence.action=reboot\nreboot.host.and.alert.management.on.heartbeat.timeout=false\n");

        assertThat(read.config().cell().action()).isEqualTo(SelfFenceAction.LOG_ONLY);
        assertThat(sourceOf(read, "selfFence.action")).isEqualTo("agent.yaml:13");
        assertThat(read.config().cell().reaction().on()).isFalse();
        assertThat(sourceOf(read, "selfFence.reaction")).startsWith("agent.properties:2 ");
        assertThat(sourceOf(read, "deadlines.self")).isEqualTo("profile normal");
        assertThat(sourceOf(read, "rho")).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({
        "kvm.heartbeat.fence.action=rebot, one of reboot",
        "kvm.heartbeat.fence.action=none, one of reboot",
        "kvm.heartbeat.fence.consecutive.failures=0, 1 to 600",
        "kvm.heartbeat.fence.cooldown.seconds=-5, 0 to 86400",
        "reboot.host.and.alert.management.on.heartbeat.timeout=no, true or false"
    })
    void anUnknownValueIsRefusedByNameWithFileAndLine(String line, String rule) {
        assertThatThrownBy(() -> read(YAML, "\n" + line + "\n"))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("agent.properties:2: " + line.split("=")[0] + ": '")
                .hasMessageContaining(rule);
    }

    @Test
    void failuresThatDoNotFitAnOwnLeaseAreRefusedWithBothNumbers() {
        String yaml = YAML + "deadlines: {self: 12s}\nselfFence: {consecutiveFailures: 15}\n";
        assertThatThrownBy(() -> read(yaml, ""))
                .hasMessageContaining("(selfFence.consecutiveFailures + 1) * deadlines.beat, but 12s < 16s");
    }

    @ParameterizedTest
    @CsvSource({"reboot", "graceful-reboot", "restart-agent"})
    void aCooldownThatAllowsALoopIsRefused(String action) {
        assertThatThrownBy(() -> read(YAML + "selfFence: {action: " + action + ", cooldown: 30s}\n", ""))
                .hasMessageContaining("selfFence.cooldown must be at least 1m with action " + action);
    }

    @ParameterizedTest
    @CsvSource({"on, true", "off, false", "true, true", "false, false"})
    void theSwitchIsReadAsItIsWritten(String word, boolean on) throws IOException {
        assertThat(read(YAML + "selfFence: {reaction: " + word + "}\n", "")
                        .config()
                        .cell()
                        .reaction()
                        .on())
                .isEqualTo(on);
    }

    @Test
    void anAddressWithASecretIsNeverShown() throws IOException {
        AgentConfigFile.Explained read =
                read(YAML + "alerts: {webhook: {url: 'https://user:pass@hooks.example.org:8443/T0/secret?k=v'}}\n", "");
        assertThat(read.settings().toString() + read.config())
                .contains("https://hooks.example.org:8443/...")
                .doesNotContain("secret", "pass@", "k=v");
        assertThatThrownBy(() -> read(YAML + "alerts: {webhook: {url: 'ftp://user:pass@x'}}\n", ""))
                .hasMessageContaining("alerts.webhook.url: must be http://")
                .hasMessageNotContaining("pass");
    }

    @Test
    void explainPrintsSourcesWhatAKeyDoesAndTheArithmetic() throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), YAML);
        StringWriter out = new StringWriter();
        CommandLine program = AgentMain.commandLine().setOut(new PrintWriter(out));
        assertThat(program.execute("config", "explain", "--config", file.toString()))
                .isZero();
        assertThat(out.toString())
                .contains("deadlines.self = 10s    [profile normal]")
                .contains("cell = lab1    [agent.yaml:1]")
                .contains("Too low: a stall of both planes kills healthy VMs.")
                .contains("(T_self 10s + T_act 3s + 2 * T_wd 5s) * (1 + rho) / (1 - rho) + margin 5s = 28047ms")
                .contains("self-fence in force: stop-vms;");
    }

    @Test
    void aWrongConfigurationKeepsTheOldProcessARightOneEndsIt() throws IOException {
        AtomicInteger ended = new AtomicInteger();
        Path file = Files.writeString(directory.resolve("agent.yaml"), YAML + "nonsense: 1\n");
        Path before = Files.writeString(directory.resolve("before.yaml"), YAML);
        CellConfig inForce = AgentConfigFile.read(before).cell();
        MacKeys keys = MacKeys.ofHex("00".repeat(32));
        Reload.reload(
                () -> AgentConfigFile.explained(file, AgentProperties.none()), inForce, keys, ended::incrementAndGet);
        assertThat(ended).hasValue(0);
        Files.writeString(file, YAML.replace("lab1", "lab2"));
        assertThat(Reload.isSameCell(AgentConfigFile.read(file).cell(), inForce))
                .as("its successor could renew nothing")
                .isFalse();
        assertThat(Reload.isSameCell(AgentConfigFile.read(before).cell(), inForce))
                .isTrue();
    }
}
