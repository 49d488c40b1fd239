package io.quorumfence.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The prefix is the coordinator's: its test has the other half of this one (DecisionLogTest). */
class GateTraceTest {
    private static final HostId H2 = new HostId("h2");
    private static final String VM = "00000000-0000-0001-0000-000000000002";
    private static final JsonObject PERMIT = new JsonObject()
            .put("id", 9)
            .put("vm", VM)
            .put("lastHost", "h1")
            .put("requestId", "r-1")
            .put("stage", "REDEEMED");

    private static String line(GateRoute route, JsonObject asked, Answer answer) {
        return GateTrace.line(H2, route, Optional.of(VM), asked, answer).orElseThrow();
    }

    @Test
    void everyCallOfTheGateNamesTheRequestBehindTheCoordinatorsPrefix() {
        String prefix = "[pre-fence vm=" + VM + " suspect=h1 peer=h2] ";
        Answer given = Answer.ok(new JsonObject().put("permit", PERMIT));
        assertThat(line(GateRoute.REDEEM, new JsonObject().put("vm", VM), given))
                .isEqualTo(prefix + "redeem REDEEMED permit=9 request=r-1");
        assertThat(line(GateRoute.END, new JsonObject(), given))
                .isEqualTo(prefix + "end REDEEMED permit=9 request=r-1");
        Answer no = Problem.refused("permit-exists", "permit 4 is open", false).answer();
        assertThat(line(GateRoute.GRANT, PERMIT, no))
                .isEqualTo(prefix + "grant permit-exists request=r-1: permit 4 is open");
        Answer absent = Answer.ok(new JsonObject().put("answer", "absent").put("reason", "not here"));
        assertThat(line(GateRoute.ABSENCE, new JsonObject().put("requestId", "r-1"), absent))
                .isEqualTo("[pre-fence vm=" + VM + " suspect=h2 peer=h2] absence absent request=r-1: not here");
    }

    @Test
    void aCallersTextIsOneLine() {
        JsonObject asked = new JsonObject().put("requestId", "r\n1" + "x".repeat(500));
        String line = line(GateRoute.ABSENCE, asked, Answer.ok(new JsonObject()));
        assertThat(line).doesNotContain("\n").hasSizeLessThan(400);
    }
}
