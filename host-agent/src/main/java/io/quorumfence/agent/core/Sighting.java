package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import java.util.Optional;

/**
 * What one lane last showed of one host. Rule 2: {@code joinedSinceNs} is the END of the first read that showed the
 * current joined beat; a first-ever read is a change, a lower beat never is. Latched beats never count as seen (19b).
 *
 * @param latest newest beat of any phase
 * @param joined newest beat of a joined life
 * @param moved whether this process saw it move: the first read is a change by rule, but no sign of life
 */
record Sighting(Beat latest, Optional<Beat> joined, long joinedSinceNs, boolean moved) {

    static Sighting first(Beat beat, long readEndNs) {
        boolean counts = beat.phase() == HostPhase.JOINED;
        return new Sighting(
                beat, counts ? Optional.of(beat) : Optional.empty(), counts ? readEndNs : Timing.NEVER, false);
    }

    Sighting read(Beat beat, long readEndNs) {
        if (!beat.isNewerThan(latest)) {
            return this;
        }
        boolean counts = beat.phase() == HostPhase.JOINED;
        return new Sighting(
                beat, counts ? Optional.of(beat) : joined, counts ? readEndNs : joinedSinceNs, counts || moved);
    }

    /** When this life was last seen alive here, {@link Timing#NEVER} if not. */
    long seenNs(Incarnation life) {
        return joined.filter(beat -> beat.incarnation().equals(life)).isPresent() ? joinedSinceNs : Timing.NEVER;
    }
}
