package io.quorumfence.wire;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.Rung;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.GoneSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Reads what {@link RecordWriter} wrote; one object for the records of one block. */
final class RecordReader {
    private final Payload.Reader from;
    private final List<Object> known = new ArrayList<>();

    RecordReader(Payload.Reader from) {
        this.from = from;
    }

    CellRecord read(Optional<CellRecord> base) {
        String cell = from.text();
        boolean exempting = cell.equals(RecordWriter.OTHER_FORMAT);
        if (exempting) {
            long format = from.number();
            if (format != RecordWriter.EXEMPTING) {
                throw new MalformedException(
                        "the record speaks format " + format + ", this agent knows up to " + RecordWriter.EXEMPTING);
            }
            cell = from.text();
        }
        return new CellRecord(
                new CellId(cell),
                from.number(),
                from.small(),
                list(this::host),
                list(() -> new StorageId(from.text())),
                list(this::goneSet),
                hosts(),
                listOver(base.map(CellRecord::claims).orElse(List.of()), this::claim),
                listOver(base.map(CellRecord::permits).orElse(List.of()), this::permit),
                from.number(),
                exempting ? listOver(base.map(CellRecord::exemptions).orElse(List.of()), this::exemption) : List.of());
    }

    private <T> List<T> list(Supplier<T> read) {
        int count = from.count();
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(read.get());
        }
        return values;
    }

    private <T> List<T> listOver(List<T> base, Supplier<T> read) {
        return list(() -> from.octet() == RecordWriter.SAME ? base.get(place(base)) : read.get());
    }

    private int place(List<?> base) {
        int place = from.small();
        if (place >= base.size()) {
            throw new MalformedException("place " + place + " of a list of " + base.size());
        }
        return place;
    }

    private <T> T named(Class<T> type, Supplier<T> spelled) {
        int number = from.small();
        if (number == 0) {
            T value = spelled.get();
            known.add(value);
            return value;
        }
        if (number > known.size() || !type.isInstance(known.get(number - 1))) {
            throw new MalformedException("id number " + number + " of " + known.size());
        }
        return type.cast(known.get(number - 1));
    }

    private HostId host() {
        return named(HostId.class, () -> new HostId(from.text()));
    }

    private Incarnation incarnation() {
        return new Incarnation(from.number(), named(UUID.class, from::uuid));
    }

    private GoneSet goneSet() {
        return new GoneSet(from.number(), Set.copyOf(list(this::host)));
    }

    private Map<HostId, HostEntry> hosts() {
        Map<HostId, HostEntry> hosts = new LinkedHashMap<>();
        for (HostEntry entry : list(() -> new HostEntry(host(), incarnation(), from.flag()))) {
            if (hosts.put(entry.host(), entry) != null) {
                throw new MalformedException("host " + entry.host() + " twice");
            }
        }
        return hosts;
    }

    private Claim claim() {
        FenceToken token = new FenceToken(from.number());
        HostId suspect = host();
        Incarnation life = incarnation();
        HostId claimer = host();
        Incarnation claimerLife = incarnation();
        ClaimStage stage = Codes.CLAIM_STAGE.read(from);
        Optional<Proof> proof = from.flag() ? Optional.of(proof()) : Optional.empty();
        return new Claim(token, suspect, life, claimer, claimerLife, stage, proof);
    }

    private Exemption exemption() {
        VmId vm = new VmId(from.uuid());
        long id = from.number();
        long turn = from.number();
        boolean leaving = from.flag();
        String by = from.text();
        String why = from.text();
        Map<HostId, Incarnation> heard = new LinkedHashMap<>();
        int hosts = from.count();
        for (int i = 0; i < hosts; i++) {
            heard.put(host(), incarnation());
        }
        return new Exemption(vm, id, turn, leaving, by, why, heard);
    }

    private Proof proof() {
        return new Proof(Codes.RUNG.read(from), Codes.PROOF_LEVEL.read(from), from.text());
    }

    private Permit permit() {
        long id = from.number();
        String requestId = from.flag() ? from.uuid().toString() : from.text();
        VmId vm = new VmId(from.uuid());
        HostId lastHost = host();
        HostId destination = host();
        Incarnation life = incarnation();
        PermitStage stage = Codes.PERMIT_STAGE.read(from);
        Rung rung = Codes.RUNG.read(from);
        Optional<FenceToken> claim = from.flag() ? Optional.of(new FenceToken(from.number())) : Optional.empty();
        return new Permit(id, requestId, vm, lastHost, destination, life, stage, rung, claim, from.number());
    }
}
