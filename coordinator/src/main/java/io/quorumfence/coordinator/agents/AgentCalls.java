package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.Basis;
import io.quorumfence.coordinator.core.HostAnswer;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.model.VmId;
import io.vertx.core.Future;

/**
 * What the coordinator asks of agents. No call blocks, none queues, and every future succeeds: a transport that failed
 * is a value. Each ends within its own timeout. Called on the event loop of the gate; answers arrive there.
 */
public interface AgentCalls {

    /** Reads the status. May be repeated at will. */
    Future<AgentReport> status(AgentAddress agent);

    /** Asks the host whether the VM is not with it. Puts a start barrier for that VM there; may be repeated. */
    Future<HostAnswer> absence(AgentAddress agent, String requestId, VmId vm);

    /** Has a permit decided. The same request id finds the same permit, so that it may be repeated. */
    Future<PermitAnswer> permit(AgentAddress agent, String requestId, StartQuestion question, Basis basis, long ttlMs);

    /** Ends a permit that was not redeemed. May be repeated. */
    Future<PermitAnswer> end(AgentAddress agent, long permit, String reason);

    /** Lets a fenced host that waits for an operator take VMs again. May be repeated. */
    Future<ReleaseAnswer> release(AgentAddress agent, String by, String why);

    /** Tells an agent an operator's word about another host. May be repeated. */
    Future<ConfirmAnswer> confirmDead(AgentAddress agent, OperatorSays word);

    /** Takes an operator's wish about the class of a VM to the record. May be repeated. */
    Future<ClassAnswer> vmClass(AgentAddress agent, VmId vm, String vmClass, String by, String why);

    /** Redeems a permit on its destination's agent, right before the VM is started. May be repeated. */
    Future<PermitAnswer> redeem(AgentAddress agent, long permit, VmId vm);
}
