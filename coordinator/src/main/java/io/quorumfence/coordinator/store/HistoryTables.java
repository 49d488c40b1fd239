package io.quorumfence.coordinator.store;

import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.core.Verdict;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Cancelled;
import io.quorumfence.coordinator.render.VerdictJson;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of the history and what is written to and read from them. Blocks; used by one thread at a time. */
final class HistoryTables {
    static final int LAYOUT = 1;

    private static final String CREATE_REQUESTS = """
            CREATE TABLE IF NOT EXISTS requests (
              id TEXT PRIMARY KEY, cell TEXT, named_cell TEXT, vm TEXT NOT NULL, last_host TEXT NOT NULL,
              destination TEXT NOT NULL, siblings TEXT NOT NULL, rounds INTEGER NOT NULL, asked_ms INTEGER NOT NULL)
            """;

    private static final String CREATE_VERDICTS = """
            CREATE TABLE IF NOT EXISTS verdicts (
              seq INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL REFERENCES requests(id),
              round INTEGER NOT NULL, at_ms INTEGER NOT NULL, verdict TEXT NOT NULL, code TEXT NOT NULL,
              text TEXT NOT NULL, took_ms INTEGER NOT NULL, evidence TEXT NOT NULL, permit TEXT, ttl_ms INTEGER)
            """;

    private static final String UPSERT = """
            INSERT INTO requests (id, cell, named_cell, vm, last_host, destination, siblings, rounds, asked_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET rounds = excluded.rounds
            """;

    private static final String INSERT = """
            INSERT INTO verdicts (request, round, at_ms, verdict, code, text, took_ms, evidence, permit, ttl_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String LATEST = """
            SELECT v.*, r.cell, r.named_cell, r.vm, r.last_host, r.destination, r.siblings FROM verdicts v
            JOIN requests r ON r.id = v.request ORDER BY v.seq DESC LIMIT ?
            """;

    private static final String STICKY = """
            SELECT v.*, r.cell, r.named_cell, r.vm, r.last_host, r.destination, r.siblings FROM verdicts v
            JOIN requests r ON r.id = v.request
            WHERE v.verdict IN ('ALLOW', 'CANCELLED')
              AND v.seq = (SELECT max(seq) FROM verdicts WHERE request = v.request)
            ORDER BY v.seq DESC LIMIT ?
            """;

    private HistoryTables() {}

    static void create(Connection db) throws SQLException {
        try (Statement statement = db.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("PRAGMA foreign_keys=ON");
            statement.execute(CREATE_REQUESTS);
            statement.execute(CREATE_VERDICTS);
            statement.execute("CREATE INDEX IF NOT EXISTS verdicts_request ON verdicts(request, seq)");
            statement.execute("PRAGMA user_version=" + LAYOUT);
        }
    }

    static int layout(Connection db) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA user_version")) {
            return found.next() ? found.getInt(1) : 0;
        }
    }

    static void write(Connection db, GateEvent event, long wallMs) throws SQLException {
        upsert(db, event.request(), wallMs);
        if (event instanceof GateEvent.Judged judged) {
            insert(db, judged, wallMs);
        }
    }

    private static void upsert(Connection db, StartRequest request, long wallMs) throws SQLException {
        StartQuestion question = request.question();
        try (PreparedStatement row = db.prepareStatement(UPSERT)) {
            row.setString(1, request.id());
            row.setString(2, text(request.cell()));
            row.setString(3, text(question.cell()));
            row.setString(4, question.vm().toString());
            row.setString(5, question.lastHost().value());
            row.setString(6, question.destination().value());
            row.setString(7, VerdictJson.hosts(question.siblings()).encode());
            row.setInt(8, request.round());
            row.setLong(9, wallMs);
            row.executeUpdate();
        }
    }

    private static void insert(Connection db, GateEvent.Judged judged, long wallMs) throws SQLException {
        Verdict verdict = judged.verdict();
        try (PreparedStatement row = db.prepareStatement(INSERT)) {
            row.setString(1, judged.request().id());
            row.setInt(2, judged.request().round());
            row.setLong(3, wallMs);
            row.setString(4, verdict.word());
            row.setString(5, verdict.code());
            row.setString(6, verdict.text());
            row.setLong(7, judged.tookNs() / 1_000_000);
            row.setString(8, VerdictJson.evidence(verdict.evidence()).encode());
            if (verdict instanceof Allow allow) {
                row.setString(9, VerdictJson.permit(allow.permit()).encode());
                row.setLong(10, allow.ttlMs());
            } else {
                row.setNull(9, java.sql.Types.VARCHAR);
                row.setNull(10, java.sql.Types.INTEGER);
            }
            row.executeUpdate();
        }
    }

    private static @Nullable String text(@Nullable CellId cell) {
        return cell == null ? null : cell.value();
    }

    static List<JsonObject> latest(Connection db, int limit) throws SQLException {
        List<JsonObject> rows = new ArrayList<>();
        try (PreparedStatement query = db.prepareStatement(LATEST)) {
            query.setInt(1, limit);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.add(shown(row));
                }
            }
        }
        return rows;
    }

    private static JsonObject shown(ResultSet row) throws SQLException {
        JsonObject json = new JsonObject()
                .put("seq", row.getLong("seq"))
                .put("at", java.time.Instant.ofEpochMilli(row.getLong("at_ms")).toString())
                .put("id", row.getString("request"))
                .put("round", row.getInt("round"))
                .put("cell", row.getString("cell"))
                .put("vm", row.getString("vm"))
                .put("lastHost", row.getString("last_host"))
                .put("destination", row.getString("destination"))
                .put("siblings", new JsonArray(row.getString("siblings")))
                .put("verdict", row.getString("verdict"))
                .put("reason", row.getString("code"))
                .put("detail", row.getString("text"))
                .put("tookMs", row.getLong("took_ms"))
                .put("evidence", new JsonArray(row.getString("evidence")));
        String permit = row.getString("permit");
        return permit == null ? json : json.put("permit", new JsonObject(permit));
    }

    /** Requests whose newest verdict is final, newest first. */
    static List<Remembered> sticky(Connection db, int limit) throws SQLException {
        List<Remembered> found = new ArrayList<>();
        try (PreparedStatement query = db.prepareStatement(STICKY)) {
            query.setInt(1, limit);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(remembered(row));
                }
            }
        }
        return found;
    }

    private static Remembered remembered(ResultSet row) throws SQLException {
        StartQuestion question = new StartQuestion(
                VmId.of(row.getString("vm")),
                new HostId(row.getString("last_host")),
                new HostId(row.getString("destination")),
                VerdictJson.hosts(new JsonArray(row.getString("siblings"))),
                cell(row.getString("named_cell")));
        String permit = row.getString("permit");
        Verdict verdict = permit == null
                ? new Cancelled(row.getString("text"))
                : new Allow(
                        VerdictJson.permit(new JsonObject(permit)),
                        row.getLong("ttl_ms"),
                        VerdictJson.evidence(new JsonArray(row.getString("evidence"))));
        return new Remembered(
                row.getString("request"),
                question,
                cell(row.getString("cell")),
                row.getInt("round"),
                verdict,
                row.getLong("took_ms"),
                row.getLong("at_ms"));
    }

    private static @Nullable CellId cell(@Nullable String text) {
        return text == null ? null : new CellId(text);
    }
}
