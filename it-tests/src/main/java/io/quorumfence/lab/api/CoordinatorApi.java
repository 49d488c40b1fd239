package io.quorumfence.lab.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.lab.ground.Ground;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A coordinator's REST API, as cloud management software uses it. */
public final class CoordinatorApi {
    private static final Duration SLACK = Duration.ofSeconds(15);

    private final JsonHttp http;

    public CoordinatorApi(Ground ground, int number) {
        this.http = new JsonHttp(ground.coordinator(number), null);
    }

    /** A start request. Lists and texts that are empty are left out. */
    public record StartRequest(
            String requestId,
            String vm,
            String lastHost,
            String destination,
            List<String> siblings,
            Duration patience) {
        public StartRequest {
            siblings = List.copyOf(siblings);
        }

        Map<String, Object> body() {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("vm", vm);
            body.put("lastHost", lastHost);
            body.put("destination", destination);
            if (!siblings.isEmpty()) {
                body.put("siblings", siblings);
            }
            if (!requestId.isEmpty()) {
                body.put("requestId", requestId);
            }
            if (!patience.isZero()) {
                body.put("wait", patience.toMillis() + "ms");
            }
            return body;
        }
    }

    public Answer startRequest(StartRequest request) {
        return http.post(
                "/v1/start-requests", request.body(), request.patience().plus(SLACK));
    }

    public Answer decision(String id) {
        return http.get("/v1/start-requests/" + id, SLACK);
    }

    public Answer cancel(String id) {
        return http.delete("/v1/start-requests/" + id, SLACK);
    }

    public JsonNode hosts() {
        return http.get("/v1/hosts", SLACK).body();
    }

    /** Whether it answers at all. */
    public boolean isUp() {
        return http.get("/v1/hosts", Duration.ofSeconds(2)).status() == 200;
    }
}
