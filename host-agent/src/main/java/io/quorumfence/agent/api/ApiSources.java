package io.quorumfence.agent.api;

import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * What the read-only pages show. Health is asked for on the event loop and must lie ready; the other two are made on a
 * worker, for a large cell's take their time.
 *
 * @param health for {@code /health}
 * @param status for {@code /v1/status}
 * @param scrape for {@code /metrics}, in Prometheus' text form
 */
public record ApiSources(Supplier<JsonObject> health, Supplier<JsonObject> status, Supplier<String> scrape) {}
