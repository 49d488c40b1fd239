package io.quorumfence.agent.core;

import io.quorumfence.config.Member;
import io.quorumfence.model.Beat;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.VmList;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.Optional;

/**
 * Climbs until one rung proves absence. Rungs are raced: ssh is tried again and again while the time rung's deadline
 * comes nearer; reborn shows up as a JOIN in the record and ends the work by itself; the suspect's own acknowledgement
 * is looked for at every stage ({@link Pill}).
 */
final class Ladder {
    static final long SSH_AGAIN_NS = 1_500 * Timing.MILLI;

    private Ladder() {}

    static void climb(AgentState s, FenceWork work, long nowNs, Out out) {
        PromiseCollecting.ask(s, work, nowNs, out);
        // A claimer that was paused wakes with an old view: it looks again before it acts on anybody.
        Optional<String> unfit = Suspicion.unfit(s, work.suspect, nowNs);
        if (unfit.isPresent()) {
            work.detail = "waits: " + unfit.get();
            return;
        }
        if (work.power.deferred != null && PowerRung.mayProve(s, work, nowNs)) {
            prove(s, work, work.power.deferred, nowNs);
            return;
        }
        boolean inTime = s.config.ladder().of(work.suspect).shell().holdsAt(nowNs - work.climbedNs);
        boolean wanted = inTime && hasSsh(s, work.suspect) && s.suspectedNs.containsKey(work.suspect);
        NextSibling.progress(s, work, wanted, nowNs, out);
        boolean free = !work.sshRunning && !work.round.isOn() && !LentShells.isOut(s, work.suspect);
        if (wanted && free && nowNs >= work.sshNextNs) {
            work.sshRunning = true;
            work.sshStartedNs = nowNs;
            // None begins while this claim is open, and none ends while it stands (decision 0042).
            work.spared = s.spared();
            out.command(new LocalCommand.FenceBySsh(
                    work.id, ++work.sshAttempt, work.suspect, work.life, work.requireToken(), nowNs, work.spared));
        }
        Optional<Proof> word = OperatorWord.proof(s, work, nowNs, out);
        if (word.isPresent() && PowerRung.mayProve(s, work, nowNs)) {
            prove(s, work, word.get(), nowNs);
            return;
        }
        if (word.isEmpty() || work.power.running) {
            PowerRung.climb(s, work, nowNs, out);
        }
        TimeProof.Judgement time = TimeProof.judge(s, work, nowNs);
        work.detail = time.reason();
        boolean open = time.possible() && nowNs > time.opensNs() && PowerRung.mayProve(s, work, nowNs);
        if (open && !contradicted(s, work)) {
            long waitedMs = (nowNs - work.sinceNs) / Timing.MILLI;
            prove(
                    s,
                    work,
                    new Proof(
                            Rung.TIME,
                            time.terms().orElseThrow().timeLevel(),
                            "silent past T_takeover of its own terms, " + work.promises.size() + " promises, climbed "
                                    + waitedMs + " ms"),
                    nowNs);
        }
    }

    static boolean hasSsh(AgentState s, HostId suspect) {
        for (Member member : s.config.members()) {
            if (member.host().equals(suspect)) {
                return member.ssh().isPresent()
                        && !member.ssh().get().addresses().isEmpty();
            }
        }
        return false;
    }

    /**
     * A host that answered "still alive" past the deadline has outlived its own promise: the watchdog failed, and time
     * proves nothing any more. An earlier answer is asked again past the deadline before time may count.
     */
    private static boolean contradicted(AgentState s, FenceWork work) {
        boolean alive = hasSsh(s, work.suspect) && work.sshVerdict == SshVerdict.STILL_ALIVE;
        if (!alive && !work.outlived) {
            return false;
        }
        work.detail = work.outlived
                ? "still alive past its own deadline: its watchdog failed"
                : "still alive when last asked; asking again";
        return true;
    }

    /** Kept for the whole work: a later shell that finds nobody to ask takes back nothing. */
    private static boolean outlives(AgentState s, FenceWork work, long nowNs) {
        if (work.sshVerdict != SshVerdict.STILL_ALIVE) {
            return false;
        }
        TimeProof.Judgement time = TimeProof.judge(s, work, nowNs);
        return time.possible() && work.sshStartedNs > time.opensNs();
    }

