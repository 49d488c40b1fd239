package io.quorumfence.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.event.JournalEvent.AlertCleared;
import io.quorumfence.model.observation.LocalObservation.Ticked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path dir;

    private final AlarmLog alarm = new AlarmLog();

    @Test
    void anAppendCompletesWhenItsLinesAreInTheFile() throws Exception {
        try (Journal journal = start()) {
            journal.observe(new Ticked(), 1, 1000);
            append(journal, "a", "b");
            assertThat(read()).extracting(JournalLine::kind).containsExactly("open", "observation", "event", "event");
            assertThat(read().get(3).event()).contains(new AlertCleared("b"));
            assertThat(read().get(3).nowNs()).isEqualTo(5);
            assertThat(read().get(3).wallMs()).isEqualTo(6);
        }
        assertThat(alarm.log()).isEmpty();
        assertThat(JournalCheck.verify(dir).isGood()).isTrue();
    }

    @Test
    void onlyItsOwnerReadsIt() throws Exception {
        try (Journal journal = start()) {
            append(journal, "a");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(newest())))
                .isEqualTo("rw-------");
    }

    @Test
    void anAppendOfNothingIsDoneAtOnce() {
        try (Journal journal = start()) {
            assertThat(journal.append(List.of(), 1, 1).toCompletableFuture()).isCompleted();
        }
    }

    @Test
    void aRestartGoesOnInTheSameFileAndChain() throws Exception {
        try (Journal journal = start()) {
            append(journal, "a");
        }
        try (Journal journal = start()) {
            append(journal, "b");
        }
        assertThat(files()).hasSize(1);
        assertThat(read()).extracting(JournalLine::seq).containsExactly(1L, 2L, 3L);
        assertThat(JournalCheck.verify(dir).isGood()).isTrue();
    }

    @Test
    void manyAppendsShareAFlushAndKeepTheirOrder() throws Exception {
        List<java.util.concurrent.CompletableFuture<Void>> flushed = new ArrayList<>();
        try (Journal journal = start()) {
            for (int i = 0; i < 2000; i++) {
                flushed.add(
                        journal.append(List.of(new AlertCleared("n" + i)), i, i).toCompletableFuture());
            }
            for (var future : flushed) {
                future.get(20, TimeUnit.SECONDS);
            }
        }
        List<JournalEvent> events =
                read().stream().flatMap(line -> line.event().stream()).toList();
        assertThat(events).hasSize(2000).startsWith(new AlertCleared("n0")).endsWith(new AlertCleared("n1999"));
    }

    @Test
    void filesAreRotatedBySizeAndTheOldestGo() throws Exception {
        try (Journal journal = Journal.start(new JournalSpec(dir, Map.of("host", "h1"), 1024, 3), alarm)) {
            for (int i = 0; i < 60; i++) {
                append(journal, "n" + i);
            }
        }
        assertThat(files()).hasSize(3);
        JournalCheck.Result result = JournalCheck.verify(dir);
        assertThat(result.isGood()).isTrue();
        assertThat(result.lastSeq()).isGreaterThan(60);
        assertThat(read().get(0).kind()).isEqualTo("open");
        assertThat(read().get(0).text()).contains("\"host\":\"h1\"");
    }

    @Test
    void aTornEndIsKeptBesideTheFileAndMarked() throws Exception {
        try (Journal journal = start()) {
            append(journal, "a");
        }
        Files.writeString(newest(), "{\"seq\":3,\"prev\":\"12", StandardOpenOption.APPEND);
        assertThat(JournalCheck.verify(dir).bad().orElseThrow().why()).contains("has no end");
        try (Journal journal = start()) {
            append(journal, "b");
        }
        assertThat(dir.resolve(newest().getFileName() + ".torn")).hasContent("{\"seq\":3,\"prev\":\"12");
        assertThat(read()).extracting(JournalLine::kind).containsExactly("open", "event", "gap", "event");
        assertThat(read().get(2).text()).contains("19 torn bytes were cut off");
        JournalCheck.Result result = JournalCheck.verify(dir);
        assertThat(result.isGood()).isTrue();
        assertThat(result.gaps()).isEqualTo(1);
        assertThat(alarm.log()).containsExactly("raised " + JournalAlarm.TORN);
    }

    /** A power loss may leave a file that grew but was never filled. */
    @Test
    void zerosAtTheEndAreTornToo() throws Exception {
        try (Journal journal = start()) {
            append(journal, "a");
        }
        Files.write(newest(), new byte[700_000], StandardOpenOption.APPEND);
        try (Journal journal = start()) {
            append(journal, "b");
        }
        assertThat(Files.size(dir.resolve(newest().getFileName() + ".torn"))).isEqualTo(700_000);
        assertThat(JournalCheck.verify(dir).isGood()).isTrue();
        assertThat(read()).extracting(JournalLine::seq).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aFileOfNothingButGarbageIsSetAside() throws Exception {
        Files.writeString(dir.resolve("journal-0000000000000000001.jsonl"), "garbage");
        try (Journal journal = start()) {
            append(journal, "b");
        }
        assertThat(dir.resolve("journal-0000000000000000001.jsonl.torn")).hasContent("garbage");
        assertThat(JournalCheck.verify(dir).isGood()).isTrue();
    }

    @Test
    void damageFurtherUpIsNotCutButFoundByTheCheck() throws Exception {
        try (Journal journal = start()) {
            append(journal, "aaaa");
            append(journal, "b");
        }
        change(newest(), "aaaa", "aaab");
        try (Journal journal = start()) {
            append(journal, "c");
        }
        JournalCheck.Bad bad = JournalCheck.verify(dir).bad().orElseThrow();
        assertThat(bad.line()).isEqualTo(3);
        assertThat(bad.why()).contains("hash of the line before");
        assertThat(bad.toString()).contains(newest().getFileName().toString());
    }

    @Test
    void aLineTakenOutIsFound() throws Exception {
        try (Journal journal = start()) {
            append(journal, "a", "b", "c");
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(newest()));
        lines.remove(2);
        Files.write(newest(), lines);
        assertThat(JournalCheck.verify(dir).bad().orElseThrow().line()).isEqualTo(3);
    }

    @Test
    void aWholeFileTakenOutIsFound() throws Exception {
        try (Journal journal = Journal.start(new JournalSpec(dir, Map.of(), 1024, 9), alarm)) {
            for (int i = 0; i < 30; i++) {
                append(journal, "n" + i);
            }
        }
        Files.delete(files().get(1));
        assertThat(JournalCheck.verify(dir).bad().orElseThrow().why()).contains("it has number");
    }

    @Test
    void aPredecessorThatStillHoldsItsFileIsNotDisturbed() throws Exception {
        try (Journal old = start()) {
            append(old, "a");
            try (Journal fresh = start()) {
                append(fresh, "b");
            }
        }
        assertThat(files()).hasSize(2);
        assertThat(JournalCheck.verify(dir).isGood()).isTrue();
    }

    @Test
    void aDirectoryThatCannotBeHadIsTriedAgain() throws Exception {
        Path wanted = dir.resolve("journal");
        Files.writeString(wanted, "in the way");
        try (Journal journal = Journal.start(JournalSpec.in(wanted, Map.of()), alarm)) {
            var flushed = journal.append(List.of(new AlertCleared("a")), 1, 1).toCompletableFuture();
            Await.until("alarm", () -> alarm.log().contains("raised " + JournalAlarm.STUCK));
            assertThat(flushed).isNotDone();
            Files.delete(wanted);
            flushed.get(20, TimeUnit.SECONDS);
            Await.until("alarm over", () -> alarm.log().contains("cleared " + JournalAlarm.STUCK));
        }
    }

    @Test
    void aClosedJournalLosesNothingAndTakesNothing() throws Exception {
        Journal journal = start();
        var before = journal.append(List.of(new AlertCleared("a")), 1, 1).toCompletableFuture();
        journal.close();
        assertThat(before).isCompleted();
        assertThat(journal.append(List.of(new AlertCleared("b")), 1, 1).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(read()).hasSize(2);
    }

    private Journal start() {
        return Journal.start(JournalSpec.in(dir, Map.of("host", "h1", "cell", "c1")), alarm);
    }

    private static void append(Journal journal, String... codes) throws Exception {
        List<JournalEvent> events =
                Stream.of(codes).<JournalEvent>map(AlertCleared::new).toList();
        journal.append(events, 5, 6).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private List<JournalLine> read() throws IOException {
        List<JournalLine> lines = new ArrayList<>();
        JournalReader.read(dir, lines::add);
        return lines;
    }

    private List<Path> files() throws IOException {
        return JournalFiles.list(dir);
    }

    private Path newest() throws IOException {
        return files().get(files().size() - 1);
    }

    private static void change(Path file, String from, String to) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
