package io.quorumfence.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.coordinator.core.Awaited;
import io.quorumfence.coordinator.core.Evidence;
import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.Reason;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.core.Verdict;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history on a real file. */
class SqliteHistoryTest {
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final VmId VM = VmId.of("11111111-2222-3333-4444-555555555555");
    private static final StartQuestion QUESTION =
            new StartQuestion(VM, H1, H2, List.of(new HostId("h3")), new CellId("lab1"));
    private static final List<Evidence> EVIDENCE =
            List.of(Evidence.seen(H2, H1, "saw its beat change", "storage", 212), Evidence.of("record", H1, "claim 3"));
    private static final Verdict ALLOW =
            new Verdict.Allow(new PermitView(7, "r1", VM, H1, H2, 4, PermitStage.GRANTED, "time"), 120_000, EVIDENCE);

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private SqliteHistory history;

    @AfterEach
    void close() {
        if (history != null) {
            history.close();
        }
    }

    private SqliteHistory open() {
        history = SqliteHistory.open(directory.resolve("deep/history.db"), 100, 5_000);
        return history;
    }

    private static GateEvent judged(String id, Verdict verdict) {
        StartRequest request =
                StartRequest.remembered(id, QUESTION, new CellId("lab1"), 1, verdict, 0, 14_200_000_000L);
        return new GateEvent.Judged(request, verdict, 14_200_000_000L);
    }

    @Test
    void keepsEveryVerdictWithItsEvidenceAndTimings() {
        open().add(judged("r1", new Verdict.Pending(Awaited.PROOF, "h1 is silent", 5, EVIDENCE)), 1_000);
        history.add(judged("r1", ALLOW), 15_200);
        List<JsonObject> rows = Waits.on(history.latest(10));
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).getString("verdict")).isEqualTo("ALLOW");
        assertThat(rows.get(0).getString("reason")).isEqualTo("time");
        assertThat(rows.get(0).getLong("tookMs")).isEqualTo(14_200);
        assertThat(rows.get(0).getString("at")).isEqualTo("1970-01-01T00:00:15.200Z");
        assertThat(rows.get(0).getJsonArray("evidence").getJsonObject(0).getLong("ageMs"))
                .isEqualTo(212);
        assertThat(rows.get(0).getJsonObject("permit").getLong("id")).isEqualTo(7);
        assertThat(rows.get(1).getString("reason")).isEqualTo("awaiting-proof");
    }

    @Test
    void finalVerdictsAreFoundAgainAfterARestartAndOthersAreNot() {
        open().add(judged("r1", ALLOW), 1);
        history.add(judged("r2", new Verdict.Refuse(Reason.HOST_ALIVE, "seen", EVIDENCE)), 2);
        history.add(judged("r3", new Verdict.Cancelled("by the caller")), 3);
        history.add(judged("r4", ALLOW), 4);
        history.add(judged("r4", new Verdict.Cancelled("by the caller")), 5);
        history.close();
        List<Remembered> sticky = open().sticky();
        assertThat(sticky).extracting(Remembered::id).containsExactly("r4", "r3", "r1");
        Remembered first = sticky.get(2);
        assertThat(first.question()).isEqualTo(QUESTION);
        assertThat(first.verdict()).isEqualTo(ALLOW);
        assertThat(first.cell()).isEqualTo(new CellId("lab1"));
        assertThat(first.tookMs()).isEqualTo(14_200);
        assertThat(sticky.get(0).verdict().word()).isEqualTo("CANCELLED");
    }

    @Test
    void aFileThatIsNoDatabaseIsOneClearLine() throws IOException {
        Path file = directory.resolve("deep/history.db");
        Files.createDirectories(directory.resolve("deep"));
        Files.writeString(file, "these are my holiday pictures, not a database at all ".repeat(50));
        assertThatThrownBy(this::open).isInstanceOf(HistoryFault.class).satisfies(fault -> {
            assertThat(fault.getMessage()).contains(file.toString()).contains("not a database");
            assertThat(String.valueOf(fault.getMessage()).lines()).hasSize(1);
        });
    }

    @Test
    void aDirectoryThatCannotBeMadeIsOneClearLine() throws IOException {
        Files.writeString(directory.resolve("deep"), "a file where a directory should be");
        assertThatThrownBy(this::open).isInstanceOf(HistoryFault.class).hasMessageContaining("cannot be made");
    }

    @Test
    void aLayoutOfALaterVersionIsRefused() throws SQLException, IOException {
        Files.createDirectories(directory.resolve("deep"));
        try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("deep/history.db"));
                Statement statement = db.createStatement()) {
            statement.execute("PRAGMA user_version=9");
        }
        assertThatThrownBy(this::open).hasMessageContaining("has layout 9, this version knows 1");
    }

    @Test
    void aWriteThatFailsIsCountedAndTheNextOneWorksAgain() throws SQLException {
        open().add(judged("r1", ALLOW), 1);
        Waits.on(history.latest(1));
        String url = "jdbc:sqlite:" + directory.resolve("deep/history.db");
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE verdicts RENAME TO elsewhere");
            history.add(judged("r2", ALLOW), 2);
            Waits.until("the loss is counted", () -> history.health().lost() == 1);
            assertThat(history.health().isWell()).isFalse();
            statement.execute("ALTER TABLE elsewhere RENAME TO verdicts");
        }
        history.add(judged("r3", ALLOW), 3);
        assertThat(Waits.on(history.latest(10)))
                .extracting(row -> row.getString("id"))
                .containsExactly("r3", "r1");
        assertThat(history.health().trouble()).isEmpty();
    }

    @Test
    void aDiskThatHangsHoldsNobodyAndTheRestIsCountedAsLost() throws SQLException {
        open();
        String url = "jdbc:sqlite:" + directory.resolve("deep/history.db");
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            // Another writer holds the file: the history's thread waits as it would for a disk.
            statement.execute("BEGIN IMMEDIATE");
            long startedNs = System.nanoTime();
            for (int i = 0; i < 10_500; i++) {
                history.add(judged("r" + i, ALLOW), i);
            }
            assertThat(System.nanoTime() - startedNs).isLessThan(2_000_000_000L);
            assertThat(history.health().lost()).isPositive();
            statement.execute("ROLLBACK");
        }
    }
}
