package io.quorumfence.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The class of a VM, as the gate asks for it (decision 0042). */
class VmClassApiTest {
    private static final String VM = "00000000-0000-0001-0000-000000000002";
    private static final String PATH = "/v1/vms/" + VM + "/class";
    private static final JsonObject WISH =
            new JsonObject().put("class", "ignore").put("by", "ops").put("why", "a scratch VM");

    @RegisterExtension
    final ApiBench bench = new ApiBench();

    @Test
    void aWishBecomesAnObservationAndItsReplySaysWhoIsAwaited() throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyClass(asked.reply(), VmId.of(VM), "leaving", List.of(new HostId("h3")))));

        ApiBench.Reply reply = bench.post("coordinator", PATH, WISH.copy().put("class", "protected"));

        assertThat(bench.seen())
                .isEqualTo(new RequestObservation.ClassAsked(
                        new ReplyId(1), "coordinator", VmId.of(VM), false, "ops", "a scratch VM"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("vm", VM)
                        .put("class", "leaving")
                        .put("awaited", new JsonArray().add("h3")));
    }

    @Test
    void badInputIsOneLineAndOthersThanTheGateAreRefused() throws Exception {
        assertThat(problem(WISH.copy().put("class", "best-effort")))
                .isEqualTo("bad-request: field 'class' must be ignore or protected, not 'best-effort'");
        assertThat(problem(WISH.copy().put("why", "w".repeat(81)))).startsWith("bad-request: field 'why'");
        assertThat(problem(WISH.copy().put("for", "ever"))).startsWith("bad-request: ");
        assertThat(bench.post("coordinator", "/v1/vms/web/class", WISH).problem())
                .startsWith("bad-request: ");
        assertThat(bench.post("prometheus", PATH, WISH).status()).isEqualTo(403);
    }

    @Test
    void aRefusalOfTheRecordIsAConflict() throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyRefused(asked.reply(), "fence-under-way", "claim 4 stands", true)));

        ApiBench.Reply reply = bench.post("coordinator", PATH, WISH);

        assertThat(reply.problem()).isEqualTo("fence-under-way: claim 4 stands");
        assertThat(reply.status()).isIn(409, 503);
    }

    private String problem(JsonObject wish) throws Exception {
        return bench.post("coordinator", PATH, wish).problem();
    }
}
