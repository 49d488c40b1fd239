package io.quorumfence.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.lab.ground.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioReaderTest {
    private static final String WHOLE = """
            hosts: 3
            storages: 3
            vms:
              - {name: v1, on: h1}
            steps:
              - power-off: h1
              - ask: {vm: v1, lastHost: h1, destination: h2}
              - together:
                  - cut: {host: h2, planes: [management]}
                    as: cut
                  - hang: {host: h2, storage: all}
            expect:
              decision: ALLOW
              within: {seconds: 15, of: power-off}
              order: [h1 stopped writing v1]
            """;

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void readsTheWholeOfAScenario() throws IOException {
        Scenario scenario = read(WHOLE);
        assertThat(scenario.plan().hosts()).containsExactly("h1", "h2", "h3");
        assertThat(scenario.steps()).extracting(Step::name).containsExactly("power-off", "ask", "together");
        assertThat(scenario.checks()).extracting(Check::key).containsExactly("decision", "order");
        assertThat(scenario.lossStep()).isEqualTo("power-off");
        assertThat(scenario.budgetMs()).isEqualTo(15_000);
    }

    /** What stands in the file, what is put in its place, and the line and word of the complaint. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    hosts: 3            | hots: 3                  | :1:  | unknown key 'hots' in the scenario
                    hosts: 3            | hosts: many              | :1:  | 'many' is no whole number
                    power-off: h1       | power-of: h1             | :6:  | unknown step 'power-of'
                    power-off: h1       | power-off: h9            | :6:  | no host 'h9'
                    lastHost: h1,       | lasthost: h1,            | :7:  | ask needs 'lastHost'
                    destination: h2     | destination: h2, now: 1  | :7:  | unknown key 'now' in ask
                    [management]        | [mgmt]                   | :9:  | no plane 'mgmt'
                    storage: all        | storage: s7              | :11: | no storage 's7'
                    decision: ALLOW     | decision: YES            | :13: | 'YES' is none of
                    of: power-off       | of: power-on             | :14: | no step is named 'power-on'
                    order:              | odrer:                   | :15: | unknown key 'odrer' in expect
                    """)
    void refusesWhatItDoesNotUnderstandByFileAndLine(String there, String instead, String line, String complaint) {
        assertThatThrownBy(() -> read(WHOLE.replace(there, instead)))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("scenario.yaml" + line)
                .hasMessageContaining(complaint);
    }

    @Test
    void aStepHasExactlyOneVerb() {
        assertThatThrownBy(() -> read(WHOLE.replace("- power-off: h1", "- power-off: h1\n    power-on: h1")))
                .hasMessageContaining("a step has exactly one verb, this one has [power-off, power-on]");
    }

    @Test
    void aRepeatedVerbIsNumbered() throws IOException {
        Scenario scenario = read(WHOLE.replace("- power-off: h1", "- power-off: h1\n  - power-off: h2"));
        assertThat(scenario.steps()).extracting(Step::name).contains("power-off", "power-off-2");
    }

    @Test
    void brokenYamlIsOneLine() {
        assertThatThrownBy(() -> read("hosts: [3"))
                .hasMessageContaining("scenario.yaml:")
                .hasMessageNotContaining("\n");
    }

    @Test
    void everyScenarioOfTheRepositoryCanBeRead() {
        Path all = Checkout.find().home().resolve("it-tests/scenarios");
        assertThat(ScenarioRunner.names(List.of(all))).hasSizeGreaterThan(20).doesNotHaveDuplicates();
    }

    @Test
    void everyScenarioOfTheRepositorySaysWhatItShows() throws IOException {
        Path all = Checkout.find().home().resolve("it-tests/scenarios");
        for (String name : ScenarioRunner.names(List.of(all))) {
            assertThat(Files.readString(all.resolve(name).resolve("README.md"))).startsWith("# ");
        }
    }

    private Scenario read(String text) throws IOException {
        Files.writeString(folder.resolve("scenario.yaml"), text);
        return ScenarioReader.read(folder);
    }
}
