package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.RequestObservation.ConfirmDeadAsked;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.Optional;

/**
 * An operator's word that one life of a host is dead. It takes the place of the proof alone (rung operator, VMS_GONE):
 * suspicion, second opinions, claim, mailbox and promises are as ever, and a sign of the host ends it (decision 0050).
 *
 * @param life the life he was shown; the word is void for every other one
 */
record OperatorWord(HostId host, Incarnation life, String by, String why, boolean overridesStorm, long sinceNs) {
    /** A word that led to nothing by then is forgotten: who gave it may have looked at something else since. */
    static final long KEPT_NS = 60_000 * Timing.MILLI;

    static void asked(AgentState s, ConfirmDeadAsked asked, long nowNs, Out out) {
        Optional<GrantRules.Held> no = refusal(s, asked, nowNs);
        if (no.isPresent()) {
            String what = "confirm-dead " + asked.host() + " by " + asked.by();
            out.event(new JournalEvent.RequestRefused(
                    what, no.get().code(), no.get().detail()));
            out.command(new ReplyCommand.ReplyRefused(
                    asked.reply(), no.get().code(), no.get().detail(), false));
            return;
        }
        s.words.put(
                asked.host(),
                new OperatorWord(asked.host(), asked.life(), asked.by(), asked.why(), asked.overridesStorm(), nowNs));
        out.event(new JournalEvent.DeathConfirmed(
                asked.host(), asked.life(), asked.caller(), asked.by(), asked.why(), asked.overridesStorm()));
        out.command(new ReplyCommand.ReplyConfirmed(asked.reply(), asked.host(), asked.life()));
    }

    private static Optional<GrantRules.Held> refusal(AgentState s, ConfirmDeadAsked asked, long nowNs) {
        HostId host = asked.host();
        if (host.equals(s.self())) {
            return no("host-seen", "this is the agent of host " + host + ", and it lives");
        }
        if (!s.leaseLives(nowNs) || !s.recordRead || s.record().isEmpty()) {
            return no("agent-unfit", "host " + s.self() + " holds no live lease");
        }
        if (s.config.reaction().shadow()) {
            return no("shadow", "host " + s.self() + " runs in mode shadow and claims nobody");
        }
        CellRecord record = s.record().get();
        HostEntry entry = record.hosts().get(host);
        if (entry == null) {
            return no("unknown-host", "host " + host + " has never joined");
        }
        if (!entry.incarnation().equals(asked.life())) {
            return no(
                    "stale-incarnation",
                    "the record shows life " + entry.incarnation().counter() + " of host " + host
                            + ", the word speaks of life " + asked.life().counter() + "; look again");
        }
        if (isProven(record, host, entry.incarnation())) {
            return no("already-proven", "the end of host " + host + " is proven already");
        }
        if (!s.suspectedNs.containsKey(host)) {
            return no("host-seen", seen(s, host, entry.incarnation(), nowNs));
        }
        return Optional.empty();
    }

    private static Optional<GrantRules.Held> no(String code, String detail) {
        return Optional.of(new GrantRules.Held(code, detail));
    }

    private static String seen(AgentState s, HostId host, Incarnation life, long nowNs) {
        return "host " + s.self() + " does not suspect host " + host + ": a beat changed "
                + Suspicion.storageAge(s, host, life, nowNs) / Timing.MILLI + " ms ago, it was heard "
                + Suspicion.networkAge(s, host, nowNs) / Timing.MILLI + " ms ago";
    }

    private static boolean isProven(CellRecord record, HostId host, Incarnation life) {
        return record.standingClaimOn(host, life).filter(Claim::isProven).isPresent();
    }

    /** Forgets what is over. */
    static void progress(AgentState s, long nowNs, Out out) {
        if (s.words.isEmpty()) {
            return;
        }
        CellRecord record = s.record().orElseThrow();
        for (OperatorWord word : List.copyOf(s.words.values())) {
            HostEntry entry = record.hosts().get(word.host);
            if (entry == null || !entry.incarnation().equals(word.life)) {
                drop(s, word.host, "stale-incarnation", "another life of it has joined", out);
            } else if (isProven(record, word.host, word.life)) {
                s.words.remove(word.host);
            } else if (!s.suspectedNs.containsKey(word.host)) {
                drop(s, word.host, "host-seen", "this host sees it", out);
            } else if (nowNs - word.sinceNs > KEPT_NS) {
                drop(s, word.host, "no-proof-in-time", "nothing was decided with it in 60 s", out);
            }
        }
    }

    /** Whoever contradicts the word ends it; what has been decided without it stands. */
    static void drop(AgentState s, HostId host, String code, String why, Out out) {
        OperatorWord word = s.words.remove(host);
        if (word != null) {
            s.lastRefusal.put(host, code + ": the word of operator " + word.by + " is dropped: " + why);
            out.event(new JournalEvent.ConfirmationDropped(host, word.life, word.by, code, why));
        }
    }

    static Optional<OperatorWord> of(AgentState s, FenceWork work) {
        return Optional.ofNullable(s.words.get(work.suspect)).filter(word -> word.life.equals(work.life));
    }

    /**
     * The proof, once nobody can renew the host any more and its last writes have landed. He says that it was dead when
     * he spoke; a shell that finds its VM alive knows better.
     */
    static Optional<Proof> proof(AgentState s, FenceWork work, long nowNs, Out out) {
        Optional<OperatorWord> word = of(s, work);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        if (work.sshVerdict == SshVerdict.STILL_ALIVE) {
            drop(s, work.suspect, "still-alive", "a shell found a VM of it alive", out);
            return Optional.empty();
        }
        boolean shellIsDue = Ladder.hasSsh(s, work.suspect) && (work.sshRunning || work.sshVerdict == null);
        boolean landed = nowNs - word.get().sinceNs > s.timing.flightNs();
        boolean proves = s.suspectedNs.containsKey(work.suspect)
                && TimeProof.isBlocked(s, work, s.record().orElseThrow())
                && !shellIsDue
                && landed;
        return proves ? Optional.of(word.get().asProof()) : Optional.empty();
    }

    /** He may err about the host; that it leaves the counts and passes a power intent on is not his to say. */
    private Proof asProof() {
        String storm = overridesStorm ? ", storm guard overridden" : "";
        return new Proof(Rung.OPERATOR, ProofLevel.VMS_GONE, "operator " + by + storm + ": " + why);
    }
}
