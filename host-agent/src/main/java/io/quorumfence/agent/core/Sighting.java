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
 * @param renewedBeforeNs the END of the first read after which the life shown cannot have renewed unseen: that of the
 *     newest joined beat, or of the first latched one. A reader that was blind meanwhile knows from a latched beat
 *     only that the lease ended before it, not how long before (decision 0012)
 */
record Sighting(Beat latest, Optional<Beat> joined, long joinedSinceNs, boolean moved, long renewedBeforeNs) {

    static Sighting first(Beat beat, long readEndNs) {
        boolean counts = beat.phase() == HostPhase.JOINED;
        boolean lived = counts || beat.phase() == HostPhase.LATCHED;
        return new Sighting(
                beat,
                counts ? Optional.of(beat) : Optional.empty(),
                counts ? readEndNs : Timing.NEVER,
                false,
                lived ? readEndNs : Timing.NEVER);
    }

    Sighting read(Beat beat, long readEndNs) {
        if (!beat.isNewerThan(latest)) {
            return this;
        }
        boolean counts = beat.phase() == HostPhase.JOINED;
        boolean latchedAlready =
                latest.phase() == HostPhase.LATCHED && latest.incarnation().equals(beat.incarnation());
        boolean lived = counts || (beat.phase() == HostPhase.LATCHED && !latchedAlready);
        return new Sighting(
                beat,
                counts ? Optional.of(beat) : joined,
                counts ? readEndNs : joinedSinceNs,
                counts || moved,
                lived ? readEndNs : renewedBeforeNs);
    }

    /** When this life was last seen alive here, {@link Timing#NEVER} if not. */
    long seenNs(Incarnation life) {
        return joined.filter(beat -> beat.incarnation().equals(life)).isPresent() ? joinedSinceNs : Timing.NEVER;
    }

    /** From when on this life cannot have renewed on this storage, as far as the lane shows; NEVER if it never did. */
    long renewedBeforeNs(Incarnation life) {
        boolean shown = latest.incarnation().equals(life)
                || joined.filter(beat -> beat.incarnation().equals(life)).isPresent();
        return shown ? renewedBeforeNs : Timing.NEVER;
    }
}
