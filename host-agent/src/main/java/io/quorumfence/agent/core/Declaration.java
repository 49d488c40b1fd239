package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Declaring (S, i) fenced, stage by stage: lock, second opinions, claim, mailbox, promises, execute, ladder, proof. A
 * sign of life before the proof withdraws the claim; a withdrawn claim has cost the host nothing.
 */
final class Declaration {
    /** Opinions that did not come by then do not come. */
    static final long OPINION_WAIT_NS = 1_800 * Timing.MILLI;

    static final long LOCK_WAIT_NS = 600 * Timing.MILLI;

    private Declaration() {}

    static void progress(AgentState s, long nowNs, Out out) {
        if (s.record().isEmpty()) {
            return;
        }
        SelfDefence.progress(s, nowNs);
        OperatorWord.progress(s, nowNs, out);
        for (HostId suspect : s.suspectedNs.keySet()) {
            if (!s.works.containsKey(suspect)) {
                maybeBegin(s, suspect, nowNs, out);
            }
        }
        if (!s.works.isEmpty()) {
            new ArrayList<>(s.works.values()).forEach(work -> advance(s, work, nowNs, out));
        }
        Withdrawal.orphans(s, nowNs);
        PowerLooks.progress(s, nowNs);
        PowerLooks.lookAtSilent(s, nowNs, out);
        PowerIntents.progress(s, nowNs, out);
    }

    private static void maybeBegin(AgentState s, HostId suspect, long nowNs, Out out) {
        if (nowNs < s.nextAttemptNs.getOrDefault(suspect, Timing.NEVER)) {
            return;
        }
        CellRecord record = s.record().orElseThrow();
        HostEntry entry = record.host(suspect).orElseThrow();
        Optional<Claim> standing = record.standingClaimOn(suspect, entry.incarnation());
        if (standing.isPresent() && !isFree(s, standing.get(), record, nowNs)) {
            return;
        }
        Optional<String> unfit = Suspicion.unfit(s, suspect, nowNs);
        if (unfit.isPresent()) {
            s.lastRefusal.put(suspect, "not fit to judge: " + unfit.get());
            RecordDesk.readAgain(s, nowNs);
            return;
        }
        if (s.config.reaction().shadow()) {
            if (s.reacting.told.add(suspect)) {
                out.event(new JournalEvent.WouldHave(s.self(), "claim " + suspect, "mode is shadow"));
            }
            return;
        }
        FenceWork work = new FenceWork(s.nextId(), suspect, entry.incarnation(), nowNs);
        standing.ifPresent(claim -> work.takeOverFrom = claim.claimer());
        s.works.put(suspect, work);
        s.lastRefusal.remove(suspect);
        out.command(new LocalCommand.TakeLock(work.id, suspect));
    }

    /** An open claim is taken up by its own claimer's next process, or when its claimer went silent or lives anew. */
    private static boolean isFree(AgentState s, Claim claim, CellRecord record, long nowNs) {
        if (claim.stage() != ClaimStage.CLAIMED) {
            return false;
        }
        // A claimer that lost its storages can end nothing, though its peers hear it.
        boolean silent = s.suspectedNs.containsKey(claim.claimer())
                || Suspicion.storageAge(s, claim.claimer(), claim.claimerIncarnation(), nowNs)
                        >= Suspicion.suspectNs(s, claim.claimer());
        boolean mine = claim.claimer().equals(s.self());
        return mine || silent || !record.isJoined(claim.claimer(), claim.claimerIncarnation());
    }

    private static void advance(AgentState s, FenceWork work, long nowNs, Out out) {
        PowerRung.early(s, work, nowNs, out);
        if (Pill.isProof(s, work) && PowerRung.mayProve(s, work, nowNs)) {
            Ladder.prove(s, work, Pill.proof(work), nowNs);
            return;
        }
        // A shell that is there already may have killed: its end is awaited, for a withdrawn claim costs nothing.
        boolean proves = work.stage.ordinal() >= FenceWork.Stage.PROVING.ordinal();
        boolean shellWorks = work.hasShell(nowNs) || work.power.deferred != null || LentShells.isOut(s, work.suspect);
        if (!s.suspectedNs.containsKey(work.suspect) && !proves && !shellWorks) {
            Withdrawal.seen(s, work, "this host sees it again", nowNs, out);
            return;
        }
        switch (work.stage) {
            case LOCK -> {
                if (nowNs - work.sinceNs >= LOCK_WAIT_NS) {
                    locked(s, work, LockAnswer.UNAVAILABLE, nowNs, out);
                }
            }
            case OPINIONS -> opinionsDue(s, work, nowNs, out);
            case PROMISING -> PromiseCollecting.due(s, work, nowNs, out);
            case CLIMBING -> Ladder.climb(s, work, nowNs, out);
            default -> {}
        }
    }

    static void lockAnswered(AgentState s, EffectObservation.LockAnswered answered, long nowNs, Out out) {
        byId(s, answered.work()).ifPresent(work -> {
            if (work.stage == FenceWork.Stage.LOCK) {
                locked(s, work, answered.answer(), nowNs, out);
            }
        });
    }

    /** The lock saves work and carries no safety: without an answer the attempt goes on, and the claim decides. */
    private static void locked(AgentState s, FenceWork work, LockAnswer answer, long nowNs, Out out) {
        if (answer == LockAnswer.HELD_ELSEWHERE) {
            end(s, work, "lock-held", "another sibling works on it", nowNs, out);
            return;
        }
        work.locked = answer == LockAnswer.ACQUIRED;
        work.enter(FenceWork.Stage.OPINIONS, nowNs);
        for (HostId peer : others(s, work)) {
            out.command(new PeerCommand.AskOpinion(peer, work.id, work.suspect, work.life));
        }
    }

