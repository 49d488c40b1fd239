package io.quorumfence.agent.probe.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.VmId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes where a test can make them; a made-up /proc for the states that cannot be had at will. */
class ProcessTableTest {
    private static final VmId VM = VmId.of("0a1b2c3d-0000-4000-8000-00000000000a");
    private static final long PID = 4711;
    private static final ProgramNames QEMU = new ProgramNames(true, Set.of());

    @TempDir
    Path dir;

    @Test
    void findsAQemuByItsProgramAndItsUuidArgument() throws IOException {
        Path program = FakeQemu.program(dir, "qemu-system-fake");
        try (FakeQemu qemu = FakeQemu.start(program, "-name", "guest=web1,debug-threads=on", "-uuid", VM.toString())) {
            ProcessScan scan = new ProcessTable(Path.of("/proc"), QEMU).scan();
            assertThat(scan.vms())
                    .filteredOn(vm -> vm.pid() == qemu.pid())
                    .singleElement()
                    .satisfies(vm -> {
                        assertThat(vm.vm()).isEqualTo(VM);
                        assertThat(vm.name()).isEqualTo("web1");
                        assertThat(vm.startTicks()).isPositive();
                        assertThat(vm.incoming()).isFalse();
                        assertThat(vm.exiting()).isFalse();
                    });
        }
    }

    @Test
    void aProcessThatMerelySpeaksOfTheVmIsNone() throws IOException {
        Path program = FakeQemu.program(dir, "grep");
        try (FakeQemu other = FakeQemu.start(program, "-uuid", VM.toString(), "qemu-system-x86_64")) {
            ProcessScan scan = new ProcessTable(Path.of("/proc"), QEMU).scan();
            assertThat(scan.vms()).noneMatch(vm -> vm.pid() == other.pid());
        }
    }

    @Test
    void anUpgradedProgramUnderARunningVmIsStillIt() throws IOException {
        Path program = FakeQemu.program(dir, "qemu-system-fake");
        try (FakeQemu qemu = FakeQemu.start(program, "-uuid", VM.toString())) {
            Files.delete(program);
            assertThat(new ProcessTable(Path.of("/proc"), QEMU).scan().vms()).anyMatch(vm -> vm.pid() == qemu.pid());
        }
    }

    @Test
    void onlyTheNamedProgramsCountInALoopbackCell() throws IOException {
        ProgramNames loopback = new ProgramNames(false, Set.of("qf-loopvm-h1"));
        try (FakeQemu mine = FakeQemu.start(FakeQemu.program(dir, "qf-loopvm-h1"), "-uuid", VM.toString());
                FakeQemu other = FakeQemu.start(FakeQemu.program(dir, "qf-loopvm-h2"), "-uuid", VM.toString());
                FakeQemu qemu = FakeQemu.start(FakeQemu.program(dir, "qemu-system-fake"), "-uuid", VM.toString())) {
            assertThat(new ProcessTable(Path.of("/proc"), loopback).scan().vms())
                    .extracting(QemuProcess::pid)
                    .containsExactly(mine.pid())
                    .doesNotContain(other.pid(), qemu.pid());
        }
    }

