package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.quorum.Quorum;
import java.util.Optional;

/**
 * The poison pill, both ends of it. The suspect reads *execute* in its mailbox and, once latched, stops its VMs,
 * verifies that they are gone and names the claim in its own beat; the claimer, or who took over from it, reads that as
 * a proof. One storage that both reach is enough, so this proves where the suspect can decide nothing any more. A host
 * whose lease lives obeys nothing: a witness sees it, and it withdraws the claim instead (rule 8).
 */
final class Pill {
    private Pill() {}

    /** The newest claim that tells exactly this life to end its VMs, as far as its mailboxes show. */
    static Optional<FenceToken> told(AgentState s) {
        Optional<FenceToken> newest = Optional.empty();
        if (!isObedient(s)) {
            return newest;
        }
        for (Lane lane : s.lanes.values()) {
            for (MailEntry entry : lane.mail) {
                boolean mine = s.life != null && entry.suspectCounter() == s.life.counter() && Rounds.binds(s, entry);
                boolean newer = newest.isEmpty() || entry.token().compareTo(newest.get()) > 0;
                if (mine && newer && entry.stage() == MailStage.EXECUTE) {
                    newest = Optional.of(entry.token());
                }
            }
        }
        return newest;
    }

    /** Not with log-only, in shadow mode or switched off: there nothing happens by itself, unless it was promised. */
    private static boolean isObedient(AgentState s) {
        return s.inForce().isEnforceable() || s.reacting.owed;
    }

    /**
     * What the next beat may acknowledge. The latch is the start barrier (rule 10): it stood before the VMs were
     * stopped and before the list was asked for that shows none, and a start that was let through before it would be in
     * flight, listed, or a permit redeemed and not seen. Any doubt acknowledges nothing.
     */
    static Optional<FenceToken> obeyed(AgentState s) {
        boolean gone = s.phase == HostPhase.LATCHED
                && s.latchStopDone
                && s.latchListedEmpty
                && !s.listsProtected()
                && s.vmsComplete
                && !s.vmsInFlight
                && s.record().isPresent()
                && !Latch.mayStartUnseen(s);
        return gone ? told(s).filter(token -> knows(s, token)) : Optional.empty();
    }

    /**
     * Under a claim nothing is redeemed, so a record that shows it shows all that this life ever redeemed. One that a
     * process before this one left may be older than its last redemption.
     */
    private static boolean knows(AgentState s, FenceToken token) {
        return s.record().flatMap(record -> record.claim(token)).isPresent();
    }

    static long number(Optional<FenceToken> token) {
        return token.map(FenceToken::value).orElse(0L);
    }

    static void report(AgentState s, Out out) {
        obeyed(s).filter(token -> token.value() != s.obeyedToken).ifPresent(token -> {
            s.obeyedToken = token.value();
            out.event(new JournalEvent.ExecuteObeyed(s.self(), s.requireLife().counter(), token));
        });
    }

    /** A beat was written and the own mail read after it. */
    static void landed(AgentState s, Lane lane) {
        boolean ofThisLife = s.life != null && lane.beatCounter == s.life.counter();
        if (ofThisLife && lane.beatCleared) {
            lane.leaveCounter = lane.beatCounter;
        }
        if (ofThisLife) {
            lane.okObeyed = lane.beatObeyed;
        }
    }

    /** What a latched life has to say of its end waits for a quarter of a round at most. */
    static boolean isBeatOwed(AgentState s, Lane lane, long nowNs) {
        boolean paced = nowNs >= lane.nextBeatNs - s.timing.beatNs() / 4 * 3;
        return paced
                && Latch.isCleared(s)
                && (lane.leaveCounter != s.requireLife().counter() || owesAcknowledgement(s, lane));
    }

    private static boolean owesAcknowledgement(AgentState s, Lane lane) {
        long token = number(obeyed(s));
        return token != 0 && lane.okObeyed != token;
    }

    /**
     * Whether the latched life may make room for the next one, which is silent until it has joined (decision 0010): on
     * a storage majority its end was written and its mail asked for, and what it has obeyed is acknowledged. A host
     * that reaches no majority cannot join either, so it goes on acknowledging where it can.
     */
    static boolean hasTakenLeave(AgentState s) {
        Incarnation life = s.requireLife();
        long done = s.lanes.values().stream()
                .filter(lane -> lane.leaveCounter == life.counter() && !owesAcknowledgement(s, lane))
                .count();
        return done >= Quorum.majority(s.lanes.size());
    }

    /**
     * Whether the suspect's newest beat acknowledges this very claim. Good at every stage after the decision, and
     * without promises: a latched life renews with nobody, and its VMs are gone.
     */
    static boolean isProof(AgentState s, FenceWork work) {
        boolean claimed = work.token != null
                && work.stage.ordinal() >= FenceWork.Stage.MAILING.ordinal()
                && work.stage.ordinal() <= FenceWork.Stage.CLIMBING.ordinal();
        return claimed
                && newestBeat(s, work)
                        .flatMap(Beat::obeyed)
                        .filter(token -> token.equals(work.token))
                        .isPresent();
    }

    private static Optional<Beat> newestBeat(AgentState s, FenceWork work) {
        return GrantRules.newestBeat(s, work.suspect)
                .filter(beat -> beat.incarnation().equals(work.life) && beat.phase() == HostPhase.LATCHED);
    }

    static Proof proof(FenceWork work) {
        return new Proof(
                Rung.PILL,
                ProofLevel.VMS_GONE,
                "life " + work.life.counter() + " obeyed token " + work.requireToken()
                        + ": latched, its VMs verified gone behind the latch");
    }
}
