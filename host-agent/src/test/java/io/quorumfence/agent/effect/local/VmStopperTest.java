package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.agent.probe.libvirt.FakeQemu;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand.StopVms;
import io.quorumfence.model.observation.EffectObservation.VmsStopped;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class VmStopperTest {
    private static final NanoClock CLOCK = new RawClock();
    private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000c";
    private static final VmsStopped NOT_VERIFIED = new VmsStopped(false, List.of());

    @TempDir(factory = InMemoryTempDir.class)
    Path run;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

    @Test
    @EnabledIf(value = "canMakeNamespaces", disabledReason = "needs root")
    void theRealHelperEndsTheVmAndVerifiesIt() throws Exception {
        try (PidBox box = PidBox.start("sleep 600")) {
            Process vm = box.vm(FakeQemu.program(run, "qemu-system-fake"), VM);
            Incarnation life = storedLife(5);
            try (VmStopper stopper = inBox(box, life)) {
                stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
                assertThat(Await.<Observation>next(seen)).isEqualTo(new VmsStopped(true, List.of()));
                assertThat(PidBox.endsSoon(vm)).isTrue();
            }
        }
    }

    @Test
    @EnabledIf(value = "canMakeNamespaces", disabledReason = "needs root")
    void nothingIsStoppedForAnotherIncarnation() throws Exception {
        try (PidBox box = PidBox.start("sleep 600")) {
            Process vm = box.vm(FakeQemu.program(run, "qemu-system-fake"), VM);
            Incarnation old = new Incarnation(4, storedLife(5).bootId());
            try (VmStopper stopper = inBox(box, old)) {
                stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
                assertThat(Await.<Observation>next(seen)).isEqualTo(NOT_VERIFIED);
                assertThat(vm.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aMissingHelperVerifiesNothing() throws IOException {
        try (VmStopper stopper = with(run.resolve("none"))) {
            stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(NOT_VERIFIED);
        }
    }

    @Test
    void aHostWithoutIncarnationVerifiesNothing() {
        VmStopperSpec spec = new VmStopperSpec(run.resolve("none"), run, "", List.of());
        try (VmStopper stopper = new VmStopper(spec, Optional::empty, CLOCK, seen::add)) {
            stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(NOT_VERIFIED);
        }
    }

    @Test
    void aSlowHelperIsAnsweredForAtTheDeadlineAndReportedWhenItEnds() throws IOException {
        Path helper = script("while [ ! -e " + run.resolve("go") + " ]; do sleep 0.05; done; echo '"
                + answer("confirmedDead", "") + "'");
        try (VmStopper stopper = with(helper)) {
            stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofMillis(300).toNanos(), Set.of()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(NOT_VERIFIED);
            Files.createFile(run.resolve("go"));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new VmsStopped(true, List.of()));
        }
    }

    @Test
    void aSurvivorIsNamed() throws IOException {
        String vm = "{\"vm\":\"" + VM + "\",\"verdict\":\"stillAlive\",\"pid\":7,\"detail\":\"D\"}";
        try (VmStopper stopper = with(script("read request; echo '" + answer("stillAlive", vm) + "'"))) {
            stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new VmsStopped(false, List.of(VmId.of(VM))));
        }
    }

    @Test
    void aHalfAnswerVerifiesNothing() throws IOException {
        try (VmStopper stopper = with(script("read request; echo '{\"v\":1,\"bootId\":'"))) {
            stopper.stop(new StopVms(CLOCK.nowNs() + Duration.ofSeconds(8).toNanos(), Set.of()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(NOT_VERIFIED);
        }
    }

    static boolean canMakeNamespaces() {
        return PidBox.isPossible();
    }

    private static final Incarnation SCRIPTS = new Incarnation(5, new UUID(1, 2));

    private VmStopper with(Path helper) {
        VmStopperSpec spec = new VmStopperSpec(helper, run, "", List.of());
        return new VmStopper(spec, () -> Optional.of(SCRIPTS), CLOCK, seen::add);
    }

    /** The real helper, in the box by way of a script. */
    private VmStopper inBox(PidBox box, Incarnation life) throws IOException {
        String inside =
                String.join(" ", box.command(Natives.program("qf-fence-helper").toString()));
        Path helper = script("exec " + inside + " \"$@\" --virsh /bin/false");
        VmStopperSpec spec = new VmStopperSpec(helper, run, "", List.of());
        return new VmStopper(spec, () -> Optional.of(life), CLOCK, seen::add);
    }

    private Incarnation storedLife(long counter) throws IOException {
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(run.resolve("incarnation"), "boot=" + boot + "\ncounter=" + counter + "\njoined=true\n");
        return new Incarnation(counter, UUID.fromString(boot));
    }

    private static String answer(String verdict, String vms) {
        return "{\"v\":1,\"bootId\":\"" + SCRIPTS.bootId() + "\",\"counter\":5,\"verdict\":\"" + verdict
                + "\",\"reason\":\"gone\",\"vms\":[" + vms + "]}";
    }

    private Path script(String body) throws IOException {
        Path file = Files.writeString(run.resolve("helper"), "#!/bin/sh\n" + body + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("not executable");
        }
        return file;
    }
}
