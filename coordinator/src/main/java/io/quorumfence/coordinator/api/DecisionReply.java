package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.core.CellState;
import io.quorumfence.coordinator.core.Stage.Closed;
import io.quorumfence.coordinator.core.StartQueue;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.core.Verdict;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Pending;
import io.quorumfence.coordinator.core.Verdict.Refuse;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.coordinator.render.VerdictJson;
import io.quorumfence.coordinator.shell.GateLoop;
import io.vertx.core.json.JsonObject;

/**
 * A request's answer as HTTP has it: 201 or 200 with the permit, 409 with the reason, 202 with what is awaited. A
 * caller that looks at the status alone never takes anything but an ALLOW for one.
 */
final class DecisionReply {
    private static final long NS_PER_MS = 1_000_000;

    private final GateLoop gate;

    DecisionReply(GateLoop gate) {
        this.gate = gate;
    }

    /** To the one who asked. */
    Reply toAsk(StartRequest request) {
        return reply(request, 201).with("Location", path(request));
    }

    /** To the one who looks. */
    Reply toLook(StartRequest request) {
        return reply(request, 200);
    }

    static String path(StartRequest request) {
        return "/v1/start-requests/" + request.id();
    }

    private Reply reply(StartRequest request, int whenAllowed) {
        Verdict verdict = request.shown();
        if (verdict instanceof Allow allow) {
            return Reply.json(whenAllowed, allowed(request, allow));
        }
        if (verdict instanceof Pending pending) {
            return Reply.json(202, pending(request, pending)).with("Retry-After", "1");
        }
        boolean refused = verdict instanceof Refuse;
        Reply reply = Reply.problem(
                409,
                verdict.code(),
                refused ? ((Refuse) verdict).reason().title() : "the request was cancelled",
                refused ? verdict.text() + "; VM " + request.question().vm() + " is " + Verdict.KEPT : verdict.text(),
                refused);
        reply.body().mergeIn(common(request, verdict));
        if (verdict instanceof Refuse refuse) {
            reply.body().put("wouldChange", refuse.reason().wouldChange());
        }
        return reply;
    }

    /** To the one who took the request back. */
    Reply toCancel(StartRequest request) {
        Verdict verdict = request.shown();
        return Reply.json(200, common(request, verdict).put("detail", verdict.text()));
    }

    /** The answer as data, whatever its verdict. */
    JsonObject json(StartRequest request) {
        return reply(request, 200).body();
    }

    private JsonObject common(StartRequest request, Verdict verdict) {
        JsonObject json = new JsonObject()
                .put("id", request.id())
                .put("verdict", verdict.word())
                .put("reason", verdict.code())
                .put("round", request.round())
                .put("request", VerdictJson.question(request.question()))
                .put("evidence", VerdictJson.evidence(verdict.evidence()))
                .put("before", before(request));
        if (request.stage() instanceof Closed closed) {
            json.put("decidedInMs", closed.tookNs() / NS_PER_MS);
        }
        return json;
    }

    /** What a caller needs to put the VM's entry back as it was when the start fails. */
    private static JsonObject before(StartRequest request) {
        CellState.Sighting was = request.notes().before();
        JsonObject json = new JsonObject()
                .put("vm", request.question().vm().toString())
                .put("lastHost", request.question().lastHost().value());
        boolean there = was != null && was.host().equals(request.question().lastHost());
        return json.put("state", was != null && there ? was.state() : "unknown")
                .put("listedBy", was == null ? null : was.host().value());
    }

    private JsonObject allowed(StartRequest request, Allow allow) {
        PermitView permit = allow.permit();
        JsonObject shown = new JsonObject()
                .put("id", permit.id())
                .put("vm", permit.vm().toString())
                .put("destination", permit.destination().value())
                .put("stage", stageNow(request, permit))
                .put("expiresInMs", expiresInMs(request, allow));
        if (request.cell() != null) {
            gate.address(request.cell(), permit.destination())
                    .map(AgentAddress::url)
                    .ifPresent(url -> shown.put("redeemUrl", url + "/v1/permits/" + permit.id() + "/redeem"));
        }
        return common(request, allow).put("detail", allow.text()).put("permit", shown);
    }

    /** The stage in the newest record that the coordinator has seen; a hint, the record itself decides. */
    private String stageNow(StartRequest request, PermitView permit) {
        return Records.newest(gate, request.cell())
                .flatMap(record -> record.permitOf(request.id(), permit.vm()))
                .orElse(permit)
                .stage()
                .name();
    }

    private long expiresInMs(StartRequest request, Allow allow) {
        long closedNs = request.askedNs() + (request.stage() instanceof Closed closed ? closed.tookNs() : 0);
        return Math.max(0, allow.ttlMs() - (gate.nowNs() - closedNs) / NS_PER_MS);
    }

    private JsonObject pending(StartRequest request, Pending pending) {
        JsonObject json = common(request, pending)
                .put("awaiting", pending.text())
                .put("deadlineInMs", Math.max(0, (pending.deadlineNs() - gate.nowNs()) / NS_PER_MS));
        int place = StartQueue.placeOf(gate.state(), request);
        return place == 0 ? json : json.put("place", place);
    }
}
