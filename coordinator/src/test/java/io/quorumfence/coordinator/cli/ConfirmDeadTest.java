package io.quorumfence.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code qf host confirm-dead} through a real coordinator; what real agents make of the word is AgentApiTest's. */
class ConfirmDeadTest {
    @TempDir
    Path directory;

    private final VmId vm = new VmId(UUID.randomUUID());
    private Rig rig;
    private String out = "";
    private String err = "";

    @BeforeEach
    void aHostWithAVm() {
        rig = new Rig(directory);
        rig.cell.run("h1", vm);
        Waits.until("healthy", () -> run("status") == 0);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--coordinator", rig.url()));
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        CommandLine line = Qf.command(Map.of());
        line.setOut(new PrintWriter(outText, true)).setErr(new PrintWriter(errText, true));
        int exit = line.execute(all.toArray(String[]::new));
        out = outText.toString();
        err = errText.toString();
        return exit;
    }

    private int confirm(String name) {
        return run("host", "confirm-dead", "h1", "--by", "somebody", "--why", "its plug is out", "--confirm", name);
    }

    private void h1IsSuspected() {
        rig.cell.powerLoss("h1");
        Waits.until(
                "h1 is suspected",
                () -> new JsonObject(rig.get("/v1/hosts/h1").body())
                        .getString("state")
                        .equals("suspected"));
    }

    private List<JsonObject> words() {
        return rig.cell.agents().stream().flatMap(agent -> agent.words.stream()).toList();
    }

    @Test
    void withoutTheHostsNameNobodyIsToldAndTheStatementStandsThere() {
        h1IsSuspected();

        assertThat(confirm("h2")).isEqualTo(Exit.USAGE);

        assertThat(err).contains("NOT confirmed: the host's name was not given; nothing was changed");
        assertThat(out)
                .contains("You are about to say that life 1 of host h1 is dead")
                .contains("If it is not dead they run twice");
        assertThat(words()).isEmpty();
    }

    @Test
    void aHostThatAnswersIsNotDeadWhoeverSaysSo() {
        assertThat(confirm("h1")).isEqualTo(Exit.REFUSED);

        assertThat(err).contains("NOT confirmed: host-seen");
        assertThat(words()).isEmpty();
    }

    @Test
    void theWordReachesTheSiblingsWithNameAndReasonAndIsShownAsTheProof() {
        h1IsSuspected();

        assertThat(confirm("h1")).as(err).isZero();

        assertThat(out).contains("PROVEN by operator (VMS_GONE)").contains("its plug is out");
        assertThat(words()).isNotEmpty().allSatisfy(word -> {
            assertThat(word.getString("by")).isEqualTo("somebody");
            assertThat(word.getString("why")).isEqualTo("its plug is out");
            assertThat(word.getLong("counter")).isEqualTo(1);
            assertThat(word.getBoolean("overrideStorm")).isFalse();
        });
        assertThat(confirm("h1")).as("once").isEqualTo(Exit.REFUSED);
        assertThat(err).contains("already-proven");
    }
}
