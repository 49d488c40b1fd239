package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.agents.ClassAnswer;
import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.core.status.RecordView.Exempt;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** VMs that are not protected: lists them, and takes an operator's wish to an agent that answers. */
final class VmClasses {
    private static final Logger LOG = LoggerFactory.getLogger("io.quorumfence.decisions");
    private static final Set<String> CLASSES = Set.of("ignore", "protected");
    private static final String FORM =
            "the body must be {\"class\": ignore or protected, \"by\": who, \"why\": the reason}";

    private VmClasses() {}

    private record Wish(VmId vm, String vmClass, String by, String why) {}

    static void list(RoutingContext request, GateLoop gate) {
        JsonArray cells = new JsonArray();
        for (CellView view : views(request, gate)) {
            JsonArray vms = new JsonArray();
            view.record().ifPresent(record -> record.exempt().forEach(entry -> vms.add(json(entry))));
            cells.add(new JsonObject()
                    .put("cell", view.state().cell().value())
                    .put("known", view.record().isPresent())
                    .put("notProtected", vms));
        }
        Reply.json(200, new JsonObject().put("cells", cells)).send(request);
    }

    private static JsonObject json(Exempt entry) {
        return new JsonObject()
                .put("vm", entry.vm().toString())
                .put("class", entry.vmClass())
                .put("by", entry.by())
                .put("why", entry.why())
                .put("awaited", entry.awaited());
    }

    private static List<CellView> views(RoutingContext request, GateLoop gate) {
        List<String> named = request.queryParam("cell");
        return gate.state().cells().keySet().stream()
                .filter(cell -> named.isEmpty() || named.contains(cell.value()))
                .flatMap(cell -> Records.view(gate, cell).stream())
                .toList();
    }

    static void change(RoutingContext request, GateLoop gate) {
        Wish wish;
        try {
            wish = wish(request);
        } catch (BadBody | IllegalArgumentException e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return;
        } catch (DecodeException | ClassCastException e) {
            Reply.badRequest(FORM).send(request);
            return;
        }
        List<CellView> views = views(request, gate);
        if (views.size() != 1) {
            Reply.badRequest("add ?cell= with the name of one cell of this coordinator")
                    .send(request);
            return;
        }
        CellView view = views.get(0);
        Optional<HostId> agent = view.hosts().stream()
                .filter(host -> view.answering(host).isPresent())
                .findFirst();
        if (agent.isEmpty()) {
            Reply.problem(503, "no-agents", "The class was not changed", "no agent of the cell answers", true)
                    .send(request);
            return;
        }
        String prefix = "[vm-class vm=" + wish.vm() + " class=" + wish.vmClass() + " by=\"" + wish.by() + "\"]";
        gate.vmClass(view.state().cell(), agent.get(), wish.vm(), wish.vmClass(), wish.by(), wish.why())
                .onSuccess(answer -> {
                    LOG.warn("{} {}: {} {}", prefix, answer.status(), wish.why(), answer.code());
                    form(wish.vm(), answer).send(request);
                })
                .onFailure(request::fail);
    }

    private static Wish wish(RoutingContext request) throws BadBody {
        JsonObject body = request.body().asJsonObject();
        if (body == null || !Set.of("class", "by", "why").containsAll(body.fieldNames())) {
            throw new BadBody(FORM);
        }
        String vmClass = OneHost.text(body, "class");
        String by = OneHost.text(body, "by");
        String why = OneHost.text(body, "why");
        if (!CLASSES.contains(vmClass)) {
            throw new BadBody("class must be ignore or protected, not '" + vmClass + "'");
        }
        if (by.length() > Exemption.BY_MAX || why.length() > Exemption.WHY_MAX) {
            throw new BadBody("by has at most " + Exemption.BY_MAX + " characters and why " + Exemption.WHY_MAX
                    + ": both stand in the cell record");
        }
        return new Wish(VmId.of(request.pathParam("vm")), vmClass, by, why);
    }

    private static Reply form(VmId vm, ClassAnswer answer) {
        return answer.isDone()
                ? Reply.json(
                        200,
                        new JsonObject()
                                .put("vm", vm.toString())
                                .put("class", answer.vmClass())
                                .put("awaited", new JsonArray(answer.awaited())))
                : Reply.problem(
                        answer.status(),
                        answer.code(),
                        "The class was not changed",
                        answer.detail(),
                        answer.status() == 503);
    }
}
