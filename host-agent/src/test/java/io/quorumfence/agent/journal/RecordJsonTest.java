package io.quorumfence.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.event.JournalEvent.ClaimDecided;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.StorageObservation.BeatsScanned;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordJsonTest {
    private static final UUID BOOT = UUID.fromString("6b1c1c2e-0000-4000-8000-000000000001");

    @ParameterizedTest
    @MethodSource("events")
    void everyEventComesBackAsItWas(JournalEvent event) throws JacksonException {
        JsonNode data = data(new Line.Event(event, List.of(), 1, 2));
        assertThat(RecordReader.read(data, JournalEvent.class)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("observations")
    void everyObservationComesBackAsItWas(Observation observation) throws JacksonException {
        JsonNode data = data(new Line.Observed(observation, List.of(), 1, 2));
        assertThat(RecordReader.read(data, Observation.class)).isEqualTo(observation);
    }

    @Test
    void idsAreTextAndTheTypeHasItsName() {
        ClaimDecided event = new ClaimDecided(new FenceToken(7), new HostId("h2"), new Incarnation(3, BOOT));
        assertThat(new String(
                        Line.content(new Line.Event(event, List.of(), 11, 22)),
                        java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"t\":11,\"wall\":22,\"kind\":\"event\",\"data\":{\"type\":\"ClaimDecided\",\"token\":\"7\","
                                + "\"suspect\":\"h2\",\"life\":{\"counter\":3,\"bootId\":\"" + BOOT + "\"}}}");
    }

    @Test
    void aFieldOfANewerVersionIsPassedOver() throws JacksonException {
        JsonNode data =
                Line.Json.MAPPER.readTree("{\"type\":\"AlertCleared\",\"code\":\"x\",\"since\":\"a later version\"}");
        assertThat(RecordReader.read(data, JournalEvent.class)).isEqualTo(new JournalEvent.AlertCleared("x"));
    }

    @Test
    void aMissingFieldIsAnErrorThatNamesIt() throws JacksonException {
        JsonNode data = Line.Json.MAPPER.readTree("{\"type\":\"AlertRaised\",\"code\":\"x\"}");
        assertThatThrownBy(() -> RecordReader.read(data, JournalEvent.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AlertRaised.text");
    }

    @Test
    void aTypeOfANewerVersionIsKnownAsSuch() throws JacksonException {
        JsonNode data = Line.Json.MAPPER.readTree("{\"type\":\"MoonSeen\"}");
        assertThatThrownBy(() -> RecordReader.read(data, JournalEvent.class))
                .isInstanceOf(RecordReader.UnknownName.class);
    }

    static Stream<Object> events() {
        return Samples.ofAll(JournalEvent.class);
    }

    static Stream<Object> observations() {
        assertThat(Samples.ofAll(Observation.class)).anyMatch(sample -> sample instanceof BeatsScanned);
        return Samples.ofAll(Observation.class);
    }

    private static JsonNode data(Line line) throws JacksonException {
        byte[] text = Line.chained(Line.content(line), Chain.START);
        return Line.parse(text).orElseThrow().get(Line.DATA);
    }
}
