package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.config.Profile;
import io.quorumfence.config.Rejoin;
import io.quorumfence.model.HostId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AgentConfigFileTest {
    private static final Path EXAMPLE = Path.of("../conf/agent.yaml");

    private static final String MINIMAL = """
            cell: lab1
            host: h1
            watchdog: {kind: none}
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

    @Test
    void readsTheExampleThatIsShipped() {
        AgentConfig config = AgentConfigFile.read(EXAMPLE);
        assertThat(config.cell().host()).isEqualTo(new HostId("kvm1"));
        assertThat(config.cell().members()).hasSize(3);
        assertThat(config.cell().storages().get(2).mount()).isEmpty();
        // Every value spelled out in the example is the default that its description names.
        assertThat(config.cell().deadlines()).isEqualTo(Profile.NORMAL.deadlines());
        assertThat(config.notices()).isEmpty();
    }

    @Test
    void everyKeyIsDescribedInTheExample() throws IOException {
        String example = Files.readString(EXAMPLE);
        List<String> places = List.of(
                "rho: 1000\n",
                "  beat: 1s\n",
                "  action: stop-vms\n",
                "  kind: device\n",
                "  http: 7443\n",
                "  macKeyFile: /etc/quorumfence/mac.key\n",
                "    ca: /etc/quorumfence/tls/ca.pem\n",
                "  connectTimeout: 1500ms\n",
                "  uri: qemu:///system\n",
                "  window: 10m\n",
                "    path: /srv/quorum1/quorumfence.cell\n",
                "    addresses: {management: 192.0.2.11, storage: 198.51.100.11}\n",
                "      user: root\n");
        for (String place : places) {
            String indent =
                    place.substring(0, place.length() - place.stripLeading().length());
            String broken = example.replace(place, place + indent + "zzzzzzzz: 1\n");
            Matcher refusal = Pattern.compile("unknown key 'zzzzzzzz' in .*; known there: (.*)")
                    .matcher(refusalOf(broken));
            assertThat(refusal.matches()).as(place).isTrue();
            Arrays.stream(refusal.group(1).split(", "))
                    .forEach(key -> assertThat(example).containsPattern("(?m)^[ #-]*" + key + ":"));
        }
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        AgentConfig config = read(MINIMAL);
        assertThat(config.cell().action()).isEqualTo(SelfFenceAction.STOP_VMS);
        assertThat(config.cell().rhoPpm()).isEqualTo(1000);
        assertThat(config.cell().flight()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.cell().stormWindow()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.run()).isEqualTo(Path.of("/run/quorumfence"));
        assertThat(config.ports()).isEqualTo(new AgentConfig.Ports(7443, 7444, 5701));
        assertThat(config.ssh().keyFile()).isEmpty();
        assertThat(config.vms().driver()).isEqualTo(AgentConfig.Driver.LIBVIRT);
        assertThat(config.notices())
                .containsExactly("watchdog.kind: none; no VM of this host will ever be released by time");
    }

    @Test
    void theScopeIsTheWholeHostAndALostStoragesIsRefusedWithTheReason() {
        assertThat(refusalOf(MINIMAL + "selfFence: {scope: lost-storage}\n"))
                .contains("selfFence.scope: lost-storage is not to be had: a lease is the right to run ALL VMs");
        assertThat(refusalOf(MINIMAL + "selfFence: {scope: some}\n")).contains("selfFence.scope: 'some' must be all");
        assertThat(read(MINIMAL + "selfFence: {scope: all}\n").cell().action()).isEqualTo(SelfFenceAction.STOP_VMS);
    }

    @Test
    void aHostComesBackByItselfUnlessAnOperatorIsWanted() {
        assertThat(read(MINIMAL).cell().rejoin()).isEqualTo(Rejoin.AUTOMATIC);
        assertThat(read(MINIMAL + "rejoin: operator\n").cell().rejoin()).isEqualTo(Rejoin.OPERATOR);
        assertThat(refusalOf(MINIMAL + "rejoin: never\n")).contains("rejoin: 'never' must be one of");
    }

    @Test
    void oneDeadlineReplacesThePresetsAndALongerBudgetIsSaid() {
        AgentConfig config = read(MINIMAL.replace("kind: none", "kind: fifo-lab, device: /run/dog")
                + "profile: fast\ndeadlines: {self: 12s}\n");
        assertThat(config.cell().deadlines().self()).isEqualTo(Duration.ofSeconds(12));
        assertThat(config.cell().deadlines().beat())
                .isEqualTo(Profile.FAST.deadlines().beat());
        assertThat(config.watchdogPath()).contains(Path.of("/run/dog"));
        assertThat(config.notices())
                .containsExactly("deadlines: a failover by time takes up to 22s, profile fast publishes 15s");
    }

    @Test
    void softdogIsCountedOnlyWhereItWasAccepted() {
        AgentConfig plain = read(MINIMAL.replace("kind: none", "kind: device"));
        assertThat(plain.cell().watchdog()).isEqualTo(WatchdogKind.DEVICE);
        assertThat(plain.watchdogPath()).contains(Path.of("/dev/watchdog"));
        AgentConfig accepted = read(MINIMAL.replace("kind: none", "kind: device, accept: softdog"));
        assertThat(accepted.cell().watchdog()).isEqualTo(WatchdogKind.SOFTDOG);
        assertThat(accepted.notices()).hasSize(1);
    }

    @Test
    void filesOfTheLoopbackCellNeedNoMount() {
        String files = MINIMAL.replace("/dev/vdb", "/tmp/s1.cell");
        assertThat(refusalOf(files)).contains("storages[0].mount: is missing");
        String loopback =
                files.replace("10.0.0.1", "127.0.1.1") + "libvirt: {driver: process, accept: loopback-demo}\n";
        AgentConfig config = read(loopback);
        assertThat(config.cell().storages().get(0).id()).isEqualTo(new StorageId("s1"));
        assertThat(config.cell().storages().get(0).mount()).isEqualTo(Optional.empty());
        assertThat(config.notices())
                .contains("libvirt.accept: loopback-demo; hosts and VMs are plain processes of one machine, which"
                        + " protects nothing and is for a demonstration only");
    }

    @Test
    void plainProcessesAreVmsOnlyWhereThatWasAcceptedAndOnlyOnThisMachine() {
        assertThat(refusalOf(MINIMAL + "libvirt: {driver: process}\n"))
                .isEqualTo("libvirt.driver: process is for a demonstration without VMs, and needs libvirt.accept:"
                        + " loopback-demo");
        assertThat(refusalOf(MINIMAL + "libvirt: {accept: loopback-demo}\n"))
                .isEqualTo("libvirt.accept: loopback-demo goes with driver: process only");
        assertThat(refusalOf(MINIMAL + "libvirt: {driver: process, accept: loopback-demo}\n"))
                .startsWith("members[0].addresses.management: '10.0.0.1' is not in 127.0.0.0/8; ");
    }

    static Stream<Arguments> refusesInOneLineThatNamesTheKey() {
        return Stream.of(
                Arguments.of(
                        "storages:", "storagess:", "unknown key 'storagess' in top level; did you mean 'storages'?"),
                Arguments.of(
                        "macKeyFile:",
                        "mackeyfile:",
                        "unknown key 'mackeyfile' in security; did you mean 'macKeyFile'?"),
                Arguments.of("storages:", "disks:", "'disks' is no key of this version; use 'storages'"),
                Arguments.of(
                        "cell: lab1", "cell:", "cell: is empty; give a value or leave the key out for the default"),
                Arguments.of(
                        "cell: lab1",
                        "cell: a b",
                        "cell: cell id 'a b' must be 1 to 63 letters, digits, dots, dashes or " + "underscores"),
                Arguments.of(
                        "host: h1",
                        "host: h_1",
                        "host: host id 'h_1' must be 1 to 63 letters, digits, dots or dashes, with a letter or digit on"
                                + " both sides of each dot and at both ends: it is a DNS name in the host's"
                                + " certificate"),
                Arguments.of(
                        "host: h1",
                        "host: h9",
                        "host: 'h9' is not among members, which are [h1]; every host of the cell has the same list"),
                Arguments.of(
                        "kind: none",
                        "kind: softdog",
                        "watchdog.kind: 'softdog' must be one of device, fifo-lab, none"),
                Arguments.of(
                        "kind: none",
                        "kind: nome",
                        "watchdog.kind: 'nome' must be one of device, fifo-lab, none; did you mean " + "'none'?"),
                Arguments.of(
                        "kind: none",
                        "device: /dev/w",
                        "watchdog.kind: is missing; must be one of device, fifo-lab, none"),
                Arguments.of(
                        "kind: none",
                        "kind: fifo-lab",
                        "watchdog.device: is missing; kind fifo-lab needs the path of its FIFO"),
                Arguments.of(
                        "kind: none",
                        "kind: none, accept: softdog",
                        "watchdog.accept: softdog goes with kind: device only"),
                Arguments.of("[management]", "management", "planes: must be a list"),
                Arguments.of("10.0.0.1", "[10.0.0.1]", "members[0].addresses.management: must be a single value"),
                Arguments.of("/etc/q/mac.key", "mac.key", "security.macKeyFile: 'mac.key' must be an absolute path"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesInOneLineThatNamesTheKey(String from, String to, String refusal) {
        String line = refusalOf(MINIMAL.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)));
        assertThat(line).isEqualTo(refusal);
    }

    static Stream<Arguments> refusesAnAddedLineByName() {
        return Stream.of(
                Arguments.of("nodes: []", "'nodes' is no key of this version; use 'members'"),
                Arguments.of("heartbeat: 1s", "'heartbeat' is no key of this version; use 'deadlines.beat'"),
                Arguments.of(
                        "deadlines: {lease: 1s}", "'deadlines.lease' is no key of this version; use 'deadlines.self'"),
                Arguments.of(
                        "deadlines: {beat: 500}",
                        "deadlines.beat: '500' has no unit; write a whole number and ms, s, m or h, "
                                + "such as 500ms or 2s"),
                Arguments.of("deadlines: {bete: 1s}", "unknown key 'bete' in deadlines; did you mean 'beat'?"),
                Arguments.of(
                        "deadlines: {suspect: 1s}",
                        "deadlines.suspect must be at least 2 * deadlines.beat, but 1s < 2s: one lost "
                                + "round must not make a suspect; raise suspect or lower beat"),
                Arguments.of("rho: 1.5", "rho: '1.5' must be a whole number, 0 to 200000"),
                Arguments.of("rho: 300000", "rho: '300000' must be a whole number, 0 to 200000"),
                Arguments.of("ports: {http: 70000}", "ports.http: '70000' must be a whole number, 1 to 65535"),
                Arguments.of("ports: {http: 5701}", "ports.cluster: 5701 is the same as ports.http"),
                Arguments.of(
                        "profile: fats", "profile: 'fats' must be one of fast, normal, patient; did you mean 'fast'?"),
                Arguments.of("ssh: {commandTimeout: 1s}", "ssh.commandTimeout: 1s is out of range, 4s to 1m"),
                Arguments.of(
                        "ssh: {commandTimeout: 40s}",
                        "ssh.commandTimeout: 2 * ssh.connectTimeout + ssh.commandTimeout must be at most T_takeover, "
                                + "but 43s > 28047ms: such an attempt would end after the proof by time"),
                Arguments.of(
                        "storm: {limit: 2}",
                        "storm.limit: 2 is out of range, 0 (the published share) to 1: at least one "
                                + "host of 1 must be left"),
                Arguments.of("libvirt: 7", "libvirt: must be a mapping of keys to values"),
                Arguments.of("cell: twice", "is not YAML: Duplicate field 'cell' (line 12)"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesAnAddedLineByName(String added, String refusal) {
        assertThat(refusalOf(MINIMAL + added + "\n")).isEqualTo(refusal);
    }

    @Test
    void whatIsNoYamlIsOneLineWithoutItsText() {
        assertThat(refusalOf("cell: [lab1\nsecret: x\n"))
                .startsWith("is not YAML: ")
                .doesNotContain("\n");
        assertThat(refusalOf("")).isEqualTo("the file: must be a mapping of keys to values");
        assertThat(refusalOf("- a\n- b\n")).isEqualTo("the file: must be a mapping of keys to values");
        assertThatThrownBy(() -> AgentConfigFile.read(directory.resolve("none.yaml")))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("cannot read ");
    }

    /** The same device under two names says of a host that runs what is true of one that is off. */
    @ParameterizedTest
    @CsvSource({"h1, h1", "h1, h2"})
    void aFenceDeviceIsOfOneHostOnce(String first, String second) {
        String device = "{devices: [{agent: fence_ipmilan, parameters: {ip: 10.0.0.9}}]}";
        String own = "{devices: [{agent: fence_ipmilan, parameters: {ip: 10.0.0.8}}]}";
        String hosts = first.equals(second)
                ? "    - {host: h1, levels: [" + device + ", " + own + ", " + device + "]}\n"
                : "    - {host: h1, levels: [" + device + "]}\n    - {host: h2, levels: [" + own + ", " + device
                        + "]}\n";
        String members = "  - {host: h1, addresses: {management: 10.0.0.1}}\n";
        String two = MINIMAL.replace(members, members + "  - {host: h2, addresses: {management: 10.0.0.2}}\n");
        assertThat(refusalOf(two + "power:\n  hosts:\n" + hosts))
                .contains("fence_ipmilan with the same parameters is there twice")
                .contains(first.equals(second) ? "both under h1" : "under h1 and h2");
    }

    private AgentConfig read(String text) {
        try {
            return AgentConfigFile.read(Files.writeString(directory.resolve("agent.yaml"), text));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The refusal without the file's name, which starts every one. */
    private String refusalOf(String text) {
        try {
            read(text);
        } catch (StartException e) {
            String line = String.valueOf(e.getMessage());
            assertThat(line).startsWith("agent.yaml: ").doesNotContain("\n");
            return line.substring("agent.yaml: ".length());
        }
        return "accepted";
    }
}
