package io.quorumfence.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.PidBox;
import io.quorumfence.model.event.JournalEvent.AlertCleared;
import io.quorumfence.model.observation.LocalObservation.Ticked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** On file systems of a box's own: one that is full, and one whose server does not answer. */
@Timeout(120)
@EnabledIf(value = "canMakeNamespaces", disabledReason = "needs root")
class JournalTroubleTest {
    private final AlarmLog alarm = new AlarmLog();

    @Test
    void aFullDiskBlocksNobodyAndLeavesAMarkedGap() throws Exception {
        try (PidBox box = PidBox.start("sh -c 'mount -t tmpfs -o size=256k none /mnt && mkdir /mnt/j && sleep 600'")) {
            Path dir = box.path("/mnt/j");
            Await.until("mounted", () -> Files.isDirectory(dir));
            try (Journal journal = Journal.start(JournalSpec.in(dir, Map.of()), alarm)) {
                List<CompletableFuture<Void>> all = appendMany(journal, 2 * Journal.QUEUE_MAX);
                Await.until("stuck", () -> alarm.log().contains("raised " + JournalAlarm.STUCK));
                assertThat(all).anyMatch(CompletableFuture::isCompletedExceptionally);
                assertThat(all).anyMatch(future -> !future.isDone());
                run(box.command("mount", "-o", "remount,size=64m", "/mnt"));
                awaitEnd(all);
                journal.append(List.of(new AlertCleared("after")), 1, 1)
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
            }
            assertThat(alarm.log()).contains("raised " + JournalAlarm.LOST, "cleared " + JournalAlarm.STUCK);
            JournalCheck.Result result = JournalCheck.verify(dir);
            assertThat(result.bad()).isEmpty();
            assertThat(result.gaps()).isPositive();
        }
    }

    @Test
    @EnabledIf(value = "hasBindfs", disabledReason = "needs bindfs")
    void aDiskThatHangsBlocksNobodyAndIsCaughtUpWithLater() throws Exception {
        try (PidBox box = PidBox.start("sh -c 'mkdir /run/a /run/b && exec bindfs -f /run/a /run/b'")) {
            Path dir = box.path("/run/b/j");
            Await.until("mounted", () -> isFuse(box));
            try (Journal journal = Journal.start(JournalSpec.in(dir, Map.of()), alarm)) {
                awaitEnd(appendMany(journal, 10));
                box.signal("STOP");
                long startNs = System.nanoTime();
                List<CompletableFuture<Void>> held = appendMany(journal, 10);
                journal.observe(new Ticked(), 1, 1);
                assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(2));
                Await.until("alarm", () -> {
                    journal.observe(new Ticked(), 1, 1);
                    return alarm.log().contains("raised " + JournalAlarm.STUCK);
                });
                assertThat(held).noneMatch(CompletableFuture::isDone);
                box.signal("CONT");
                awaitEnd(held);
                assertThat(held).noneMatch(CompletableFuture::isCompletedExceptionally);
            }
            JournalCheck.Result result = JournalCheck.verify(dir);
            assertThat(result.bad()).isEmpty();
            assertThat(result.gaps()).isZero();
        }
    }

    static boolean canMakeNamespaces() {
        return PidBox.isPossible();
    }

    static boolean hasBindfs() {
        return Files.isExecutable(Path.of("/usr/bin/bindfs")) && Files.exists(Path.of("/dev/fuse"));
    }

    private static List<CompletableFuture<Void>> appendMany(Journal journal, int count) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(journal.append(List.of(new AlertCleared("n" + i)), i, i).toCompletableFuture());
        }
        return all;
    }

    private static void awaitEnd(List<CompletableFuture<Void>> all) {
        Await.until("all appends ended", () -> all.stream().allMatch(CompletableFuture::isDone));
    }

    private static boolean isFuse(PidBox box) {
        try {
            return box.mounts().contains(" /run/b fuse");
        } catch (IOException e) {
            return false;
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
