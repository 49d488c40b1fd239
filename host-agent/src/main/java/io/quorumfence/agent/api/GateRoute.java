package io.quorumfence.agent.api;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;

/** The calls of the gate, and of an operator through it. */
enum GateRoute {
    REACTION,
    ABSENCE,
    GRANT,
    REDEEM,
    END,
    RELEASE,
    CONFIRM_DEAD,
    VM_CLASS;

    /** For log lines. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    RequestObservation question(ReplyId id, RoutingContext request, JsonObject body) throws MalformedJson {
        return switch (this) {
            case REACTION -> GateCalls.reaction(id, body);
            case ABSENCE -> GateCalls.absence(id, request.pathParam("vm"), body);
            case GRANT -> GateCalls.grant(id, body);
            case REDEEM -> GateCalls.redeem(id, request.pathParam("permit"), body);
            case END -> GateCalls.end(id, request.pathParam("permit"), body);
            case RELEASE -> GateCalls.release(id, Routes.caller(request).name(), body);
            case CONFIRM_DEAD ->
                GateCalls.confirmDead(id, Routes.caller(request).name(), request.pathParam("host"), body);
            case VM_CLASS -> GateCalls.vmClass(id, Routes.caller(request).name(), request.pathParam("vm"), body);
        };
    }

    Optional<Answer> rendering(ReplyCommand reply) {
        return switch (this) {
            case REACTION -> GateCalls.reaction(reply);
            case ABSENCE -> GateCalls.absence(reply);
            case GRANT -> GateCalls.granted(reply);
            case REDEEM, END -> GateCalls.changed(reply);
            case RELEASE -> GateCalls.released(reply);
            case CONFIRM_DEAD -> GateCalls.confirmed(reply);
            case VM_CLASS -> GateCalls.classed(reply);
        };
    }
}
