package io.quorumfence.coordinator.core;

/** Why the gate did not answer ALLOW. The codes are an interface: clouds, scenarios and runbooks compare them. */
public enum Reason {
    HOST_ALIVE(
            "host-alive",
            "the last host is seen, or has the VM",
            "the VM ends there, or the host falls silent on storage and on every network plane"),
    VM_SEEN_ELSEWHERE(
            "vm-seen-elsewhere",
            "the VM is on another host than the named last host",
            "the VM ends where it was seen, or the request names that host as its last host"),
    SILENT_HOST_MAY_HAVE_IT(
            "silent-host-may-have-it",
            "a host whose list of VMs is not known may have the VM",
            "that host answers with a complete list, or is proven gone"),
    UNKNOWN_HOST("unknown-host", "a named host is not of this cell", "the request names hosts of one cell"),
    CELL_UNKNOWN("cell-unknown", "no configured cell fits the request", "the request names a configured cell"),
    DESTINATION_UNFIT(
            "destination-unfit",
            "the destination cannot take a VM now",
            "the destination joins with a live lease, or the request names another one"),
    BOOT_BARRIER(
            "boot-barrier",
            "a claim on an earlier life of the destination is still open",
            "that claim is proven or abandoned"),
    PERMIT_EXISTS(
            "permit-exists",
            "another request holds a permit for this VM",
            "that permit is ended, or the request names its destination as the last host"),
    PERMIT_ENDED("permit-ended", "the permit of this request has ended", "the caller asks with a new request id"),
    VM_NOT_PROTECTED(
            "vm-not-protected",
            "the VM is of class ignore, or is only becoming protected again",
            "its class becomes protected (qf vm class), and every host that may run it has heard of it"),
    NO_TIME_PROOF(
            "no-time-proof",
            "time proves nothing for the last host, and nothing else did",
            "the host answers, a sibling proves it over ssh, it boots anew, or an operator decides"),
    STILL_ALIVE(
            "still-alive",
            "a sibling found the VM's process on the last host and could not end it",
            "the process ends, or the host is reset"),
    AMBIGUOUS(
            "ambiguous",
            "what the hosts say does not add up to an answer",
            "the named answer becomes readable and clear"),
    AGENT_TOO_OLD(
            "agent-too-old",
            "an agent does not know this question",
            "that host's agent is upgraded; agents are upgraded before coordinators"),
    NO_RECORD(
            "no-record",
            "no agent could read or write the cell record",
            "a majority of the quorum storages is readable again"),
    NO_AGENTS("no-agents", "no agent of the cell answers", "an agent of the cell answers the coordinator"),
    STORM_GUARD(
            "storm-guard",
            "too many hosts were claimed within the window",
            "the window passes, or an operator overrides the guard"),
    THROTTLED(
            "throttled",
            "the request's turn did not come: too many other VMs are starting",
            "VMs that have a permit start, or their permits end"),
    SIBLINGS_REQUIRED(
            "siblings-required",
            "the cell's policy answers only requests with vetted siblings",
            "the request names siblings, or the cell's policy becomes siblings: optional"),
    NOT_SUSPECTED(
            "not-suspected",
            "the last host is silent, but no agent suspects it",
            "an agent that is fit to judge suspects it, or the host answers");

    private final String code;
    private final String title;
    private final String wouldChange;

    Reason(String code, String title, String wouldChange) {
        this.code = code;
        this.title = title;
        this.wouldChange = wouldChange;
    }

    /** The stable name. */
    public String code() {
        return code;
    }

    /** One line for people, the same for every request. */
    public String title() {
        return title;
    }

    /** What would change the answer. */
    public String wouldChange() {
        return wouldChange;
    }

    /** The reason of a stable name, or the other one for a name that this version does not know. */
    public static Reason ofCode(String code, Reason unknown) {
        for (Reason reason : values()) {
            if (reason.code.equals(code)) {
                return reason;
            }
        }
        return unknown;
    }
}
