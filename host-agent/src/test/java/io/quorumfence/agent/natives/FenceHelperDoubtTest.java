package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.natives.FenceHost.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Zombies, processes that cannot die, things that hang, things that cannot be seen. */
@Timeout(60)
class FenceHelperDoubtTest {

    private static final long BOUND_MS = 4_000;

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path programs;

    private FenceHost host;
    private final String vm = FenceHost.newVm();
    private final String other = FenceHost.newVm();

    @BeforeEach
    void prepare() throws Exception {
        host = new FenceHost(litter, programs);
    }

    @Test
    void aZombieIsGone() throws Exception {
        Path qemu = programs.resolve("qemu-system-test");
        // Its parent becomes a program that never asks how its child ended.
        Process parent = litter.start("bash", "-c", qemu + " -uuid " + vm + " & echo $!; exec sleep 1000");
        long pid = Long.parseLong(parent.inputReader().readLine());
        Litter.await("it runs", () -> FenceHost.comm(pid).equals("qemu-system-tes"));

        Answer first = host.fence(vm);
        assertThat(Litter.state(pid)).isEqualTo("Z");
        assertThat(first.verdict()).isEqualTo("confirmedDead");
        assertThat(first.detail(vm)).isEqualTo("killed");
        Answer second = host.fence(vm);
        assertThat(second.verdict()).isEqualTo("confirmedDead");
        assertThat(second.detail(vm)).isEqualTo("found before, gone now");
    }

