package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.shell.GateListener;
import io.quorumfence.coordinator.shell.GateLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * The answers of one request as server-sent events: the present one at once, each further one when it changes; the
 * stream ends with the final one. Belongs to the gate's loop.
 */
final class EventFeed implements GateListener {
    private static final long KEEP_ALIVE_MS = 15_000;

    private final Vertx vertx;
    private final GateLoop gate;
    private final DecisionReply decisions;
    private final String id;
    private final HttpServerResponse response;
    private long timer = -1;

    private EventFeed(Vertx vertx, GateLoop gate, DecisionReply decisions, String id, HttpServerResponse response) {
        this.vertx = vertx;
        this.gate = gate;
        this.decisions = decisions;
        this.id = id;
        this.response = response;
    }

    static void serve(RoutingContext request, Vertx vertx, GateLoop gate, DecisionReply decisions) {
        String id = request.pathParam("id");
        Optional<StartRequest> known = gate.request(id);
        if (known.isPresent()) {
            new EventFeed(vertx, gate, decisions, id, request.response()).open(known.get());
        } else {
            GateApi.unknown(id).send(request);
        }
    }

    private void open(StartRequest request) {
        response.setChunked(true).putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control", "no-store");
        response.closeHandler(gone -> stop());
        gate.listen(this);
        timer = vertx.setPeriodic(KEEP_ALIVE_MS, tick -> response.write(": still here\n\n"));
        tell(request);
    }

    @Override
    public void decided(GateEvent event) {
        if (event instanceof GateEvent.Judged && event.request().id().equals(id)) {
            tell(event.request());
        }
    }

    private void tell(StartRequest request) {
        response.write("event: verdict\ndata: " + decisions.json(request).encode() + "\n\n");
        if (request.isClosed()) {
            stop();
            response.end();
        }
    }

    private void stop() {
        gate.ignore(this);
        vertx.cancelTimer(timer);
    }
}
