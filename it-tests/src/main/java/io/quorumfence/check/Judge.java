package io.quorumfence.check;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the evidence of one run and says of each invariant whether it held. */
public final class Judge {
    private Judge() {}

    /**
     * @param lostNs when the host was lost whose VM is asked for, on the evidence's clock; negative when no host was
     * @return findings by the invariants' names I1 to I8, in that order
     */
    public static Map<String, Finding> judge(Evidence evidence, long lostNs) {
        RunningInvariants running = new RunningInvariants(evidence);
        FencingInvariants fencing = new FencingInvariants(evidence);
        AnswerInvariants answers = new AnswerInvariants(evidence);
        Map<String, Finding> findings = new LinkedHashMap<>();
        findings.put("I1", running.oneHost());
        findings.put("I2", running.permitsOnly());
        findings.put("I3", running.selfFence());
        findings.put("I4", fencing.tokens());
        findings.put("I5", fencing.slowIsNotDead());
        findings.put("I6", fencing.storm());
        findings.put("I7", answers.liveness(lostNs));
        findings.put("I8", answers.reasons());
        return findings;
    }
}
