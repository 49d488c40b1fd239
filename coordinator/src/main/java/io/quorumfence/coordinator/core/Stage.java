package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Pending;
import io.quorumfence.model.HostId;
import java.util.List;

/**
 * Where a request stands.
 *
 * <pre>
 * Gathering -> Waiting | AskingHost | Granting | Closed      first round of statuses
 * Waiting -> Waiting | AskingHost | Granting | Closed        PENDING; judged again and again until its deadline
 * AskingHost -> Waiting | AskingHost | Granting | Closed     the last host's own word
 * Granting -> Granting | Waiting | Closed                    the record
 * Closed(REFUSE) -> Gathering                                asked again
 * Closed(ALLOW) -> Ending -> Closed(CANCELLED | ALLOW)       taken back; not possible once redeemed
 * any open one -> Closed(CANCELLED)
 * </pre>
 */
public sealed interface Stage {

    record Gathering(long untilNs) implements Stage {}

    record Waiting(Pending pending, long retryNs) implements Stage {}

    record AskingHost(long call, long sinceNs) implements Stage {}

    /**
     * An agent is having the permit decided.
     *
     * @param left agents that were not asked yet in this attempt
     */
    record Granting(long call, long sinceNs, Basis basis, List<HostId> left, List<Evidence> evidence) implements Stage {
        public Granting {
            left = List.copyOf(left);
            evidence = List.copyOf(evidence);
        }
    }

    record Ending(long call, long sinceNs, long asker, Allow allow, long tookNs, List<HostId> left) implements Stage {
        public Ending {
            left = List.copyOf(left);
        }
    }

    /**
     * The round is over.
     *
     * @param tookNs from the ask of this round to the verdict
     */
    record Closed(Verdict verdict, long tookNs) implements Stage {}
}