    /** Counted hosts besides this one and the suspect. */
    static List<HostId> others(AgentState s, FenceWork work) {
        return s.record().orElseThrow().counted().stream()
                .filter(host -> !host.equals(s.self()) && !host.equals(work.suspect))
                .toList();
    }

    static void opinion(AgentState s, PeerObservation.OpinionGiven given, long nowNs, Out out) {
        byId(s, given.work()).ifPresent(work -> {
            if (work.stage == FenceWork.Stage.OPINIONS) {
                work.opinions.put(given.peer(), given.opinion());
                opinionsDue(s, work, nowNs, out);
            }
        });
    }

    private static void opinionsDue(AgentState s, FenceWork work, long nowNs, Out out) {
        if (work.opinions.containsValue(Opinion.SEEN)) {
            end(s, work, "seen-by-peer", "a peer sees the suspect", nowNs, out);
            OperatorWord.drop(s, work.suspect, "host-seen", "another host sees it", out);
            return;
        }
        long silent = 1
                + work.opinions.values().stream()
                        .filter(o -> o == Opinion.SILENT)
                        .count();
        boolean allAnswered = work.opinions.size() >= others(s, work).size();
        boolean timeUp = nowNs - work.sinceNs >= OPINION_WAIT_NS;
        if (!allAnswered && !timeUp) {
            return;
        }
        int needed = Quorum.blocking(s.record().orElseThrow().counted().size());
        if (silent < needed) {
            end(s, work, "too-few-opinions", silent + " of " + needed + " needed hosts judge it silent", nowNs, out);
            return;
        }
        claim(s, work, nowNs);
    }

    private static void claim(AgentState s, FenceWork work, long nowNs) {
        work.enter(FenceWork.Stage.CLAIMING, nowNs);
        CellRecord record = s.record().orElseThrow();
        RecordChange change;
        if (work.takeOverFrom != null) {
            Optional<Claim> open = record.openClaimOn(work.suspect, work.life);
            if (open.isEmpty()) {
                s.works.remove(work.suspect);
                return;
            }
            change = new RecordChange.TakeOver(open.get().token(), work.takeOverFrom, s.self(), s.requireLife());
        } else {
            int limit = stormLimit(s, work);
            change = new RecordChange.OpenClaim(
                    work.suspect, work.life, s.self(), s.requireLife(), RecordDesk.aged(s, nowNs), limit);
        }
        RecordDesk.submit(s, change, new Pending.ClaimWanted(work.suspect, work.id), nowNs);
    }

    /** I6: an operator's word may pass the storm guard, if it says so. */
    private static int stormLimit(AgentState s, FenceWork work) {
        if (OperatorWord.of(s, work).filter(OperatorWord::overridesStorm).isPresent()) {
            return Integer.MAX_VALUE;
        }
        return s.config.stormLimit() > 0
                ? s.config.stormLimit()
                : Quorum.stormShare(s.config.members().size());
    }

    static void claimed(AgentState s, Pending.ClaimWanted wanted, CellRecord record, long nowNs, Out out) {
        Optional<FenceWork> found = byId(s, wanted.work());
        Optional<Claim> claim = record.host(wanted.suspect())
                .flatMap(entry -> record.openClaimOn(wanted.suspect(), entry.incarnation()))
                .filter(open -> open.claimer().equals(s.self()));
        if (found.isEmpty() || claim.isEmpty()) {
            found.ifPresent(work -> end(s, work, "claim-lost", "the claim is no longer open", nowNs, out));
            return;
        }
        FenceWork work = found.get();
        work.token = claim.get().token();
        work.claimVersion = record.version();
        out.event(
                work.takeOverFrom == null
                        ? new JournalEvent.ClaimDecided(work.token, work.suspect, work.life)
                        : new JournalEvent.ClaimTakenOver(work.token, work.suspect, work.takeOverFrom));
        work.enter(FenceWork.Stage.MAILING, nowNs);
    }

    static void claimRefused(
            AgentState s, Pending.ClaimWanted wanted, RegisterOutcome.Refused refused, long nowNs, Out out) {
        byId(s, wanted.work()).ifPresent(work -> end(s, work, refused.code(), refused.detail(), nowNs, out));
    }

    static void callFailed(AgentState s, PeerObservation.PeerCallFailed failed, long nowNs) {
        byId(s, failed.work()).ifPresent(work -> {
            if (work.stage == FenceWork.Stage.OPINIONS) {
                work.opinions.putIfAbsent(failed.peer(), Opinion.UNFIT);
            }
            work.detail = "host " + failed.peer() + ": " + failed.detail();
        });
    }

    static void end(AgentState s, FenceWork work, String code, String why, long nowNs, Out out) {
        RecordDesk.finish(work, out);
        s.works.remove(work.suspect);
        s.nextAttemptNs.put(work.suspect, nowNs + s.timing.beatNs());
        s.lastRefusal.put(work.suspect, code + ": " + why);
        out.event(new JournalEvent.AttemptEnded(work.suspect, code, why));
    }

    static Optional<FenceWork> byId(AgentState s, long id) {
        return s.works.values().stream().filter(work -> work.id == id).findFirst();
    }
}
