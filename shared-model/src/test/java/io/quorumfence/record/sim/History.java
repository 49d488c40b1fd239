package io.quorumfence.record.sim;

import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who asked what and was answered what, in the order in which it happened. */
final class History {
    private static final int NEVER = Integer.MAX_VALUE;

    private final Map<Long, Operation> byRequest = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private int moment;

    /** One request; without an answer it may have taken effect at any time since, or never. */
    static final class Operation {
        final Optional<RecordChange> change;
        final int invoked;
        int returned = NEVER;

        @Nullable
        RegisterOutcome outcome;

        private Operation(Optional<RecordChange> change, int invoked) {
            this.change = change;
            this.invoked = invoked;
        }

        boolean isPending() {
            return outcome == null;
        }

        @Override
        public String toString() {
            String what = change.map(Object::toString).orElse("read");
            return "[" + invoked + ".." + (isPending() ? "" : returned) + "] " + what + " -> " + outcome;
        }
    }

    void invoked(long request, Optional<RecordChange> change) {
        Operation operation = new Operation(change, moment++);
        byRequest.put(request, operation);
        operations.add(operation);
    }

    void returned(long request, RegisterOutcome outcome) {
        Operation operation = byRequest.get(request);
        if (operation != null) {
            operation.outcome = outcome;
            operation.returned = moment++;
        }
    }

    List<Operation> operations() {
        return operations;
    }
}
