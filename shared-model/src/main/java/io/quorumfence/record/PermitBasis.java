package io.quorumfence.record;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Rung;

/** What a permit rests on. */
public sealed interface PermitBasis {

    /** The last host's own word about this VM, given behind its start barrier, in its present life. */
    record HostSays(HostId host, Incarnation life, Rung rung) implements PermitBasis {}

    /** A proven claim on the last host's newest life. */
    record ProvenClaim(FenceToken token) implements PermitBasis {}
}
