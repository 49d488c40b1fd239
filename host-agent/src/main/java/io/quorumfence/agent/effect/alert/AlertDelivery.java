package io.quorumfence.agent.effect.alert;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quorumfence.model.command.LocalCommand.DeliverAlert;
import io.quorumfence.model.observation.EffectObservation.AlertDelivered;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers alerts over every configured channel, each with retries and a growing pause until its time is up. It has an
 * event loop and workers of its own: neither a slow receiver nor a name server that hangs touches those that beat.
 * {@link #deliver} returns at once, on any thread, and is answered by AlertDelivered for each channel.
 */
public final class AlertDelivery implements AutoCloseable {
    /** More than that at once are not alerts but a flood: the newest are given up, and counted. */
    static final int PENDING_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);
    private static final long PAUSE_MAX_MS = 30_000;

    private final AlertSpec spec;
    private final MeterRegistry meters;
    private final Consumer<Observation> inbox;
    private final LongSupplier clockNs;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile boolean closed;
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2).setInternalBlockingPoolSize(2));
    private final List<AlertChannel> channels = new ArrayList<>();

    /** @param inbox takes observations on any thread; must not block */
    public AlertDelivery(AlertSpec spec, MeterRegistry meters, Consumer<Observation> inbox, LongSupplier clockNs) {
        this.spec = spec;
        this.meters = meters;
        this.inbox = inbox;
        this.clockNs = clockNs;
        long timeoutMs = spec.timeout().toMillis();
        spec.webhook().ifPresent(url -> channels.add(new WebhookChannel(vertx, url, spec.tokenFile(), timeoutMs)));
        if (!spec.command().isEmpty()) {
            channels.add(new CommandChannel(vertx, spec.command(), timeoutMs));
        }
        Gauge.builder("quorumfence.alerts.pending", pending, AtomicInteger::get)
                .description("alerts that no receiver has taken yet")
                .register(meters);
        meters.counter("quorumfence.alerts.failed");
        meters.counter("quorumfence.alerts.delivered");
    }

    /** Whether anybody is told. */
    public boolean hasReceiver() {
        return !channels.isEmpty();
    }

    public void deliver(DeliverAlert alert) {
        String json = new JsonObject()
                .put("v", 1)
                .put("cell", spec.cell())
                .put("host", spec.host())
                .put("code", alert.code())
                .put("text", alert.text())
                .put("state", alert.raised() ? "raised" : "cleared")
                .put("at", Instant.now().toString())
                .encode();
        long untilNs = clockNs.getAsLong() + spec.retryFor().toNanos();
        for (AlertChannel channel : channels) {
            if (pending.incrementAndGet() > PENDING_MAX) {
                settled(channel, alert, false, PENDING_MAX + " others are waiting");
            } else {
                vertx.runOnContext(ignored -> attempt(
                        channel, alert, json, untilNs, 1, spec.firstPause().toMillis()));
            }
        }
    }

    private void attempt(
            AlertChannel channel, DeliverAlert alert, String json, long untilNs, int number, long pauseMs) {
        if (closed) {
            return;
        }
        channel.attempt(json).onComplete(result -> {
            boolean timeUp = clockNs.getAsLong() + TimeUnit.MILLISECONDS.toNanos(pauseMs) > untilNs;
            if (result.succeeded()) {
                settled(channel, alert, true, "");
            } else if (timeUp) {
                settled(channel, alert, false, result.cause().getMessage() + ", after " + number + " attempts");
            } else {
                long next = Math.min(PAUSE_MAX_MS, 2 * pauseMs);
                vertx.setTimer(pauseMs, id -> attempt(channel, alert, json, untilNs, number + 1, next));
            }
        });
    }

    private void settled(AlertChannel channel, DeliverAlert alert, boolean ok, String detail) {
        pending.decrementAndGet();
        meters.counter(ok ? "quorumfence.alerts.delivered" : "quorumfence.alerts.failed")
                .increment();
        if (!ok) {
            LOG.error("alert {} was not delivered by {}: {}", alert.code(), channel.name(), detail);
        }
        inbox.accept(new AlertDelivered(alert.code(), ok, channel.name() + (detail.isEmpty() ? "" : ": " + detail)));
    }

    @Override
    public void close() {
        closed = true;
        vertx.close();
    }
}
