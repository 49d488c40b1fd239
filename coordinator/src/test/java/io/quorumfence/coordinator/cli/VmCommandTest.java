package io.quorumfence.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonArray;
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

/** {@code qf vm} through a real coordinator; what real agents decide is the scripts' (CLASS). */
class VmCommandTest {
    @TempDir
    Path directory;

    private final VmId vm = new VmId(UUID.randomUUID());
    private Rig rig;
    private String out = "";
    private String err = "";

    @BeforeEach
    void aCell() {
        rig = new Rig(directory);
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

    private int classOf(String id, String vmClass, String why) {
        return run("vm", "class", id, vmClass, "--by", "somebody", "--why", why);
    }

    private List<JsonObject> words() {
        return rig.cell.agents().stream().flatMap(agent -> agent.words.stream()).toList();
    }

    @Test
    void aWishGoesToOneAgentWithNameAndReason() {
        assertThat(classOf(vm.toString(), "ignore", "a scratch VM")).as(err).isZero();
        assertThat(out).startsWith("IGNORED: VM " + vm);
        assertThat(words())
                .containsExactly(new JsonObject()
                        .put("class", "ignore")
                        .put("by", "somebody")
                        .put("why", "a scratch VM"));

        assertThat(classOf(vm.toString(), "protected", "in use again")).as(err).isZero();
        assertThat(out).startsWith("LEAVING: hosts that know").contains("waits for h3");
    }

    @Test
    void aBadWishIsOneLineAndReachesNobody() {
        assertThat(classOf(vm.toString(), "best-effort", "why not")).isNotZero();
        assertThat(err.lines()).hasSize(1).first().asString().contains("class must be ignore or protected");
        assertThat(classOf("web", "ignore", "why not")).isNotZero();
        assertThat(err.lines()).hasSize(1).first().asString().contains("web");
        assertThat(classOf(vm.toString(), "ignore", "w".repeat(81))).isNotZero();
        assertThat(err.lines()).hasSize(1).first().asString().contains("why 80");
        assertThat(run("vm", "class", vm.toString(), "ignore", "--cell", "nowhere", "--why", "w"))
                .isNotZero();
        assertThat(err.lines()).hasSize(1).first().asString().contains("?cell=");
        assertThat(words()).isEmpty();
    }

    @Test
    void aRefusalNamesItsCodeAndSaysThatNothingWasChanged() {
        rig.cell
                .agents()
                .forEach(agent -> agent.override = request -> {
                    if (request.path().endsWith("/class")) {
                        request.response()
                                .setStatusCode(409)
                                .end("{\"code\":\"fence-under-way\",\"detail\":\"claim 4 stands on host h1\"}");
                    } else {
                        request.response().setStatusCode(503).end();
                    }
                });
        assertThat(classOf(vm.toString(), "ignore", "a scratch VM")).isEqualTo(Exit.REFUSED);
        assertThat(err).contains("NOT changed: fence-under-way").contains("claim 4 stands on host h1");
    }

    @Test
    void theListShowsWhatTheRecordHas() {
        assertThat(run("vm", "list")).isZero();
        assertThat(out.strip()).isEqualTo("every VM is protected");

        JsonObject entry = new JsonObject()
                .put("vm", vm.toString())
                .put("class", "leaving")
                .put("by", "somebody")
                .put("why", "in use again")
                .put("awaited", new JsonArray().add("h3"));
        rig.cell
                .agents()
                .forEach(agent -> agent.statusEdit = status -> {
                    status.getJsonObject("record").put("exemptions", new JsonArray().add(entry));
                    return status;
                });
        Waits.until("listed", () -> run("vm", "list") == 0 && out.contains(vm.toString()));
        assertThat(out).contains("leaving", "somebody", "in use again", "waits for h3");
    }
}