    @Test
    void aQemuWithoutUuidIsNoVm() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        program(PID, PID, "qemu-system-x86_64");
        arguments(PID, PID, "qemu-system-x86_64", "-machine", "none");
        ProcessScan scan = table().scan();
        assertThat(scan.vms()).isEmpty();
        assertThat(scan.complete()).isTrue();
    }

    @Test
    void aUuidThatIsPartOfALongerArgumentIsNone() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        program(PID, PID, "qemu-system-x86_64");
        arguments(PID, PID, "qemu-system-x86_64", "-uuid", VM + ",x");
        assertThat(table().scan().vms()).isEmpty();
    }

    @Test
    void aZombieIsNoVm() throws IOException {
        process(PID, 'Z', "qemu-system-x86", 100);
        ProcessScan scan = table().scan();
        assertThat(scan.vms()).isEmpty();
        assertThat(scan.complete()).isTrue();
    }

    @Test
    void aZombieLeaderWithALivingThreadIsStillTheVm() throws IOException {
        process(PID, 'Z', "qemu-system-x86", 100);
        thread(PID, PID + 1, 'D', "CPU 0/KVM");
        program(PID, PID + 1, "qemu-system-x86_64");
        arguments(PID, PID + 1, "qemu-system-x86_64", "-uuid", VM.toString());
        assertThat(table().scan().vms()).extracting(QemuProcess::vm).containsExactly(VM);
    }

    @Test
    void aKnownVmThatHangsInTheKernelWhileItEndsIsStillThere() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        program(PID, PID, "qemu-system-x86_64");
        arguments(PID, PID, "qemu-system-x86_64", "-uuid", VM.toString());
        ProcessTable table = table();
        table.scan();
        process(PID, 'D', "qemu-system-x86", 100);
        Files.delete(dir.resolve(PID + "/task/" + PID + "/exe"));
        ProcessScan scan = table.scan();
        assertThat(scan.vms()).singleElement().satisfies(vm -> {
            assertThat(vm.vm()).isEqualTo(VM);
            assertThat(vm.exiting()).isTrue();
        });
        assertThat(scan.complete()).isTrue();
    }

    @Test
    void anUnknownQemuThatHangsWhileItEndsMakesTheListIncomplete() throws IOException {
        process(PID, 'D', "qemu-system-x86", 100);
        ProcessScan scan = table().scan();
        assertThat(scan.vms()).isEmpty();
        assertThat(scan.complete()).isFalse();
        assertThat(scan.note()).contains("pid 4711 (qemu-system-x86) is ending");
    }

    @Test
    void anotherProcessWithTheSamePidIsNotTheKnownVm() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        program(PID, PID, "qemu-system-x86_64");
        arguments(PID, PID, "qemu-system-x86_64", "-uuid", VM.toString());
        ProcessTable table = table();
        table.scan();
        process(PID, 'D', "sort", 200);
        Files.delete(dir.resolve(PID + "/task/" + PID + "/exe"));
        assertThat(table.scan().vms()).isEmpty();
    }

    @Test
    void aReceivingQemuIsIncoming() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        program(PID, PID, "qemu-system-x86_64");
        arguments(PID, PID, "qemu-system-x86_64", "-uuid", VM.toString(), "-incoming", "defer");
        assertThat(table().scan().vms()).extracting(QemuProcess::incoming).containsExactly(true);
    }

    @Test
    void aForkOfLibvirtsDaemonMayBeAStart() throws IOException {
        process(PID, 'S', "rpc-libvirtd", 100);
        program(PID, PID, "libvirtd");
        assertThat(table().scan().starting()).isTrue();
    }

    @Test
    void aProcessTableThatCannotBeReadIsUnknownAndNeverEmpty() {
        ProcessScan scan = new ProcessTable(dir.resolve("missing"), QEMU).scan();
        assertThat(scan.complete()).isFalse();
        assertThat(scan.note()).isNotEmpty();
    }

    @Test
    void aLineThatCannotBeParsedIsADoubt() throws IOException {
        process(PID, 'S', "qemu-system-x86", 100);
        Files.writeString(dir.resolve(PID + "/stat"), "garbage");
        assertThat(table().scan().complete()).isFalse();
    }

    private ProcessTable table() {
        return new ProcessTable(dir, QEMU);
    }

    private void process(long pid, char state, String command, long start) throws IOException {
        Files.createDirectories(dir.resolve(pid + "/task/" + pid));
        Files.writeString(dir.resolve(pid + "/stat"), stat(pid, state, command, start));
        Files.writeString(dir.resolve(pid + "/task/" + pid + "/stat"), stat(pid, state, command, start));
    }

    private void thread(long pid, long thread, char state, String command) throws IOException {
        Files.createDirectories(dir.resolve(pid + "/task/" + thread));
        Files.writeString(dir.resolve(pid + "/task/" + thread + "/stat"), stat(thread, state, command, 100));
    }

    private void program(long pid, long thread, String name) throws IOException {
        Path link = dir.resolve(pid + "/task/" + thread + "/exe");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, dir.resolve(name));
    }

    private void arguments(long pid, long thread, String... words) throws IOException {
        Files.writeString(dir.resolve(pid + "/task/" + thread + "/cmdline"), String.join("\0", words) + "\0");
    }

    private static String stat(long pid, char state, String command, long start) {
        return pid + " (" + command + ") " + state + " 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + start + " 1 2\n";
    }
}
