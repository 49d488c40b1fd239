package io.quorumfence.agent.app;

import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.agent.effect.local.BootFacts.Life;
import io.quorumfence.agent.effect.local.SelfFenceFile;
import io.quorumfence.model.Incarnation;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/** What tmpfs and shared memory told, in the core's words. */
final class Facts {
    private Facts() {}

    static BootFacts of(
            io.quorumfence.agent.effect.local.BootFacts stored,
            long processStartNs,
            long bootAgeNs,
            Optional<CellRecord> record,
            SelfFenceFile.Found kept) {
        Optional<Incarnation> life = stored.life().map(Life::incarnation);
        boolean joined = stored.life().map(Life::joined).orElse(false);
        return new BootFacts(
                        stored.bootId(),
                        processStartNs,
                        bootAgeNs,
                        life,
                        joined,
                        stored.latchedCounter(),
                        stored.leaseEndNs().orElse(BootFacts.UNKNOWN_NS),
                        stored.endPromised(),
                        stored.promises(),
                        stored.promisesIntact(),
                        stored.barriers(),
                        record)
                .cleared(stored.clearedCounter())
                .with(kept.memory(), kept.intact());
    }
}
