package io.quorumfence.agent.api;

import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * What the read-only pages show. The first two are called on the event loop and must only hand out what lies ready; the
 * scrape is called on a worker.
 *
 * @param health for {@code /health}
 * @param status for {@code /v1/status}
 * @param scrape for {@code /metrics}, in Prometheus' text form
 */
public record ApiSources(Supplier<JsonObject> health, Supplier<JsonObject> status, Supplier<String> scrape) {}
