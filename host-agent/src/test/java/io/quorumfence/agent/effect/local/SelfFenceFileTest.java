package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.command.LocalCommand.ActOnHost;
import io.quorumfence.model.command.LocalCommand.StoreMemory;
import io.quorumfence.model.observation.EffectObservation.HostActed;
import io.quorumfence.model.observation.EffectObservation.MemoryStored;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfFenceFileTest {
    private static final UUID BOOT = new UUID(1, 2);
    private static final UUID NEXT = new UUID(1, 3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private Path disk;

    @TempDir
    private Path run;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

    private Observation next() throws InterruptedException {
        return seen.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void theNextBootKnowsThatThisOneWasArmed() throws IOException, InterruptedException {
        SelfFenceMemory memory =
                SelfFenceMemory.blank(BOOT).withArmed(BOOT, true).withReaction(true, "ops, at night");
        try (SelfFenceFile file = new SelfFenceFile(disk.resolve("new"), run, seen::add)) {
            assertThat(file.load(BOOT, PATIENCE)).isEqualTo(new SelfFenceFile.Found(Optional.empty(), true));
            file.store(new StoreMemory(7, memory));
            assertThat(next()).isEqualTo(new MemoryStored(7, true));
        }
        try (SelfFenceFile later = new SelfFenceFile(disk.resolve("new"), run, seen::add)) {
            assertThat(later.load(BOOT, PATIENCE).memory()).contains(memory);
            Files.delete(run.resolve(SelfFenceFile.NAME)); // as a boot does
            assertThat(later.load(NEXT, PATIENCE).memory()).contains(memory);
            Files.delete(disk.resolve("new").resolve(SelfFenceFile.NAME));
            assertThat(later.load(NEXT, PATIENCE).memory())
                    .as("no disk is asked again")
                    .contains(memory);
        }
    }

    @Test
    void onTmpfsNothingIsArmedThatTheDiskDoesNotKnow() throws IOException, InterruptedException {
        Path blocked = Files.writeString(disk.resolve("file"), "in the way");
        try (SelfFenceFile file = new SelfFenceFile(blocked, run, seen::add)) {
            SelfFenceMemory memory =
                    SelfFenceMemory.blank(BOOT).withArmed(BOOT, true).withReaction(true, "ops");
            file.store(new StoreMemory(1, memory));
            assertThat(next()).isEqualTo(new MemoryStored(1, false));
            assertThat(file.load(BOOT, PATIENCE).memory()).contains(memory.withArmed(BOOT, false));
        }
    }

    @Test
    void whatCannotBeReadIsNotIntact() throws IOException {
        Files.writeString(disk.resolve(SelfFenceFile.NAME), "v1 torn");
        try (SelfFenceFile file = new SelfFenceFile(disk, run, seen::add)) {
            assertThat(file.load(BOOT, PATIENCE)).isEqualTo(new SelfFenceFile.Found(Optional.empty(), false));
        }
    }

    // --- deeds

    private HostActions actions(Optional<Path> sysrq, List<String> graceful) {
        return new HostActions(
                new HostActions.Spec(sysrq, List.of(), graceful, List.of("/bin/true")), System::nanoTime, seen::add);
    }

    @Test
    void sysrqGetsItsLetterAndAFailureIsSaid() throws IOException, InterruptedException {
        Path trigger = Files.createFile(disk.resolve("sysrq"));
        try (HostActions actions = actions(Optional.of(trigger), List.of("/bin/false"))) {
            actions.act(new ActOnHost(SelfFenceAction.REBOOT, 0));
            assertThat(next()).isEqualTo(new HostActed(SelfFenceAction.REBOOT, true, "wrote b to " + trigger));
            assertThat(trigger).hasContent("b");
            actions.act(new ActOnHost(SelfFenceAction.GRACEFUL_REBOOT, System.nanoTime() + 20_000_000_000L));
            assertThat(next())
                    .isEqualTo(new HostActed(SelfFenceAction.GRACEFUL_REBOOT, false, "/bin/false: exit code 1"));
            actions.act(new ActOnHost(SelfFenceAction.RESTART_AGENT, System.nanoTime() + 20_000_000_000L));
            assertThat(next()).isEqualTo(new HostActed(SelfFenceAction.RESTART_AGENT, true, "/bin/true done"));
        }
    }

    @Test
    void aShutdownThatHangsIsKilledAtItsDeadline() throws InterruptedException {
        try (HostActions actions = actions(Optional.empty(), List.of("/bin/sleep", "300"))) {
            actions.act(new ActOnHost(SelfFenceAction.GRACEFUL_REBOOT, System.nanoTime()));
            HostActed acted = (HostActed) next();
            assertThat(acted.ok()).isFalse();
            assertThat(acted.detail()).startsWith("/bin/sleep: not done in 1000 ms, killed");
        }
    }
}
