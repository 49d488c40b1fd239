package io.quorumfence.agent.core;

import io.quorumfence.config.Rejoin;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.RequestObservation;
import java.util.Optional;

/**
 * A host whose last life was fenced joins anew only with an operator's word, where its configuration says so. Until then
 * it holds no lease, acknowledges nobody and starts nothing; what it could prove of its old life it still proves.
 */
final class Quarantine {
    private Quarantine() {}

    /** Why this host waits for an operator; empty when it does not. */
    static Optional<String> holds(AgentState s) {
        if (s.config.rejoin() != Rejoin.OPERATOR || s.released || s.joinAsked || s.isJoined()) {
            return Optional.empty();
        }
        if (s.phase == HostPhase.LATCHED) {
            return Optional.of("its life " + s.requireLife().counter() + " ended itself");
        }
        return s.record()
                .flatMap(record -> record.host(s.self())
                        .map(HostEntry::incarnation)
                        .flatMap(life -> record.standingClaimOn(s.self(), life)))
                .map(Quarantine::told);
    }

    private static String told(Claim claim) {
        return "its life " + claim.incarnation().counter() + " was fenced with token " + claim.token();
    }

    /** Whether the join has to wait; tells it once. */
    static boolean bars(AgentState s, Out out) {
        Optional<String> why = holds(s);
        if (why.isPresent() && !s.releaseTold) {
            out.event(new JournalEvent.ReleaseAwaited(s.self(), why.get()));
        }
        s.releaseTold = why.isPresent();
        return why.isPresent();
    }

    static void releaseAsked(AgentState s, RequestObservation.ReleaseAsked asked, Out out) {
        if (holds(s).isEmpty()) {
            String detail = "host " + s.self() + " waits for no release"
                    + (s.config.rejoin() == Rejoin.OPERATOR ? "" : "; it comes back by itself (rejoin: automatic)");
            out.event(new JournalEvent.RequestRefused("release by " + asked.by(), "nothing-to-release", detail));
            out.command(new ReplyCommand.ReplyRefused(asked.reply(), "nothing-to-release", detail, false));
            return;
        }
        s.released = true;
        out.event(new JournalEvent.HostReleased(s.self(), asked.caller(), asked.by(), asked.why()));
        out.command(new ReplyCommand.ReplyReleased(asked.reply(), s.self()));
    }
}
