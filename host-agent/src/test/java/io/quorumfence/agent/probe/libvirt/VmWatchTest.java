package io.quorumfence.agent.probe.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.command.LocalCommand.ListVms;
import io.quorumfence.model.observation.LocalObservation.VmsListed;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** With real processes, libvirt's built-in test driver, and a real libvirtd that is stopped under the watch. */
@Timeout(60)
class VmWatchTest {
    private static final VmId VM = VmId.of("0a1b2c3d-0000-4000-8000-00000000000b");
    private static final VmId TEST_DRIVERS = VmId.of("6695eb01-f6a4-8304-79aa-97f2502e193f");
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path dir;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

    @Test
    void pollsSeeAProcessComeAndGo() throws IOException {
        Path program = FakeQemu.program(dir, "qf-loopvm-watch");
        try (VmWatch watch = VmWatch.start(VmWatchSpec.process("qf-loopvm-watch", POLL), seen::add)) {
            assertThat(watch.note()).isEmpty();
            assertThat(await(list -> true)).isEqualTo(new VmsListed(List.of(), true, false, 0));
            try (FakeQemu vm = FakeQemu.start(program, "-uuid", VM.toString())) {
                VmSeen found = await(list -> !list.vms().isEmpty()).vms().get(0);
                assertThat(found.vm()).isEqualTo(VM);
                assertThat(found.pid()).isEqualTo(vm.pid());
                assertThat(found.state()).isEqualTo("process");
            }
            await(list -> list.complete() && list.vms().isEmpty());
        }
    }

    @Test
    void aQuestionIsAnsweredByAListMadeAfterIt() throws IOException {
        Path program = FakeQemu.program(dir, "qf-loopvm-watch");
        try (VmWatch watch = VmWatch.start(VmWatchSpec.process("qf-loopvm-watch", NEVER), seen::add)) {
            await(list -> list.question() == 0);
            try (FakeQemu vm = FakeQemu.start(program, "-uuid", VM.toString())) {
                watch.list(new ListVms(7));
                VmsListed answer = await(list -> list.question() == 7);
                assertThat(answer.vms()).extracting(VmSeen::pid).containsExactly(vm.pid());
                assertThat(answer.complete()).isTrue();
            }
        }
    }

    /** The binding alone: libvirt's test driver has neither a daemon nor processes. */
    @Test
    void listsLibvirtsActiveDomains() {
        try (VmWatch watch = VmWatch.start(VmWatchSpec.libvirt("test:///default", POLL), seen::add)) {
            VmsListed list = await(VmsListed::complete);
            assertThat(list.vms()).contains(new VmSeen(TEST_DRIVERS, "test", 0, 0, "running"));
            assertThat(watch.note()).isEmpty();
        }
    }

    @Test
    void aLifecycleEventBringsANewListAtOnce() throws LibvirtException {
        try (VmWatch watch = VmWatch.start(VmWatchSpec.libvirt("test:///default", NEVER), seen::add)) {
            await(VmsListed::complete);
            Connect operator = new Connect("test:///default");
            Domain domain = operator.domainLookupByName("test");
            domain.suspend();
            try {
                await(list -> stateOf(list).equals("paused"));
            } finally {
                domain.resume();
            }
            await(list -> stateOf(list).equals("running"));
            domain.free();
            operator.close();
            assertThat(watch.note()).isEmpty();
        }
    }

    @Test
    void anAbsentLibvirtdLeavesTheListIncompleteAndTheProcessesInIt() throws IOException {
        Path program = FakeQemu.program(dir, "qemu-system-watch");
        VmWatchSpec spec = VmWatchSpec.libvirt("test+unix:///default?socket=" + dir.resolve("none"), POLL);
        try (FakeQemu vm = FakeQemu.start(program, "-uuid", VM.toString());
                VmWatch watch = VmWatch.start(spec, seen::add)) {
            VmsListed list = await(listed -> !listed.vms().isEmpty());
            assertThat(list.complete()).isFalse();
            assertThat(list.vms()).extracting(VmSeen::pid).contains(vm.pid());
            assertThat(watch.note()).contains("libvirt");
        }
    }

    @Test
    @EnabledIf(value = "canRunLibvirtd", disabledReason = "needs root and libvirtd")
    void aStoppedLibvirtdIsAnsweredForInTimeAndFoundAgainWhenItGoesOn() throws Exception {
        try (PrivateLibvirtd libvirtd = PrivateLibvirtd.start(dir);
                VmWatch watch = VmWatch.start(VmWatchSpec.libvirt(libvirtd.testUri(), POLL), seen::add)) {
            await(VmsListed::complete);
            libvirtd.signal("STOP");
            long asked = System.nanoTime();
            watch.list(new ListVms(8));
            VmsListed answer = await(list -> list.question() == 8);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(1500));
            assertThat(answer.complete()).isFalse();
            libvirtd.signal("CONT");
            await(VmsListed::complete);
        }
    }

    /** Without keepalive this call would never return. */
    @Test
    @EnabledIf(value = "canRunLibvirtd", disabledReason = "needs root and libvirtd")
    void aCallToAStoppedLibvirtdFailsAfterAFewSeconds() throws Exception {
        try (PrivateLibvirtd libvirtd = PrivateLibvirtd.start(dir)) {
            LibvirtLink link = new LibvirtLink(libvirtd.testUri(), () -> {});
            assertThat(link.list().complete()).isTrue();
            libvirtd.signal("STOP");
            long asked = System.nanoTime();
            assertThat(link.list().complete()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(10));
        }
    }

    @Test
    @EnabledIf(value = "canRunLibvirtd", disabledReason = "needs root and libvirtd")
    void aLibvirtdThatDiedIsFoundAgainWhenItIsBack() throws Exception {
        PrivateLibvirtd first = PrivateLibvirtd.start(dir);
        try (VmWatch watch = VmWatch.start(VmWatchSpec.libvirt(first.testUri(), POLL), seen::add)) {
            await(VmsListed::complete);
            first.close();
            await(list -> !list.complete());
            try (PrivateLibvirtd second = PrivateLibvirtd.start(dir)) {
                assertThat(second.testUri()).isEqualTo(first.testUri());
                await(list -> list.complete() && !list.vms().isEmpty());
                assertThat(watch.note()).isEmpty();
            }
        } finally {
            first.close();
        }
    }

    @Test
    void aProcessDriverWithoutAProgramIsRefused() {
        assertThatThrownBy(() -> new VmWatchSpec(VmWatchSpec.Driver.PROCESS, "", POLL, Set.of(), Path.of("/proc")))
                .hasMessageContaining("needs the name of the program");
    }

    static boolean canRunLibvirtd() {
        return PrivateLibvirtd.isPossible();
    }

    private VmsListed await(Predicate<VmsListed> wanted) {
        while (true) {
            if (Await.<Observation>next(seen) instanceof VmsListed list && wanted.test(list)) {
                return list;
            }
        }
    }

    private static String stateOf(VmsListed list) {
        return list.vms().stream()
                .filter(vm -> vm.vm().equals(TEST_DRIVERS))
                .map(VmSeen::state)
                .findFirst()
                .orElse("");
    }
}
