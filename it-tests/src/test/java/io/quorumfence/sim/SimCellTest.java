package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.SshTarget;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.record.CellRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The production core in virtual time: the main job and its counterparts, without a lab. */
class SimCellTest {
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final VmId VM = new VmId(new UUID(7, 7));
    private SimCell cell = new SimCell(configs(2, 1, WatchdogKind.NONE, SelfFenceAction.NONE), 1, true);

    @AfterEach
    void printOnRequest(TestInfo info) {
        if (Boolean.getBoolean("sim.print")) {
            System.out.println("=== " + info.getDisplayName());
            cell.trace.lines().forEach(System.out::println);
        }
        assertThat(cell.oracle.violations).isEmpty();
    }

    static List<CellConfig> configs(int hosts, int storages, WatchdogKind watchdog, SelfFenceAction action) {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= hosts; i++) {
            members.add(new Member(
                    new HostId("h" + i),
                    Map.of(),
                    Optional.of(new SshTarget(List.of("10.77.3." + i), 22, "root", "ssh-ed25519 none"))));
        }
        List<StorageSpec> specs = new ArrayList<>();
        for (int i = 1; i <= storages; i++) {
            specs.add(new StorageSpec(new StorageId("s" + i), "/none", Optional.empty()));
        }
        return members.stream()
                .map(member -> new CellConfig(
                        new CellId("sim"),
                        member.host(),
                        members,
                        List.of(new PlaneId("management"), new PlaneId("storage")),
                        specs,
                        Profile.FAST.deadlines(),
                        1000,
                        Duration.ofSeconds(1),
                        action,
                        watchdog,
                        0,
                        Duration.ofMinutes(10)))
                .toList();
    }

    private void startCell(int hosts, int storages) {
        startCell(hosts, storages, WatchdogKind.FIFO_LAB, SelfFenceAction.STOP_VMS);
    }

    private void startCell(int hosts, int storages, WatchdogKind watchdog, SelfFenceAction action) {
        cell = new SimCell(configs(hosts, storages, watchdog, action), 42, Boolean.getBoolean("sim.print"));
        cell.tickNs = 25 * SimCell.MILLI;
        cell.powerOnAll();
        cell.run(6_000);
        CellRecord record = AgentFacts.record(cell.agent(H1));
        assertThat(record.hosts()).hasSize(hosts);
        cell.host(H1).adopt(VM);
        cell.run(4_000);
        cell.trace.note(cell.time.nowNs(), "--- fault");
    }

    private Optional<Claim> claimOnH1() {
        return AgentFacts.record(cell.agent(H2)).claims().stream()
                .filter(claim -> claim.suspect().equals(H1))
                .reduce((a, b) -> b);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void provesAPowerLossByTimeWithinTheBudget(int storages) {
        startCell(3, storages);
        cell.host(H1).powerOff("test");
        cell.run(14_900);
        assertThat(claimOnH1()).isPresent();
        assertThat(claimOnH1().orElseThrow().isProven()).isTrue();
        assertThat(claimOnH1().orElseThrow().proof().orElseThrow().rung()).isEqualTo(Rung.TIME);
    }

    @Test
    void provesAPowerLossInATwoHostCell() {
        startCell(2, 1);
        cell.host(H1).powerOff("test");
        cell.run(14_900);
        assertThat(claimOnH1().orElseThrow().isProven()).isTrue();
    }

    @Test
    void fencesNobodyWhenOnlyTheNetworkIsCut() {
        startCell(3, 1);
        cell.cutAll(cell.host(H1), 1);
        cell.run(40_000);
        assertThat(claimOnH1()).isEmpty();
        assertThat(cell.host(H1).vms.all()).contains(VM);
        cell.cutAll(cell.host(H1), -1);
        cell.run(10_000);
        assertThat(cell.resets).isZero();
    }

    @Test
    void fencesNobodyWhenOnlyItsStoragesHang() {
        startCell(3, 3);
        cell.hangAll(cell.host(H1), 1);
        cell.run(40_000);
        assertThat(claimOnH1()).isEmpty();
        assertThat(cell.host(H1).vms.all()).contains(VM);
        assertThat(cell.resets).isZero();
    }

    @Test
    void fencesNobodyWhenAllStoragesHangForEverybody() {
        startCell(3, 3);
        cell.hosts().forEach(host -> cell.hangAll(host, 1));
        cell.run(60_000);
        assertThat(cell.host(H1).vms.all()).contains(VM);
        cell.hosts().forEach(host -> cell.hangAll(host, -1));
        cell.run(10_000);
        assertThat(claimOnH1()).isEmpty();
        assertThat(cell.resets).isZero();
    }

    @Test
    void aHostThatLostBothPlanesStopsItsVmsBeforeItIsProven() {
        startCell(3, 3);
        cell.cutAll(cell.host(H1), 1);
        cell.hangAll(cell.host(H1), 1);
        cell.run(7_500);
        assertThat(cell.host(H1).vms.all()).isEmpty();
        assertThat(claimOnH1().orElseThrow().isProven()).isFalse();
        cell.run(7_500);
        assertThat(claimOnH1().orElseThrow().isProven()).isTrue();
        assertThat(cell.resets).isZero();
        cell.cutAll(cell.host(H1), -1);
        cell.hangAll(cell.host(H1), -1);
        cell.run(10_000);
        assertThat(AgentFacts.isJoined(cell.agent(H1))).isTrue();
        assertThat(AgentFacts.record(cell.agent(H2))
                        .host(H1)
                        .orElseThrow()
                        .incarnation()
                        .counter())
                .isEqualTo(2);
    }

    @Test
    void aSiblingProvesByShellWhatStillAnswersThere() {
        startCell(3, 1);
        cell.host(H1).sshOpen = true;
        cell.cutAll(cell.host(H1), 1);
        cell.hangAll(cell.host(H1), 1);
        cell.run(5_000);
        assertThat(claimOnH1().orElseThrow().proof().orElseThrow().rung()).isEqualTo(Rung.SIBLING_SSH);
        assertThat(cell.oracle.fences).isEqualTo(1);
    }

    @Test
    void anAgentThatRestartsKeepsItsLease() {
        startCell(3, 1);
        cell.host(H1).agent.stop();
        cell.run(2_500);
        cell.host(H1).agent.start();
        cell.run(10_000);
        assertThat(cell.resets).isZero();
        assertThat(cell.host(H1).vms.all()).contains(VM);
        assertThat(claimOnH1().filter(Claim::isProven)).isEmpty();
    }

    @Test
    void theWatchdogEndsAHostWhoseAgentStaysDown() {
        startCell(3, 1);
        cell.host(H1).agent.stop();
        cell.run(14_900);
        assertThat(cell.resets).isEqualTo(1);
        assertThat(cell.host(H1).vms.all()).isEmpty();
        cell.run(10_000);
        assertThat(claimOnH1().orElseThrow().isProven()).isTrue();
    }

    @Test
    void timeNeverProvesAHostThatPromisedNoWatchdog() {
        startCell(3, 1, WatchdogKind.NONE, SelfFenceAction.STOP_VMS);
        cell.host(H1).agent.stop();
        cell.run(60_000);
        assertThat(claimOnH1().orElseThrow().isOpen()).isTrue();
        assertThat(AgentFacts.outlook(cell.agent(H2), H1)).contains("no-watchdog");
    }

    @Test
    void aFastPowerCycleIsProvenByTheNewBoot() {
        startCell(3, 1);
        cell.host(H1).powerOff("test");
        cell.run(3_500);
        cell.host(H1).powerOn();
        cell.run(6_000);
        CellRecord record = AgentFacts.record(cell.agent(H2));
        assertThat(record.host(H1).orElseThrow().incarnation().counter()).isEqualTo(2);
        assertThat(record.isBarred(H1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 3", "5, 3"})
    void aSurvivorFinishesTheClaimOfADeadClaimerUnderTheSameToken(int hosts, int storages) {
        startCell(hosts, storages);
        cell.host(H1).powerOff("test");
        for (int i = 0; i < 100 && claimOnH1().isEmpty(); i++) {
            cell.run(50);
        }
        Claim claim = claimOnH1().orElseThrow();
        HostId reader = claim.claimer().equals(H2) ? new HostId("h3") : H2;
        cell.host(claim.claimer()).powerOff("claimer dies");
        cell.run(22_000);
        CellRecord record = AgentFacts.record(cell.agent(reader));
        List<Claim> onH1 =
                record.claims().stream().filter(c -> c.suspect().equals(H1)).toList();
        assertThat(onH1).hasSize(1);
        assertThat(onH1.get(0).token()).isEqualTo(claim.token());
        assertThat(onH1.get(0).isProven()).isTrue();
    }
}
