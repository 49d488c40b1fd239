package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageReading;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The picture of a cell for people, the verdict first. */
record RecordScreen(CellPicture picture) {

    String verdict() {
        Optional<CellRecord> record = picture.record();
        int read = picture.ofTheCell().size();
        if (record.isEmpty()) {
            return "UNKNOWN  no record could be read from " + picture.readings().size() + " storages";
        }
        CellRecord known = record.get();
        String where = "cell " + known.cell() + ", record version " + known.version() + ", read from " + read + " of "
                + known.storages().size() + " storages";
        if (!picture.hasMajority()) {
            return "UNKNOWN  " + where + ": no majority, a newer version may lie on the others";
        }
        return (picture.findings().isEmpty() ? "FINE  " : "FINDINGS  ")
                + where
                + picture.next()
                        .map(next -> ", version " + next + " is accepted and may be decided")
                        .orElse("");
    }

    List<String> verify() {
        List<String> lines = new ArrayList<>(List.of(verdict()));
        picture.findings().forEach(finding -> lines.add("  ! " + text(finding)));
        return lines;
    }

    static String text(CellPicture.Finding finding) {
        String place = finding.offset() < 0 ? "" : ", " + finding.block() + ", offset " + finding.offset();
        return (finding.storage().equals("cell") ? "cell" : "storage " + finding.storage()) + place + ": "
                + finding.detail();
    }

    List<String> show() {
        List<String> lines = verify();
        picture.record().ifPresent(record -> {
            lines.addAll(hosts(record));
            lines.addAll(claims(record));
            lines.addAll(permits(record));
        });
        lines.addAll(storages());
        return lines;
    }

    static String state(CellRecord record, HostId host) {
        Optional<HostEntry> entry = record.host(host);
        if (entry.isEmpty()) {
            return "never joined";
        }
        if (entry.get().gone()) {
            return "gone";
        }
        return record.standingClaimOn(host, entry.get().incarnation())
                .map(claim -> claim.isProven() ? "proven" : "claimed")
                .orElse("joined");
    }

    private static List<String> hosts(CellRecord record) {
        List<String[]> rows = new ArrayList<>(List.of(new String[][] {{"HOST", "STATE", "LIFE", "KERNEL BOOT"}}));
        for (HostId host : record.members()) {
            Optional<HostEntry> entry = record.host(host);
            rows.add(new String[] {
                host.value(),
                state(record, host),
                entry.map(e -> Long.toString(e.incarnation().counter())).orElse("-"),
                entry.map(e -> e.incarnation().bootId().toString()).orElse("-")
            });
        }
        return table(rows);
    }

    private static List<String> claims(CellRecord record) {
        if (record.claims().isEmpty()) {
            return List.of("no claims");
        }
        List<String[]> rows =
                new ArrayList<>(List.of(new String[][] {{"TOKEN", "SUSPECT", "LIFE", "BY", "STAGE", "PROOF"}}));
        for (Claim claim : record.claims()) {
            rows.add(new String[] {
                claim.token().toString(),
                claim.suspect().value(),
                Long.toString(claim.incarnation().counter()),
                claim.claimer().value(),
                claim.stage().name(),
                claim.proof()
                        .map(proof -> proof.rung() + " " + proof.level() + ": " + proof.evidence())
                        .orElse("-")
            });
        }
        return table(rows);
    }

    private static List<String> permits(CellRecord record) {
        if (record.permits().isEmpty()) {
            return List.of("no permits");
        }
        List<String[]> rows =
                new ArrayList<>(List.of(new String[][] {{"PERMIT", "VM", "FROM", "TO", "STAGE", "REQUEST"}}));
        for (Permit permit : record.permits()) {
            rows.add(new String[] {
                Long.toString(permit.id()),
                permit.vm().toString(),
                permit.lastHost().value(),
                permit.destination().value(),
                permit.stage().name(),
                permit.requestId()
            });
        }
        return table(rows);
    }

    private List<String> storages() {
        long newest = picture.record().map(CellRecord::version).orElse(0L);
        List<String[]> rows = new ArrayList<>(
                List.of(new String[][] {{"STORAGE", "VERSION", "BEHIND", "BEATS OF", "INIT EPOCH", "PATH"}}));
        for (StorageReading reading : picture.readings()) {
            Optional<CellRecord> here = reading.newest();
            rows.add(new String[] {
                reading.found().map(header -> header.storage().value()).orElse("-"),
                here.map(record -> Long.toString(record.version())).orElse("-"),
                here.map(record -> Long.toString(newest - record.version())).orElse("-"),
                reading.beats().size() + " hosts",
                reading.found().map(header -> Long.toString(header.initEpoch())).orElse("-"),
                reading.storage().path()
            });
        }
        return table(rows);
    }

    private static List<String> table(List<String[]> rows) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder("  ");
                    for (int i = 0; i < columns; i++) {
                        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }
}
