package io.quorumfence.agent.journal;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** One value of every record of a sealed interface, whatever is added to it. */
final class Samples {
    private static final UUID ID = UUID.fromString("0a1b2c3d-0000-4000-8000-00000000000e");

    private Samples() {}

    static Stream<Object> ofAll(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isRecord() ? Stream.of(of(type)) : ofAll(type));
    }

    static Object of(Type type) {
        Class<?> raw = RecordWriter.rawClass(type);
        if (raw == Claim.class) {
            return claim();
        }
        if (raw == BallotBlock.class) {
            CellRecord record = (CellRecord) of(CellRecord.class);
            return new BallotBlock(record, new Ballot(3, 1), new Ballot(2, 0), Optional.of(record));
        }
        if (raw == Optional.class) {
            return Optional.of(of(argument(type, 0)));
        }
        if (raw == List.class) {
            return List.of(of(argument(type, 0)));
        }
        if (raw == Set.class) {
            return Set.of(of(argument(type, 0)));
        }
        if (raw == Map.class) {
            return Map.of(of(argument(type, 0)), of(argument(type, 1)));
        }
        if (raw.isRecord()) {
            return record(raw, type);
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[raw.getEnumConstants().length - 1];
        }
        if (raw.isInterface()) {
            return of(raw.getPermittedSubclasses()[0]);
        }
        return plain(raw);
    }

    private static Object plain(Class<?> raw) {
        if (raw == long.class || raw == Long.class) {
            return Long.MAX_VALUE - 1;
        }
        if (raw == int.class || raw == Integer.class) {
            return 3;
        }
        if (raw == boolean.class) {
            return true;
        }
        if (raw == UUID.class) {
            return ID;
        }
        if (raw == Duration.class) {
            return Duration.ofMillis(1500);
        }
        return "h-\"1\"";
    }

    private static Object record(Class<?> raw, Type type) {
        if (raw.getRecordComponents().length == 1
                && raw.getRecordComponents()[0].getType() == String.class
                && RecordShape.of(raw).isId()) {
            return RecordShape.of(raw).make("h-1");
        }
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : raw.getRecordComponents()) {
            values.add(of(RecordShape.resolved(component.getGenericType(), type)));
        }
        return RecordShape.of(raw).make(values.toArray());
    }

    private static Claim claim() {
        return new Claim(
                new FenceToken(7),
                new HostId("h2"),
                new Incarnation(3, ID),
                new HostId("h1"),
                new Incarnation(4, ID),
                ClaimStage.PROVEN,
                Optional.of(new Proof(Rung.SIBLING_SSH, ProofLevel.VMS_GONE, "evidence")));
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }
}
