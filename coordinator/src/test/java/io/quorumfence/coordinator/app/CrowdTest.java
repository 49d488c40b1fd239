package io.quorumfence.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 200 start requests at once for 50 VMs of a dead host, from two coordinators, while the siblings come and go. */
class CrowdTest {
    private static final int VMS = 50;
    private static final int EACH = 4;
    private static final int TRIES = 60;
    /** Somebody else's caller has it. */
    private static final Set<String> TAKEN = Set.of("permit-exists", "vm-seen-elsewhere");

    @TempDir
    Path directory;

    private final Map<String, Integer> started = new ConcurrentHashMap<>();

    @Test
    void everyVmIsStartedExactlyOnce() {
        ExecutorService callers = Executors.newFixedThreadPool(VMS * EACH);
        try (Rig rig = new Rig(directory);
                Coordinator second = rig.another("other.db")) {
            rig.cell.powerLoss("h1");
            rig.cell.provenByTime("h1", "h3");
            List<CompletableFuture<Void>> crowd = new ArrayList<>();
            for (int i = 0; i < VMS * EACH; i++) {
                String base = i % 2 == 0 ? rig.url() : Rig.url(second);
                JsonObject body = body(i);
                crowd.add(CompletableFuture.runAsync(() -> call(rig, base, body), callers));
            }
            // The agents that write the permits die and come back meanwhile, the destinations among them.
            for (String sibling : List.of("h3", "h2", "h3")) {
                rig.cell.agent(sibling).close();
                rig.cell.agent(sibling).listen();
            }
            CompletableFuture.allOf(crowd.toArray(CompletableFuture[]::new)).join();
            assertThat(started)
                    .hasSize(VMS)
                    .allSatisfy((vm, times) -> assertThat(times).as(vm).isEqualTo(1));
            assertThat(rig.cell.record().permits().stream()
                            .filter(permit -> permit.stage() == PermitStage.REDEEMED)
                            .map(Permit::vm))
                    .hasSize(VMS)
                    .doesNotHaveDuplicates();
        } finally {
            callers.shutdownNow();
        }
    }

    /** Asks until it may start the VM, or somebody else has it. */
    private void call(Rig rig, String base, JsonObject body) {
        for (int i = 0; i < TRIES; i++) {
            HttpResponse<String> answer = rig.ask(base, body);
            JsonObject said = new JsonObject(answer.body());
            if (answer.statusCode() == 201) {
                start(rig, said.getJsonObject("permit"));
                return;
            }
            if (TAKEN.contains(said.getString("code", ""))) {
                return;
            }
        }
    }

    private void start(Rig rig, JsonObject permit) {
        String destination = permit.getString("destination");
        VmId vm = VmId.of(permit.getString("vm"));
        ChangeResult redeemed = rig.cell.apply(new RecordChange.RedeemPermit(
                permit.getLong("id"),
                vm,
                new HostId(destination),
                rig.cell.agent(destination).life()));
        if (!(redeemed instanceof ChangeResult.Rejected)) {
            started.merge(vm.toString(), 1, Integer::sum);
            rig.cell.run(destination, vm);
        }
    }

    /** Four callers a VM, each with an id of its own and one of two destinations. */
    private static JsonObject body(int i) {
        return new JsonObject()
                .put("vm", new VmId(new UUID(4, 1 + i % VMS)).toString())
                .put("lastHost", "h1")
                .put("destination", i / VMS % 2 == 0 ? "h2" : "h3")
                .put("requestId", "c" + i)
                .put("wait", "2s");
    }
}
