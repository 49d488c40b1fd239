package io.quorumfence.wire;

import io.quorumfence.model.Claim;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.GoneSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Writes cell records compactly: a host or boot id is spelled once and named by its number after that, a request id
 * that is a UUID takes 17 bytes, and a claim or permit that the base record has too is named by its place there.
 * One object for the records of one block. {@link RecordReader} is its mirror.
 */
final class RecordWriter {
    /** A thing of the base record, by its place; else spelled out. */
    static final int SAME = 1;

    static final int SPELLED = 0;
    /**
     * Stands where a record's cell does. No cell has that name: an agent that knows no other format cannot understand
     * the record, and an older one must not, or it would forget the exemptions with its next decision (I8).
     */
    static final String OTHER_FORMAT = "";

    /** Of records with exemptions; those without are written as they always were. */
    static final int EXEMPTING = 2;

    private final Payload.Writer to;
    private final Map<Object, Integer> known = new HashMap<>();

    RecordWriter(Payload.Writer to) {
        this.to = to;
    }

    void write(CellRecord record, Optional<CellRecord> base) {
        if (!record.exemptions().isEmpty()) {
            to.text(OTHER_FORMAT);
            to.number(EXEMPTING);
        }
        to.text(record.cell().value());
        to.number(record.version());
        to.number(record.membership());
        list(record.members(), this::host);
        list(record.storages(), this::storage);
        list(record.goneHistory(), this::goneSet);
        list(sorted(record.hosts().values(), Comparator.comparing(HostEntry::host)), this::hostEntry);
        listOver(record.claims(), base.map(CellRecord::claims).orElse(List.of()), this::claim);
        listOver(record.permits(), base.map(CellRecord::permits).orElse(List.of()), this::permit);
        to.number(record.nextNumber());
        if (!record.exemptions().isEmpty()) {
            listOver(record.exemptions(), base.map(CellRecord::exemptions).orElse(List.of()), this::exemption);
        }
    }

    private <T> void list(Collection<T> values, Consumer<T> write) {
        to.number(values.size());
        values.forEach(write);
    }

    private <T> void listOver(List<T> values, List<T> base, Consumer<T> write) {
        Map<T, Integer> places = new HashMap<>();
        for (int i = 0; i < base.size(); i++) {
            places.putIfAbsent(base.get(i), i);
        }
        list(values, value -> {
            Integer place = places.get(value);
            to.octet(place == null ? SPELLED : SAME);
            if (place == null) {
                write.accept(value);
            } else {
                to.number(place);
            }
        });
    }

    private static <T> List<T> sorted(Collection<T> values, Comparator<T> order) {
        return values.stream().sorted(order).toList();
    }

    /** Number 0 announces a new one; known ones count from 1 in the order of their first appearance. */
    private boolean isKnown(Object id) {
        Integer number = known.get(id);
        to.number(number == null ? 0 : number);
        if (number == null) {
            known.put(id, known.size() + 1);
        }
        return number != null;
    }

    private void host(HostId host) {
        if (!isKnown(host)) {
            to.text(host.value());
        }
    }

    private void boot(UUID bootId) {
        if (!isKnown(bootId)) {
            to.uuid(bootId);
        }
    }

    private void storage(StorageId storage) {
        to.text(storage.value());
    }

    private void incarnation(Incarnation life) {
        to.number(life.counter());
        boot(life.bootId());
    }

    private void goneSet(GoneSet set) {
        to.number(set.epoch());
        list(sorted(set.gone(), Comparator.naturalOrder()), this::host);
    }

    private void hostEntry(HostEntry entry) {
        host(entry.host());
        incarnation(entry.incarnation());
        to.flag(entry.gone());
    }

    private void claim(Claim claim) {
        to.number(claim.token().value());
        host(claim.suspect());
        incarnation(claim.incarnation());
        host(claim.claimer());
        incarnation(claim.claimerIncarnation());
        Codes.CLAIM_STAGE.write(to, claim.stage());
        to.flag(claim.proof().isPresent());
        claim.proof().ifPresent(proof -> {
            Codes.RUNG.write(to, proof.rung());
            Codes.PROOF_LEVEL.write(to, proof.level());
            to.text(proof.evidence());
        });
    }

    private void permit(Permit permit) {
        to.number(permit.id());
        requestId(permit.requestId());
        to.uuid(permit.vm().value());
        host(permit.lastHost());
        host(permit.destination());
        incarnation(permit.destinationIncarnation());
        Codes.PERMIT_STAGE.write(to, permit.stage());
        Codes.RUNG.write(to, permit.rung());
        to.flag(permit.claim().isPresent());
        permit.claim().ifPresent(token -> to.number(token.value()));
        to.number(permit.ttlMs());
    }

    private void exemption(Exemption entry) {
        to.uuid(entry.vm().value());
        to.number(entry.id());
        to.number(entry.turn());
        to.flag(entry.leaving());
        to.text(entry.by());
        to.text(entry.why());
        list(entry.heard().entrySet(), heard -> {
            host(heard.getKey());
            incarnation(heard.getValue());
        });
    }

    private void requestId(String requestId) {
        Optional<UUID> uuid = canonicalUuid(requestId);
        to.flag(uuid.isPresent());
        uuid.ifPresentOrElse(to::uuid, () -> to.text(requestId));
    }

    /** Only a text that the reader would print the same way again. */
    private static Optional<UUID> canonicalUuid(String text) {
        if (text.length() != 36) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text))
                    .filter(uuid -> uuid.toString().equals(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
