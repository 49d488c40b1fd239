package io.quorumfence.agent.core;

import io.quorumfence.config.Rejoin;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.CellRecord;
import java.util.Optional;
import java.util.UUID;

/**
 * A host whose last life was fenced or ended itself joins anew, for only its JOIN tells everybody that the old life is
 * over; but where its configuration says so it starts no VM before an operator released it. The barrier for any VM
 * lies with the others on tmpfs, so it outlives the agent and not the boot.
 */
final class Quarantine {
    /** Not a VM: the barrier that stands for all of them. */
    static final VmId ANY = new VmId(new UUID(0, 0));

    private Quarantine() {}

    /** Why this host waits for an operator; empty when it does not. */
    static Optional<String> holds(AgentState s) {
        if (!s.permits.barriers.contains(ANY)) {
            return Optional.empty();
        }
        return Optional.of(s.quarantineWhy.isEmpty() ? "an earlier life of it was fenced" : s.quarantineWhy);
    }

    /**
     * A new life is about to join: what the one before came to is known only now. Whoever is to wait is barred before
     * the JOIN can be decided, or an agent that ends in between would leave a successor that sees only the new life.
     */
    static void begins(AgentState s, CellRecord record, Out out) {
        s.formerCounter = record.host(s.self())
                .map(HostEntry::incarnation)
                .map(Incarnation::counter)
                .orElse(0L);
        s.formerLatched = s.phase == HostPhase.LATCHED;
        boolean claimed = record.host(s.self())
                .flatMap(entry -> record.standingClaimOn(s.self(), entry.incarnation()))
                .isPresent();
        if (s.config.rejoin() == Rejoin.OPERATOR && (claimed || s.formerLatched)) {
            bar(s, out);
        }
    }

    private static void bar(AgentState s, Out out) {
        s.permits.barriers.add(ANY);
        out.command(new LocalCommand.StoreBarrier(ANY));
    }

    /** The join is decided; nothing can have been started yet. */
    static void joined(AgentState s, CellRecord record, Out out) {
        if (s.config.rejoin() != Rejoin.OPERATOR) {
            return;
        }
        Optional<Claim> fenced = record.claims().stream()
                .filter(claim -> claim.isProven()
                        && claim.suspect().equals(s.self())
                        && claim.incarnation().counter() >= s.formerCounter
                        && claim.incarnation().counter() < s.requireLife().counter())
                .findFirst();
        if (fenced.isEmpty() && !s.formerLatched) {
            return;
        }
        s.quarantineWhy = fenced.map(claim ->
                        "its life " + claim.incarnation().counter() + " was fenced with token " + claim.token())
                .orElse("its life " + s.formerCounter + " ended itself");
        bar(s, out);
        out.event(new JournalEvent.ReleaseAwaited(s.self(), s.quarantineWhy));
    }

    static void releaseAsked(AgentState s, RequestObservation.ReleaseAsked asked, Out out) {
        if (holds(s).isEmpty()) {
            String detail = "host " + s.self() + " waits for no release"
                    + (s.config.rejoin() == Rejoin.OPERATOR ? "" : "; it comes back by itself (rejoin: automatic)");
            out.event(new JournalEvent.RequestRefused("release by " + asked.by(), "nothing-to-release", detail));
            out.command(new ReplyCommand.ReplyRefused(asked.reply(), "nothing-to-release", detail, false));
            return;
        }
        s.permits.barriers.remove(ANY);
        out.command(new LocalCommand.LiftBarrier(ANY));
        out.event(new JournalEvent.HostReleased(s.self(), asked.caller(), asked.by(), asked.why()));
        out.command(new ReplyCommand.ReplyReleased(asked.reply(), s.self()));
    }
}
