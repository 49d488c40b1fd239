package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.Optional;

/**
 * The claimer's own shell found only silence: it asks its siblings for theirs, one at a time, the next at once when one
 * cannot or reaches nobody either, and nobody more once one has seen the suspect answer (decision 0081). No other rung
 * waits for it. What a sibling says counts like the claimer's own shell, for the barrier and the life it is bound to
 * are the same.
 */
final class NextSibling {
    private static final long REPEAT_NS = 300 * Timing.MILLI;

    private NextSibling() {}

    /** True when there is somebody to ask. */
    static boolean begin(AgentState s, FenceWork work) {
        work.round.begin();
        if (candidates(s, work).isEmpty()) {
            work.round.end();
        }
        return work.round.isOn();
    }

    /**
     * In the order of the cell's configuration. Only who has promised: he judged the suspect silent himself, and speaks
     * for the claim.
     */
    private static List<PeerView> candidates(AgentState s, FenceWork work) {
        CellRecord record = s.record().orElseThrow();
        return s.peers.values().stream()
                .filter(peer -> work.promises.containsKey(peer.host)
                        && peer.nonce > 0
                        && !peer.host.equals(work.suspect)
                        && !work.round.tried.contains(peer.host)
                        && !s.suspectedNs.containsKey(peer.host)
                        && isFree(record, peer.host))
                .toList();
    }

    private static boolean isFree(CellRecord record, HostId host) {
        return record.host(host)
                .filter(entry -> !entry.gone()
                        && record.standingClaimOn(host, entry.incarnation()).isEmpty())
                .isPresent();
    }

    /** @param mayAsk whether this rung is climbed now; who was asked before is heard out in any case */
    static void progress(AgentState s, FenceWork work, boolean mayAsk, long nowNs, Out out) {
        SiblingRound round = work.round;
        if (!round.isOn()) {
            return;
        }
        HostId sibling = round.asked;
        if (sibling == null) {
            next(s, work, mayAsk, nowNs, out);
        } else if (nowNs >= round.openUntilNs) {
            round.end();
            Ladder.verdict(
                    s, work, SshVerdict.AMBIGUOUS, "host " + sibling + " never told the end of its shell", nowNs, out);
        } else if (nowNs - round.repeatedNs >= REPEAT_NS) {
            ask(s, work, sibling, nowNs, out);
        }
    }

    private static void next(AgentState s, FenceWork work, boolean mayAsk, long nowNs, Out out) {
        SiblingRound round = work.round;
        Optional<PeerView> first = candidates(s, work).stream().findFirst();
        if (first.isEmpty() || !mayAsk) {
            round.end();
            Ladder.verdict(s, work, SshVerdict.UNREACHABLE, "nobody who was asked reaches it", nowNs, out);
            return;
        }
        HostId sibling = first.get().host;
        round.tried.add(sibling);
        round.asked = sibling;
        round.attempt = ++work.sshAttempt;
        round.echo = first.get().nonce;
        round.heard = false;
        round.earlierUntilNs = round.openUntilNs;
        round.openUntilNs = Math.max(round.openUntilNs, nowNs + longestNs(s));
        work.sshStartedNs = nowNs;
        out.event(new JournalEvent.SiblingAsked(work.requireToken(), work.suspect, sibling, round.attempt));
        ask(s, work, sibling, nowNs, out);
    }

    /** Whose shell may take longer by his own configuration lends none. */
    private static long waitNs(AgentState s) {
        return s.timing.suspectNs() + s.config.ladder().shellTimeout().toNanos();
    }

    /** A question begins nothing once it is that old, and what it began has ended by then. */
    private static long longestNs(AgentState s) {
        return waitNs(s) + waitNs(s) / 1_000_000 * 2 * s.config.rhoPpm();
    }

    private static void ask(AgentState s, FenceWork work, HostId sibling, long nowNs, Out out) {
        Optional<Claim> claim = s.record().flatMap(record -> record.claim(work.requireToken()));
        SiblingRound round = work.round;
        round.repeatedNs = nowNs;
        claim.ifPresent(open -> out.command(new PeerCommand.AskShell(
                sibling, work.id, round.attempt, open, work.claimVersion, round.echo, waitNs(s))));
    }

    static void answered(AgentState s, PeerObservation.ShellAnswered given, long nowNs, Out out) {
        Declaration.byId(s, given.work()).ifPresent(work -> {
            ShellAnswer answer = given.answer();
            // What ended under this token stays ended, whichever attempt says so and however late.
            work.ended.addAll(answer.ended());
            if (!isAwaited(work, given.peer(), given.attempt())) {
                return;
            }
            if (answer.kind() == ShellAnswer.Kind.RUNNING) {
                work.round.heard = true;
                return;
            }
            // A question that found another shell there may be delivered once more, and then begin something; one that
            // was put to an earlier process may have.
            if (answer.kind() != ShellAnswer.Kind.BUSY) {
                work.round.openUntilNs = work.round.earlierUntilNs;
            }
            ended(s, work, given.peer(), answer, nowNs, out);
        });
    }

    private static void ended(AgentState s, FenceWork work, HostId sibling, ShellAnswer answer, long nowNs, Out out) {
        boolean looked = answer.kind() == ShellAnswer.Kind.ENDED;
        String word = looked ? answer.verdict().name() : answer.kind().name();
        out.event(new JournalEvent.SiblingAnswered(work.requireToken(), work.suspect, sibling, word, answer.detail()));
        if (!looked || answer.verdict() == SshVerdict.UNREACHABLE) {
            goOn(s, work, "host " + sibling + ": " + answer.detail(), nowNs, out);
            return;
        }
        work.round.end();
        Ladder.verdict(s, work, answer.verdict(), "by " + sibling + ": " + answer.detail(), nowNs, out);
    }

    /** Who has said that his shell is at work is heard out: one lost repetition of the question is no end of it. */
    static void failed(AgentState s, PeerObservation.ShellCallFailed failed, long nowNs, Out out) {
        Declaration.byId(s, failed.work()).ifPresent(work -> {
            if (isAwaited(work, failed.peer(), failed.attempt()) && !work.round.heard) {
                out.event(new JournalEvent.SiblingAnswered(
                        work.requireToken(), work.suspect, failed.peer(), "NO_ANSWER", failed.detail()));
                goOn(s, work, failed.detail(), nowNs, out);
            }
        });
    }

    private static void goOn(AgentState s, FenceWork work, String detail, long nowNs, Out out) {
        work.round.asked = null;
        work.detail = "sibling-ssh: " + detail;
        if (work.stage == FenceWork.Stage.CLIMBING && candidates(s, work).isEmpty()) {
            work.round.end();
            Ladder.verdict(s, work, SshVerdict.UNREACHABLE, detail, nowNs, out);
        }
    }

    private static boolean isAwaited(FenceWork work, HostId peer, long attempt) {
        return peer.equals(work.round.asked) && attempt == work.round.attempt;
    }
}
