package io.quorumfence.agent.probe.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.observation.LocalObservation.VmsListed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VmMergeTest {
    private static final VmId A = VmId.of("00000000-0000-4000-8000-00000000000a");
    private static final VmId B = VmId.of("00000000-0000-4000-8000-00000000000b");

    private final VmMerge merge = new VmMerge();

    @Test
    void listsTheUnionOfBothSources() {
        VmsListed list = merge(scan(process(A, 1, false)), domains(domain(B, "running", false)));
        assertThat(list.vms())
                .containsExactly(new VmSeen(A, "a", 1, 10, "process"), new VmSeen(B, "dom", 0, 0, "running"));
        assertThat(list.complete()).isTrue();
        assertThat(list.inFlight()).isFalse();
        assertThat(list.question()).isEqualTo(9);
    }

    @Test
    void aVmThatBothKnowHasLibvirtsStateAndTheProcesssIdentity() {
        VmsListed list = merge(scan(process(A, 1, false)), domains(domain(A, "paused", false)));
        assertThat(list.vms()).containsExactly(new VmSeen(A, "dom", 1, 10, "paused"));
    }

    @Test
    void twoProcessesOfOneVmAreBothListed() {
        VmsListed list = merge(scan(process(A, 1, false), process(A, 2, false)), domains(domain(A, "running", false)));
        assertThat(list.vms()).extracting(VmSeen::pid).containsExactly(1L, 2L);
    }

    @Test
    void withoutLibvirtTheListIsIncompleteAndNotEmpty() {
        merge.remember(domains(domain(A, "running", false)));
        VmsListed list = merge.merge(Optional.of(scan(process(A, 1, false))), Optional.empty(), 9);
        assertThat(list.complete()).isFalse();
        assertThat(list.vms()).containsExactly(new VmSeen(A, "dom", 1, 10, "running"));
    }

    @Test
    void withoutTheProcessTableTheListIsIncompleteAndShowsItsLast() {
        merge.remember(scan(process(A, 1, false)));
        VmsListed list = merge.merge(Optional.empty(), Optional.of(domains()), 9);
        assertThat(list.complete()).isFalse();
        assertThat(list.vms()).extracting(VmSeen::vm).containsExactly(A);
    }

    @Test
    void anAnswerThatIsItselfIncompleteLeavesTheListIncomplete() {
        assertThat(merge(scan(), DomainList.unknown("gone")).complete()).isFalse();
        assertThat(merge(new ProcessScan(List.of(), false, false, "doubt"), domains())
                        .complete())
                .isFalse();
    }

    @Test
    void startsAndIncomingMigrationsAreInFlight() {
        assertThat(merge(scan(), domains(domain(A, "paused", true))).inFlight()).isTrue();
        assertThat(merge(new ProcessScan(List.of(), true, true, ""), domains()).inFlight())
                .isTrue();
        assertThat(merge(scan(process(A, 1, true)), domains()).inFlight()).isTrue();
    }

    @Test
    void anIncomingQemuThatLibvirtCallsRunningHasArrived() {
        VmsListed list = merge(scan(process(A, 1, true)), domains(domain(A, "running", false)));
        assertThat(list.inFlight()).isFalse();
    }

    @Test
    void reasonsOfAPauseTellAStartFromAnOperatorsWord() {
        int paused = 3;
        assertThat(DomainStates.isInFlight(paused, 1)).isFalse();
        assertThat(DomainStates.isInFlight(paused, 2)).isTrue();
        assertThat(DomainStates.isInFlight(paused, 11)).isTrue();
        assertThat(DomainStates.isInFlight(1, 1)).isFalse();
        assertThat(DomainStates.isInFlight(1, 10)).isTrue();
    }

    private VmsListed merge(ProcessScan scan, DomainList domains) {
        return merge.merge(Optional.of(scan), Optional.of(domains), 9);
    }

    private static QemuProcess process(VmId vm, long pid, boolean incoming) {
        return new QemuProcess(vm, pid, 10, "a", incoming, false);
    }

    private static DomainSeen domain(VmId vm, String state, boolean inFlight) {
        return new DomainSeen(vm, "dom", state, inFlight);
    }

    private static ProcessScan scan(QemuProcess... vms) {
        return new ProcessScan(List.of(vms), true, false, "");
    }

    private static DomainList domains(DomainSeen... domains) {
        return new DomainList(List.of(domains), true, "");
    }
}
