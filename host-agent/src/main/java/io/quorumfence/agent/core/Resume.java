package io.quorumfence.agent.core;

import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import java.util.Optional;

/**
 * What a restarted agent process goes on with. VMs outlive the agent, so a joined life of this boot whose lease still
 * lives is resumed at once, before the record is read; a life that was latched, by the keeper, the last process or the
 * clock, is never resumed as itself (H19c).
 */
final class Resume {
    private Resume() {}

    static void stored(AgentState s) {
        Optional<Incarnation> stored = s.facts.stored();
        if (stored.isEmpty() || !s.facts.storedJoined()) {
            return;
        }
        Incarnation life = stored.get();
        s.life = life;
        boolean latched = s.facts.latchedCounter() >= life.counter();
        // Nobody counts on the end of a life that promised none, so its lease may live again (decision 0004). Judged by
        // what the keeper held, not by today's configuration: an action may have been switched on in between.
        boolean expired = s.facts.endPromised() && s.facts.leaseEndNs() <= s.facts.processStartNs();
        if (latched || expired) {
            s.phase = HostPhase.LATCHED;
            ReactionRules.latched(s, s.facts.endPromised());
            return;
        }
        s.phase = HostPhase.JOINED;
        s.lease.floorNs = s.facts.endPromised() ? s.facts.leaseEndNs() - s.timing.selfNs() : s.facts.processStartNs();
        // The last process may have been armed; until a complete list says otherwise the terms stay armed.
        boolean armed = s.facts.endPromised() || (s.canArm() && ReactionRules.isArmedHere(s));
        s.arming.state = armed ? Arming.State.ARMING : Arming.State.UNARMED;
    }
}
