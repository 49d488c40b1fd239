package io.quorumfence.coordinator.fake;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * FAKE. A cell of fake agents that share one real cell record: grants, redemptions and claims follow the record's own
 * rules, everything else is what a test says. The agents themselves are exercised in the lab.
 */
public final class FakeCell implements AutoCloseable {
    public static final CellId CELL = new CellId("lab1");

    private final Map<HostId, FakeAgent> agents = new LinkedHashMap<>();
    private CellRecord record;

    private FakeCell(List<HostId> hosts) {
        record = CellRecord.first(CELL, hosts, List.of(new StorageId("s1")));
    }

    /** A cell whose agents listen on loopback, joined, with live leases and no VMs. */
    public static FakeCell start(Vertx vertx, TestAuthority authority, String... names) {
        List<HostId> hosts = List.of(names).stream().map(HostId::new).toList();
        FakeCell cell = new FakeCell(hosts);
        for (HostId host : hosts) {
            FakeAgent agent = new FakeAgent(vertx, cell, host, authority.files(host.value()));
            cell.agents.put(host, agent);
            cell.apply(new RecordChange.Join(host, agent.life()));
            agent.listen();
        }
        return cell;
    }

    public FakeAgent agent(String host) {
        return Objects.requireNonNull(agents.get(new HostId(host)));
    }

    public List<FakeAgent> agents() {
        return List.copyOf(agents.values());
    }

    public AgentAddress address(String host) {
        return new AgentAddress(CELL, new HostId(host), "127.0.0.1", agent(host).port());
    }

    public synchronized CellRecord record() {
        return record;
    }

    /** Decides a change, or says why the record refuses it. */
    public synchronized ChangeResult apply(RecordChange change) {
        ChangeResult result = change.applyTo(record);
        if (result instanceof ChangeResult.Applied applied) {
            record = applied.next();
        }
        return result;
    }

    /** The host's agent goes away and its beats stop: it lost its power. */
    public void powerLoss(String host) {
        agent(host).close();
        agent(host).silence();
    }

    /** A sibling has claimed the host and proven its end by time. */
    public void provenByTime(String host, String claimer) {
        proven(host, claimer, new Proof(Rung.TIME, ProofLevel.VMS_GONE, "silent for 15020 ms"));
    }

    /** A sibling has claimed the host and made an operator's word its proof. */
    public void provenByOperator(String host, String claimer, String by, String why) {
        proven(host, claimer, new Proof(Rung.OPERATOR, ProofLevel.VMS_GONE, by + ": " + why));
    }

    private synchronized void proven(String host, String claimer, Proof proof) {
        HostEntry suspect = record().host(new HostId(host)).orElseThrow();
        Incarnation claimerLife = agent(claimer).life();
        apply(new RecordChange.OpenClaim(
                suspect.host(), suspect.incarnation(), new HostId(claimer), claimerLife, Set.of(), 9));
        record().claims()
                .forEach(claim -> apply(new RecordChange.Prove(
                        claim.token(), new HostId(claimer), claimerLife, record().epoch(), proof)));
    }

    public void run(String host, VmId vm) {
        agent(host).vms().add(vm);
    }

    @Override
    public void close() {
        agents.values().forEach(FakeAgent::close);
    }
}
