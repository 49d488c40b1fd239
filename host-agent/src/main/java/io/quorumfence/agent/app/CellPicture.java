package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageReading;
import io.quorumfence.model.CellId;
import io.quorumfence.model.StorageId;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockAudit;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.StorageHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What several storages say together about one cell. Pure.
 *
 * @param record the newest record that any of them knows as decided
 * @param next the version that was accepted somewhere and may be decided already
 * @param findings what an operator should know, worst first
 */
record CellPicture(
        List<StorageReading> readings, Optional<CellRecord> record, Optional<Long> next, List<Finding> findings) {
    CellPicture {
        readings = List.copyOf(readings);
        findings = List.copyOf(findings);
    }

    /**
     * @param storage id, or the path while the id is unknown
     * @param block empty when it concerns the storage as a whole
     * @param offset -1 when it concerns the storage as a whole
     */
    record Finding(String storage, String block, long offset, String detail) {}

    /** @param again reads once more; storages of a living cell are not read at one instant, and one may seem old */
    static CellPicture of(List<StorageReading> readings, Supplier<List<StorageReading>> again) {
        List<StorageReading> ready =
                readings.stream().filter(StorageReading::isReady).toList();
        Optional<CellRecord> record = ready.stream()
                .flatMap(reading -> reading.newest().stream())
                .max(Comparator.comparingLong(CellRecord::version));
        List<Finding> findings = new ArrayList<>();
        readings.forEach(reading -> whole(reading).ifPresent(findings::add));
        strangers(ready).forEach(findings::add);
        record.ifPresent(newest -> {
            if (!old(ready, newest).isEmpty()) {
                List<StorageReading> later =
                        again.get().stream().filter(StorageReading::isReady).toList();
                findings.addAll(0, old(later, newest));
            }
        });
        for (StorageReading reading : readings) {
            for (BlockAudit.Fault fault : reading.faults()) {
                findings.add(new Finding(name(reading), fault.block(), fault.offset(), fault.detail()));
            }
        }
        return new CellPicture(readings, record, record.flatMap(newest -> next(ready, newest)), findings);
    }

    static String name(StorageReading reading) {
        return reading.found()
                .map(header -> header.storage().value())
                .orElse(reading.storage().path());
    }

    /** Ready storages of the cell that the record speaks of. */
    List<StorageReading> ofTheCell() {
        Set<StorageId> wanted =
                record.map(known -> Set.copyOf(known.storages())).orElse(Set.of());
        return readings.stream()
                .filter(StorageReading::isReady)
                .filter(reading -> reading.found()
                        .filter(header -> wanted.contains(header.storage()))
                        .isPresent())
                .toList();
    }

    int wanted() {
        return record.map(known -> Quorum.majority(known.storages().size())).orElse(1);
    }

    /** Whether enough was read that no decision can have been missed. */
    boolean hasMajority() {
        return record.isPresent() && ofTheCell().size() >= wanted();
    }

    private static Optional<Finding> whole(StorageReading reading) {
        String detail = reading.problem();
        if (detail.isEmpty() && reading.header() instanceof HeaderRead.Found found) {
            detail = found.header().ready() ? misnamed(reading, found.header()) : "storage-init has not finished on it";
        } else if (detail.isEmpty()) {
            detail = whyNone(reading.header());
        }
        return detail.isEmpty() ? Optional.empty() : Optional.of(new Finding(name(reading), "", -1, detail));
    }

    private static String misnamed(StorageReading reading, StorageHeader header) {
        String asked = reading.storage().id().value();
        return asked.equals("unnamed") || header.storage().value().equals(asked)
                ? ""
                : "foreign: configured as storage " + asked + " at "
                        + reading.storage().path() + ", its header says " + header.storage();
    }

    private static String whyNone(HeaderRead header) {
        if (header instanceof HeaderRead.OtherFormat other) {
            return "header " + other.detail();
        } else if (header instanceof HeaderRead.Broken broken) {
            return broken.detail();
        }
        return header instanceof HeaderRead.Alien
                ? "holds data that is not Quorumfence's"
                : "no header: it was never initialised";
    }

    /** Two cells in one picture, or one storage twice, say nothing together. */
    private static List<Finding> strangers(List<StorageReading> ready) {
        List<Finding> findings = new ArrayList<>();
        Map<StorageId, StorageReading> seen = new HashMap<>();
        Set<CellId> cells = new LinkedHashSet<>();
        for (StorageReading reading : ready) {
            StorageHeader header = reading.found().orElseThrow();
            cells.add(header.cell());
            StorageReading twin = seen.put(header.storage(), reading);
            if (cells.size() > 1) {
                findings.add(new Finding(name(reading), "", -1, "foreign: belongs to cell " + header.cell()));
            } else if (twin != null) {
                findings.add(new Finding(
                        name(reading),
                        "",
                        -1,
                        "two storages of this id: " + twin.storage().path() + " and "
                                + reading.storage().path()));
            }
        }
        return findings;
    }

    private static List<Finding> old(List<StorageReading> ready, CellRecord newest) {
        List<Finding> findings = new ArrayList<>();
        List<StorageReading> without = ready.stream()
                .filter(reading -> !reading.hasTraceOf(newest.version()))
                .toList();
        int storages = newest.storages().size();
        if (storages - without.size() < Quorum.majority(storages)) {
            // A decided version was accepted on a majority first: these have lost what they had acknowledged.
            String who = without.stream().map(CellPicture::name).collect(Collectors.joining(", "));
            findings.add(new Finding(
                    "cell",
                    "",
                    -1,
                    "stale majority: version " + newest.version() + " was decided, and " + who
                            + " show no trace of it: restored from an older copy, or writes were lost; keep the agents"
                            + " stopped"));
        }
        for (StorageReading reading : ready) {
            long version = reading.newest().map(CellRecord::version).orElse(0L);
            if (version < newest.version() && !reading.hasTraceOf(newest.version())) {
                findings.add(new Finding(
                        name(reading),
                        "",
                        -1,
                        "old: knows version " + version + ", the cell is at " + newest.version()));
            }
        }
        return findings;
    }

    private static Optional<Long> next(List<StorageReading> ready, CellRecord newest) {
        return ready.stream().anyMatch(reading -> reading.hasTraceOf(newest.version() + 1))
                ? Optional.of(newest.version() + 1)
                : Optional.empty();
    }
}