    static void sshFinished(AgentState s, EffectObservation.SshFinished done, long nowNs, Out out) {
        Declaration.byId(s, done.work()).ifPresent(work -> {
            // What ended under this token stays ended, whichever attempt says so and however late.
            work.ended.addAll(done.ended());
            if (done.attempt() != work.sshAttempt) {
                return;
            }
            work.sshRunning = false;
            work.sshNextNs = nowNs + SSH_AGAIN_NS;
            boolean unreachable = done.verdict() == SshVerdict.UNREACHABLE;
            if (unreachable && work.stage == FenceWork.Stage.CLIMBING && NextSibling.begin(s, work)) {
                work.detail = "sibling-ssh: " + done.evidence();
                out.event(new JournalEvent.SshAttempted(
                        work.requireToken(), work.suspect, done.verdict(), done.evidence()));
                return; // what an earlier attempt saw stands until a sibling has looked, too
            }
            verdict(s, work, done.verdict(), done.evidence(), nowNs, out);
        });
    }

    /** What a shell has learned, this host's own or one that a sibling sent under this claim. */
    static void verdict(AgentState s, FenceWork work, SshVerdict said, String evidence, long nowNs, Out out) {
        Optional<Permit> unseen = startUnderWay(s, work);
        boolean dead = said == SshVerdict.CONFIRMED_DEAD;
        work.sshVerdict = dead && unseen.isPresent() ? SshVerdict.AMBIGUOUS : said;
        work.sshNextNs = nowNs + SSH_AGAIN_NS;
        work.outlived = work.outlived || outlives(s, work, nowNs);
        work.detail = "sibling-ssh: " + evidence
                + unseen.filter(permit -> dead)
                        .map(permit -> "; permit " + permit.id() + " was redeemed there and VM " + permit.vm()
                                + " was never seen: its start may be under way")
                        .orElse("");
        out.event(new JournalEvent.SshAttempted(work.requireToken(), work.suspect, work.sshVerdict, evidence));
        if (work.sshVerdict == SshVerdict.CONFIRMED_DEAD && work.stage == FenceWork.Stage.CLIMBING) {
            Proof proof = new Proof(Rung.SIBLING_SSH, ProofLevel.VMS_GONE, evidence);
            if (PowerRung.mayProve(s, work, nowNs)) {
                prove(s, work, proof, nowNs);
            } else {
                work.power.deferred = proof;
            }
        }
    }

    /**
     * Rule 10: a start that libvirt has not forked yet leaves no process to find. What was redeemed for that life and
     * is neither among the processes that were ended nor in its last list may still come up there. Of a claim that was
     * taken for one start the list says nothing: it may be from the run before that start.
     */
    private static Optional<Permit> startUnderWay(AgentState s, FenceWork work) {
        VmList listed = GrantRules.newestBeat(s, work.suspect)
                .filter(beat -> beat.incarnation().equals(work.life))
                .map(Beat::vms)
                .orElse(VmList.UNKNOWN);
        return s.permitsInRecord().stream()
                .filter(permit -> permit.stage() == PermitStage.REDEEMED
                        && permit.destination().equals(work.suspect)
                        && permit.destinationIncarnation().equals(work.life)
                        && !permit.isMove()
                        && !work.ended.contains(permit.vm())
                        && !work.spared.contains(permit.vm())
                        && (permit.isStartClaim() || !listed.names(permit.vm())))
                .findFirst();
    }

    static void prove(AgentState s, FenceWork work, Proof proof, long nowNs) {
        work.enter(FenceWork.Stage.PROVING, nowNs);
        long epoch = s.record().orElseThrow().epoch();
        RecordDesk.submit(
                s,
                new RecordChange.Prove(work.requireToken(), s.self(), s.requireLife(), epoch, proof),
                new Pending.ProofWanted(work.suspect, work.id),
                nowNs);
    }

    static void proven(AgentState s, Pending.ProofWanted wanted, CellRecord record, Out out) {
        record.host(wanted.suspect())
                .flatMap(entry -> record.standingClaimOn(wanted.suspect(), entry.incarnation()))
                .filter(Claim::isProven)
                .ifPresent(claim -> out.event(new JournalEvent.AbsenceProven(
                        claim.token(),
                        claim.suspect(),
                        claim.incarnation(),
                        claim.proof().orElseThrow())));
    }

    static void proofRefused(AgentState s, Pending.ProofWanted wanted, RegisterOutcome.Refused refused, long nowNs) {
        Declaration.byId(s, wanted.work()).ifPresent(work -> {
            work.detail = refused.code() + ": " + refused.detail();
            work.enter(FenceWork.Stage.CLIMBING, nowNs); // judged anew, under the epoch in force
        });
    }
}
