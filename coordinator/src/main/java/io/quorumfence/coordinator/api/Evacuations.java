package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.LostVms;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Start requests for all VMs of one host: makes them and asks them, and judges nothing. */
final class Evacuations {
    private final BatchReply batches;

    Evacuations(BatchReply batches) {
        this.batches = batches;
    }

    void ask(RoutingContext request, OneHost one, byte[] bytes) {
        EvacuationBody body;
        try {
            body = EvacuationBody.read(bytes);
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return;
        }
        List<VmId> vms = body.vms();
        if (vms.isEmpty()) {
            LostVms lost = LostVms.of(one.host(), one.view());
            Optional<Reply> no = refusal(one.host(), lost);
            if (no.isPresent()) {
                no.get().send(request);
                return;
            }
            vms = lost.vms();
        }
        Optional<VmId> homeless = body.destinations().isEmpty()
                ? vms.stream().filter(vm -> !body.places().containsKey(vm)).findFirst()
                : Optional.empty();
        if (homeless.isPresent()) {
            Reply.badRequest("field 'places' names no destination for VM " + homeless.get()
                            + ", and 'destinations' is empty")
                    .send(request);
            return;
        }
        ask(request, one, body, vms);
    }

    private static Optional<Reply> refusal(HostId host, LostVms lost) {
        if (!lost.code().isEmpty()) {
            return Optional.of(Reply.problem(409, lost.code(), "Nothing was asked", lost.text(), true));
        }
        if (lost.vms().size() > BatchBody.REQUESTS_MAX) {
            String text = "host " + host + " had " + lost.vms().size() + " VMs; one call takes at most "
                    + BatchBody.REQUESTS_MAX + ": name them";
            return Optional.of(Reply.problem(409, "too-many-vms", "Nothing was asked", text, false));
        }
        return Optional.empty();
    }

    private void ask(RoutingContext request, OneHost one, EvacuationBody body, List<VmId> vms) {
        String prefix = body.requestId() == null ? UUID.randomUUID().toString().substring(0, 8) : body.requestId();
        List<String> ids = new ArrayList<>();
        List<StartQuestion> questions = new ArrayList<>();
        for (VmId vm : vms) {
            ids.add(prefix + "." + vm);
            questions.add(new StartQuestion(
                    vm,
                    one.host(),
                    destination(vm, body),
                    body.siblings(),
                    one.view().state().cell(),
                    body.priorities().getOrDefault(vm, body.priority())));
        }
        JsonObject head = new JsonObject()
                .put("id", prefix)
                .put("host", one.host().value())
                .put("vms", vms.size());
        batches.ask(request, ids, questions, body.waitMs(), head);
    }

    /** By the VM's id alone: the same VM goes to the same host when the list has changed meanwhile. */
    private static HostId destination(VmId vm, EvacuationBody body) {
        HostId place = body.places().get(vm);
        List<HostId> hosts = body.destinations();
        return place != null ? place : hosts.get(Math.floorMod(vm.value().hashCode(), hosts.size()));
    }
}