    @Test
    void aZombieWithALivingThreadIsAliveAndKilled() throws Exception {
        Process qemu = host.vm("-uuid", vm, "--leader-ends");
        Litter.await(
                "its first thread has ended", () -> Litter.state(qemu.pid()).equals("Z"));

        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.detail(vm)).isEqualTo("killed");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(qemu.pid());
    }

    @Test
    void aProcessInUninterruptibleSleepIsStillAlive() throws Exception {
        StuckStorage storage = new StuckStorage(litter, programs);
        storage.withhold();
        Process stuck = host.vm("-uuid", vm, "--write", storage.file().toString());
        storage.awaitHeld();
        Process free = host.vm("-uuid", other);

        Answer answer = host.fence(vm + "," + other);
        assertThat(answer.verdict()).isEqualTo("stillAlive");
        assertThat(answer.verdict(vm)).isEqualTo("stillAlive");
        assertThat(answer.detail(vm)).contains("(D)");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(stuck.pid());
        assertThat(answer.verdict(other)).isEqualTo("confirmedDead");
        assertThat(free.waitFor()).isEqualTo(137);
        assertThat(answer.millis()).isLessThan(BOUND_MS);
        assertThat(host.fence(vm).verdict()).as("asked again").isEqualTo("stillAlive");

        storage.release();
        Litter.await("it can die", () -> Litter.ended(stuck.pid()));
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
    }

    @Test
    void aProcessThatHangsInItsExitIsNotConfirmedDead() throws Exception {
        StuckStorage storage = new StuckStorage(litter, programs);
        Process stuck = host.vm("-uuid", vm, "--open", storage.file().toString());
        Litter.await("it has opened the file", () -> opened(stuck.pid(), storage.file()));
        storage.withhold();

        Answer first = host.fence(vm);
        assertThat(first.verdict())
                .as("held by its descriptor since it was listed")
                .isEqualTo("stillAlive");
        assertThat(first.detail(vm)).contains("(D)");
        // By now it has neither program nor arguments: nobody can tell which VM it was.
        Answer second = host.fence(vm);
        assertThat(second.verdict()).isEqualTo("ambiguous");
        assertThat(second.reason()).isEqualTo("unnamed-process");

        storage.release();
        Litter.await("it can die", () -> Litter.ended(stuck.pid()));
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
    }

    @Test
    void aProcessThatHangsInItsExitUnderAnotherNameIsNotConfirmedDead() throws Exception {
        StuckStorage storage = new StuckStorage(litter, programs);
        Process stuck = host.vm("-uuid", vm, "--open", storage.file().toString(), "--name", "guest");
        Litter.await("it has opened the file", () -> opened(stuck.pid(), storage.file()));
        storage.withhold();

        Answer answer = host.fence(vm);
        assertThat(answer.verdict())
                .as("no listing shows it, its descriptor does")
                .isEqualTo("stillAlive");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(stuck.pid());
        storage.release();
        Litter.await("it can die", () -> Litter.ended(stuck.pid()));
    }

    @Test
    void aHangingVirshCostsASecondAndIsKilled() throws Exception {
        Path pids = programs.resolve("pids");
        host.fakeVirsh("sleep 1000 & echo $$ $! >> " + pids + "; wait");
        Process qemu = host.vm("-uuid", vm);
        host.vm("-uuid", other);

        Answer answer = host.fence(vm + "," + other);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.millis()).isBetween(900L, 2_500L);
        assertThat(qemu.waitFor()).isEqualTo(137);
        List<String> left = new ArrayList<>();
        for (String line : Files.readAllLines(pids)) {
            for (String pid : line.split(" ")) {
                if (!Litter.ended(Long.parseLong(pid))) {
                    left.add(pid);
                }
            }
        }
        assertThat(Files.readAllLines(pids)).hasSize(2);
        assertThat(left).isEmpty();
    }

    @Test
    void aStartInFlightIsWaitedForAndThenAmbiguous() throws Exception {
        // One thread and libvirt's program: as a fork of the daemon before it becomes qemu.
        Process fork = host.program("libvirtd");
        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("start-in-flight");
        assertThat(answer.millis()).isBetween(1_500L, BOUND_MS);
        assertThat(fork.isAlive()).isTrue();
    }

    @Test
    void aVmThatAppearsDuringTheRunIsKilledToo() throws Exception {
        Path qemu = programs.resolve("qemu-system-test");
        Path pid = programs.resolve("pid");
        host.fakeVirsh("setsid " + qemu + " -uuid " + other + " < /dev/null > /dev/null 2>&1 & echo $! > " + pid);
        litter.later(() -> {
            long late = Long.parseLong(Files.readString(pid).trim());
            if (!Litter.ended(late)) {
                Litter.signal("KILL", late);
            }
        });
        host.vm("-uuid", vm);
        Answer answer = host.fence(vm + "," + other);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.detail(other)).isEqualTo("killed");
    }

    @Test
    void aWorkerThatHangsIsAnsweredFor() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        host.fakeVirsh("exec sleep 1000");
        long start = System.nanoTime();
        Process helper = host.begin(FenceHost.line(7, vm));
        long worker = stopWorkerWhileItAsksLibvirt(helper);

        Answer answer = FenceHost.answer(helper);
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(3_500L, BOUND_MS + 500);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("timeout");
        assertThat(answer.verdict(vm)).isEqualTo("ambiguous");
        Litter.await("the worker is gone", () -> Litter.ended(worker));
        assertThat(qemu.isAlive()).as("nothing is killed after the answer").isTrue();
    }

    @Test
    void aRunThatWasFrozenKillsNothingWhenItWakes() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        host.fakeVirsh("exec sleep 1000");
        Process helper = host.begin(FenceHost.line(7, vm));
        long worker = stopWorkerWhileItAsksLibvirt(helper);
        Litter.signal("STOP", helper.pid());
        Litter.awaitElapsed(Duration.ofMillis(BOUND_MS));

        Litter.signal("CONT", worker);
        Litter.await("the worker has ended", () -> Litter.ended(worker));
        assertThat(qemu.isAlive()).isTrue();
        Litter.signal("CONT", helper.pid());
        assertThat(FenceHost.answer(helper).verdict()).isEqualTo("ambiguous");
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void aKilledHelperTakesItsWorkerAlong() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        host.fakeVirsh("exec sleep 1000");
        Process helper = host.begin(FenceHost.line(7, vm));
        Litter.await("it asks libvirt", () -> helper.descendants().count() >= 2);
        List<ProcessHandle> family = helper.descendants().toList();
        helper.destroyForcibly().waitFor();
        for (ProcessHandle member : family.subList(0, 2)) {
            Litter.await("it is gone", () -> Litter.ended(member.pid()));
        }
        family.forEach(ProcessHandle::destroyForcibly);
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void waitsForItsLineNoLongerThanASecond() throws Exception {
        long start = System.nanoTime();
        Process helper = litter.start(new ProcessBuilder(host.command()));
        Litter.Result result = Litter.end(helper);
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).isEqualTo("qf-fence-helper: no request line in time\n");
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(900L, 2_000L);
    }

    @Test
    void provesNothingWithoutAProcFileSystem() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: a private mount over /proc needs root");
        // The boot id stays readable, so that only the listing is blind.
        Answer answer = wrapped(
                List.of("unshare", "--mount"),
                "mount -t tmpfs none /proc && mkdir -p /proc/sys/kernel/random" + " && echo " + FenceHost.bootId()
                        + " > /proc/sys/kernel/random/boot_id");
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("proc");
        assertThat(answer.verdict(vm)).isEqualTo("ambiguous");
    }

    @Test
    void provesNothingWithTheProcOfAnotherPidNamespace() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: a PID namespace needs root");
        Process qemu = host.vm("-uuid", vm);
        Answer answer = wrapped(List.of("unshare", "--pid", "--fork"), "true");
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("proc");
        assertThat(qemu.isAlive()).isTrue();
    }

    private Answer wrapped(List<String> unshare, String first) throws Exception {
        List<String> command = new ArrayList<>(unshare);
        command.addAll(List.of("bash", "-c", first + " && exec \"$0\" \"$@\""));
        command.addAll(host.command());
        Process helper = litter.start(new ProcessBuilder(command));
        helper.getOutputStream().write((FenceHost.line(7, vm) + "\n").getBytes());
        helper.getOutputStream().close();
        return FenceHost.answer(helper);
    }

    private static long stopWorkerWhileItAsksLibvirt(Process helper) throws Exception {
        Litter.await("it asks libvirt", () -> helper.descendants().count() >= 2);
        long worker = helper.children().findFirst().orElseThrow().pid();
        Litter.signal("STOP", worker);
        Litter.await("the worker is stopped", () -> Litter.state(worker).equals("T"));
        return worker;
    }

    private static boolean opened(long pid, Path file) {
        try (var fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path fd : fds.toList()) {
                if (Files.readSymbolicLink(fd).equals(file)) {
                    return true;
                }
            }
        } catch (java.io.IOException notYet) {
            return false;
        }
        return false;
    }
}
