package io.quorumfence.lab.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.lab.ground.Ground;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One host's agent, reached behind all cables so that cut cables do not blind the observer. */
public final class AgentApi {
    private static final Duration LOOK = Duration.ofMillis(1500);
    private static final Duration ACT = Duration.ofSeconds(10);

    private final JsonHttp http;

    public AgentApi(Ground ground, String host) {
        this.http = new JsonHttp(ground.agent(host), new LabTls(ground.tlsDir()).towards(host));
    }

    /** What the agent says of itself and the others; empty while it does not answer. */
    public Optional<JsonNode> status() {
        Answer answer = http.get("/v1/status", LOOK);
        return answer.status() == 200 ? Optional.of(answer.body()) : Optional.empty();
    }

    /** The caller uses the permit: to be done on the destination before the VM is started there. */
    public Answer redeem(String permit, String vm) {
        return http.post("/v1/permits/" + permit + "/redeem", Map.of("vm", vm), ACT);
    }

    /** The operator's switch of one host. */
    public Answer reaction(boolean on) {
        return http.post("/v1/reaction", Map.of("on", on, "by", "scenario"), ACT);
    }

    /** The operator's wish about a VM. */
    public Answer vmClass(String vm, String vmClass) {
        return http.post(
                "/v1/vms/" + vm + "/class", Map.of("class", vmClass, "by", "scenario", "why", "it wants it"), ACT);
    }

    public Answer end(String permit, String reason) {
        return http.post("/v1/permits/" + permit + "/end", Map.of("reason", reason), ACT);
    }

    /** The metrics page as it is; empty while the agent does not answer. */
    public String metrics() {
        return http.text("/metrics", LOOK);
    }
}
