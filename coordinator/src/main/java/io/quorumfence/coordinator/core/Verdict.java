package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import java.util.List;

/** What the gate answers. Only {@link Allow} and {@link Cancelled} are final; a refused request may be asked again. */
public sealed interface Verdict {
    /** Stands at the end of every refusal, and is true: the gate writes nothing before it allows. */
    String KEPT = "kept as it was until the suspect recovers or an operator decides";

    /** At most this many observations are shown; the first ones matter most. */
    int EVIDENCE_MAX = 64;

    /** ALLOW, REFUSE, PENDING or CANCELLED. */
    String word();

    /** Stable code: the rung for ALLOW. */
    String code();

    /** One line for people. */
    String text();

    List<Evidence> evidence();

    /** Whether this is the same answer for a person, whatever the ages in it. */
    default boolean saysTheSameAs(Verdict other) {
        return word().equals(other.word()) && code().equals(other.code());
    }

    /** The VM may start on the permit's destination, once. */
    record Allow(PermitView permit, long ttlMs, List<Evidence> evidence) implements Verdict {
        public Allow {
            evidence = bounded(evidence);
        }

        @Override
        public String word() {
            return "ALLOW";
        }

        @Override
        public String code() {
            return permit.rung();
        }

        @Override
        public String text() {
            return "permit " + permit.id() + " lets VM " + permit.vm() + " start once on host " + permit.destination()
                    + ", proven by " + permit.rung();
        }
    }

    /** The VM must not start; nothing was changed. */
    record Refuse(Reason reason, String text, List<Evidence> evidence) implements Verdict {
        public Refuse {
            evidence = bounded(evidence);
        }

        @Override
        public String word() {
            return "REFUSE";
        }

        @Override
        public String code() {
            return reason.code();
        }
    }

    /**
     * Not yet: something that may prove absence is under way.
     *
     * @param deadlineNs when it will have ended, on the coordinator's monotonic clock
     */
    record Pending(Awaited awaited, String text, long deadlineNs, List<Evidence> evidence) implements Verdict {
        public Pending {
            evidence = bounded(evidence);
        }

        @Override
        public String word() {
            return "PENDING";
        }

        @Override
        public String code() {
            return awaited.code();
        }
    }

    /** The caller took the request back. */
    record Cancelled(String text) implements Verdict {
        @Override
        public String word() {
            return "CANCELLED";
        }

        @Override
        public String code() {
            return "cancelled";
        }

        @Override
        public List<Evidence> evidence() {
            return List.of();
        }
    }

    private static List<Evidence> bounded(List<Evidence> evidence) {
        return List.copyOf(evidence.size() > EVIDENCE_MAX ? evidence.subList(0, EVIDENCE_MAX) : evidence);
    }
}
