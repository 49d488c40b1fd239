package io.quorumfence.config;

import static io.quorumfence.config.Configs.cell;
import static io.quorumfence.config.Configs.member;
import static io.quorumfence.config.Configs.storage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.StorageId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CellRulesTest {

    @Test
    void acceptsAPlainCell() {
        CellRules.check(Configs.valid(), false);
        CellRules.check(cell(List.of(member(1)), List.of(storage(1))), false);
    }

    @Test
    void refusesAHostThatIsNoMember() {
        assertRefused(cell(List.of(member(2), member(3)), List.of(storage(1))))
                .hasMessageContaining("host: 'h1' is not among members, which are [h2, h3]");
    }

    @Test
    void refusesDuplicates() {
        assertRefused(cell(List.of(member(1), member(1)), List.of(storage(1))))
                .hasMessageContaining("members[1].host: 'h1' is the same as members[0].host");
        assertRefused(cell(List.of(member(1)), List.of(storage(1), storage(1))))
                .hasMessageContaining("storages[1].id: 's1' is the same as storages[0].id");
        StorageSpec twin = new StorageSpec(
                new StorageId("s2"), storage(1).path(), storage(1).mount());
        assertRefused(cell(List.of(member(1)), List.of(storage(1), twin))).hasMessageContaining("storages[1].path: ");
        Member sameAddress = new Member(new HostId("h2"), member(1).addresses(), Optional.empty());
        assertRefused(cell(List.of(member(1), sameAddress), List.of(storage(1))))
                .hasMessageContaining("members[1].addresses.management: '10.77.1.1' is the same as members[0]");
    }

    @Test
    void refusesTooManyAndNone() {
        List<StorageSpec> six =
                IntStream.rangeClosed(1, 6).mapToObj(Configs::storage).toList();
        assertRefused(cell(List.of(member(1)), six)).hasMessage("storages: 6 entries, must be 1 to 5");
        assertRefused(cell(List.of(member(1)), List.of())).hasMessage("storages: 0 entries, must be 1 to 5");
    }

    @Test
    void refusesAMemberThatIsNotOnEveryPlane() {
        Member half = new Member(new HostId("h1"), Map.of(Configs.MANAGEMENT, "10.0.0.1"), Optional.empty());
        assertRefused(cell(List.of(half), List.of(storage(1))))
                .hasMessageContaining("members[0].addresses.storage: is missing");
        Member more = new Member(
                new HostId("h1"),
                Map.of(Configs.MANAGEMENT, "10.0.0.1", Configs.STORAGE, "10.0.1.1", new PlaneId("x"), "10.0.2.1"),
                Optional.empty());
        assertRefused(cell(List.of(more), List.of(storage(1))))
                .hasMessageContaining("members[0].addresses: plane [x] is not among planes");
    }

    @Test
    void refusesAnAddressThatIsNone() {
        Member odd = new Member(
                new HostId("h1"), Map.of(Configs.MANAGEMENT, "10.0.0.1/24", Configs.STORAGE, "::1"), Optional.empty());
        assertRefused(cell(List.of(odd), List.of(storage(1))))
                .hasMessage("members[0].addresses.management: '10.0.0.1/24' is no IP address or host name");
    }

    @Test
    void refusesAFileWithoutItsMountExceptOnTheLoopbackCell() {
        List<StorageSpec> file = List.of(new StorageSpec(new StorageId("s1"), "/srv/s1.cell", Optional.empty()));
        CellConfig bare = cell(List.of(member(1)), file);
        assertRefused(bare).hasMessageContaining("storages[0].mount: is missing; a file needs its mount directory");
        CellRules.check(cell(List.of(onLoopback("127.1.1.1", "127.1.2.1")), file), true);
        CellRules.check(
                cell(
                        List.of(member(1)),
                        List.of(new StorageSpec(new StorageId("s1"), "/dev/disk/by-id/wwn-1", Optional.empty()))),
                false);
    }

    @Test
    void aLoopbackCellHasNoAddressThatAnotherMachineCouldReach() {
        for (String strange : List.of("10.0.0.1", "kvm1.example.org", "127.example.org", "::2")) {
            CellConfig mixed = cell(List.of(onLoopback("127.0.0.1", strange)), List.of(storage(1)));
            assertThatThrownBy(() -> CellRules.check(mixed, true))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("members[0].addresses.storage: '" + strange + "' is not in 127.0.0.0/8;"
                            + " libvirt.driver: process is for a demonstration on one machine, and real hosts need"
                            + " driver: libvirt");
        }
    }

    private static Member onLoopback(String management, String storage) {
        return new Member(
                new HostId("h1"), Map.of(Configs.MANAGEMENT, management, Configs.STORAGE, storage), Optional.empty());
    }

    @Test
    void refusesPathsThatCannotBe() {
        assertRefused(withPath("relative", Optional.empty())).hasMessageContaining("must be an absolute path");
        assertRefused(withPath("/srv/x", Optional.of("/"))).hasMessageContaining("'/' is always mounted");
        assertRefused(withPath("/srv2/x", Optional.of("/srv"))).hasMessageContaining("is not below its mount '/srv'");
    }

    private static CellConfig withPath(String path, Optional<String> mount) {
        return cell(List.of(member(1)), List.of(new StorageSpec(new StorageId("s1"), path, mount)));
    }

    @Test
    void refusesAnSshTargetThatNobodyCouldReachOrTrust() {
        assertRefused(withSsh(new SshTarget(List.of(), 22, "root", "ssh-ed25519 AAAA")))
                .hasMessage("members[0].ssh.addresses: 0 entries, must be 1 to 8");
        assertRefused(withSsh(new SshTarget(List.of("10.0.0.1"), 0, "root", "ssh-ed25519 AAAA")))
                .hasMessage("members[0].ssh.port: 0 is no port, must be 1 to 65535");
        assertRefused(withSsh(new SshTarget(List.of("10.0.0.1"), 22, "root", "")))
                .hasMessageStartingWith("members[0].ssh.hostKey: is no public host key");
        assertRefused(withSsh(new SshTarget(List.of("10.0.0.1"), 22, "root;x", "ssh-ed25519 AAAA")))
                .hasMessageContaining("is no user name");
    }

    private static CellConfig withSsh(SshTarget target) {
        Member like = member(1);
        return cell(List.of(new Member(like.host(), like.addresses(), Optional.of(target))), List.of(storage(1)));
    }

    @Test
    void refusesAStormGuardThatGuardsNothing() {
        assertRefused(Configs.storm(3, Duration.ofMinutes(10)))
                .hasMessage("storm.limit: 3 is out of range, 0 (the published share) to 2: at least one host of 3 must"
                        + " be left");
        assertRefused(Configs.storm(0, Duration.ZERO)).hasMessage("storm.window: 0ms is out of range, 1s to 1440m");
    }

    @Test
    void durationsAreNamedWhenTheyAreNone() {
        assertThat(DurationText.parse("k", "1500ms")).isEqualTo(Duration.ofMillis(1500));
        assertThat(DurationText.parse("k", "2h")).isEqualTo(Duration.ofHours(2));
        assertThatThrownBy(() -> DurationText.parse("libvirt.poll", "500"))
                .hasMessageStartingWith("libvirt.poll: '500' has no unit; write a whole number and ms, s, m or h");
        assertThatThrownBy(() -> DurationText.parse("libvirt.poll", "fast"))
                .hasMessageStartingWith("libvirt.poll: 'fast' is no duration");
        assertThat(DurationText.of(Duration.ofNanos(1))).isEqualTo("1ms");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            CellConfig config) {
        return assertThatThrownBy(() -> CellRules.check(config, false)).isInstanceOf(ConfigException.class);
    }
}
