package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.RequestObservation.ShellAsked;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/**
 * This host's shell under another host's claim. It is sent only behind a read of the record that began after the
 * question and still shows the claim with its asker, by a host that suspects and has promised itself, and only while
 * the question is as fresh as a sign of life would have to be: by this host's own clock, for the question repeats a
 * number that this process gave out (decision 0081).
 */
final class LentShells {
    private LentShells() {}

    /** Whether a shell of this host may be at the suspect under another host's claim. */
    static boolean isOut(AgentState s, HostId suspect) {
        LentShell shell = s.lent.get(suspect);
        return shell != null && shell.sent && shell.isUnderWay();
    }

    static void asked(AgentState s, ShellAsked asked, long nowNs, Out out) {
        HostId suspect = asked.claim().suspect();
        LentShell known = s.lent.get(suspect);
        if (known != null) {
            expire(s, known, nowNs);
        }
        if (known != null && known.isFor(asked)) {
            reply(asked, known.answer, out);
        } else if (isOfAnEarlierProcess(s, asked, nowNs)) {
            // No refusal: what that process began for this very question may be at the suspect still.
            reply(asked, ShellAnswer.of(ShellAnswer.Kind.BUSY, "an earlier process of this agent was asked"), out);
        } else if (known != null && known.isLaterThan(asked)) {
            reply(asked, ShellAnswer.of(ShellAnswer.Kind.REFUSED, "a later question came before this one"), out);
        } else if (known != null && known.isUnderWay() || ownShell(s, suspect, nowNs)) {
            reply(asked, ShellAnswer.of(ShellAnswer.Kind.BUSY, "a shell is there already"), out);
        } else {
            begin(s, asked, nowNs, out);
        }
    }

    private static boolean ownShell(AgentState s, HostId suspect, long nowNs) {
        FenceWork own = s.works.get(suspect);
        return own != null && own.hasShell(nowNs);
    }

    private static void begin(AgentState s, ShellAsked asked, long nowNs, Out out) {
        Optional<String> refusal = refusal(s, asked, nowNs);
        ShellAnswer answer = refusal.map(why -> ShellAnswer.of(ShellAnswer.Kind.REFUSED, why))
                .orElseGet(() -> ShellAnswer.of(ShellAnswer.Kind.RUNNING, "reads the record"));
        LentShell shell = new LentShell(s.nextId(), asked, answer, nowNs);
        // Kept also when refused: the same question may be delivered twice, and must not begin something then.
        s.lent.put(asked.claim().suspect(), shell);
        if (refusal.isEmpty()) {
            RecordDesk.heardOf(s, asked.recordVersion());
            RecordDesk.read(s, new Pending.ShellRead(asked.claim().suspect(), shell.id), nowNs);
        }
        reply(asked, answer, out);
    }

    /** A storage majority that is slow, or gone: what is read too late sends nobody. */
    private static void expire(AgentState s, LentShell shell, long nowNs) {
        if (shell.isUnderWay() && !shell.sent && !isFresh(s, shell.question, nowNs)) {
            shell.answer = ShellAnswer.of(ShellAnswer.Kind.REFUSED, "the record was not read in time");
        }
    }

    static void fresh(AgentState s, Pending.ShellRead read, long nowNs, Out out) {
        LentShell shell = s.lent.get(read.suspect());
        if (shell == null || shell.id != read.id() || !shell.isUnderWay() || shell.sent) {
            return;
        }
        ShellAsked asked = shell.question;
        Optional<String> refusal = refusal(s, asked, nowNs).or(() -> spent(s, asked));
        if (refusal.isPresent()) {
            shell.answer = ShellAnswer.of(ShellAnswer.Kind.REFUSED, refusal.get());
            return;
        }
        shell.sent = true;
        shell.answer = ShellAnswer.of(ShellAnswer.Kind.RUNNING, "its shell is under way");
        Claim claim = asked.claim();
        out.event(new JournalEvent.ShellLent(claim.token(), claim.suspect(), asked.asker()));
        // No exemption begins or ends while the claim stands (decision 0042), so the claimer spares the same.
        // As old as the read: what waits longer than a login may take is not carried out.
        out.command(new LocalCommand.FenceBySsh(
                shell.id,
                asked.attempt(),
                claim.suspect(),
                claim.incarnation(),
                claim.token(),
                shell.askedNs,
                s.spared()));
    }

    /** Whatever is in the way of a shell before the record is asked; empty when nothing is. */
    private static Optional<String> refusal(AgentState s, ShellAsked asked, long nowNs) {
        Claim claim = asked.claim();
        HostId suspect = claim.suspect();
        if (suspect.equals(s.self()) || !s.peers.containsKey(suspect) || !Ladder.hasSsh(s, suspect)) {
            return Optional.of("no ssh target is configured for " + suspect);
        }
        if (s.config.reaction().shadow()) {
            return Optional.of("mode is shadow");
        }
        if (!isFresh(s, asked, nowNs)) {
            return Optional.of("the question is too old");
        }
        if (nowNs - asked.echo()
                > asked.waitNs() - s.config.ladder().shellTimeout().toNanos()) {
            return Optional.of("its shell may take longer than the question is waited for");
        }
        if (!s.promises.bound.containsKey(claim.token())) {
            return Optional.of("this host has not promised under token " + claim.token());
        }
        if (!s.suspectedNs.containsKey(suspect)) {
            return Optional.of("this host does not suspect " + suspect);
        }
        return Suspicion.unfit(s, suspect, nowNs).map(why -> "not fit to judge: " + why);
    }

    /** The number is this process's own: its clock at an acknowledgement that the asker has had since. */
    private static boolean isFresh(AgentState s, ShellAsked asked, long nowNs) {
        return !isOfAnEarlierProcess(s, asked, nowNs) && nowNs - asked.echo() <= s.timing.suspectNs();
    }

    private static boolean isOfAnEarlierProcess(AgentState s, ShellAsked asked, long nowNs) {
        return asked.echo() < s.facts.processStartNs() || asked.echo() > nowNs;
    }

    /** By the record that was just read. */
    private static Optional<String> spent(AgentState s, ShellAsked asked) {
        CellRecord record = s.record().orElseThrow();
        Claim wanted = asked.claim();
        boolean stands = record.claim(wanted.token())
                .filter(claim -> claim.isOpen()
                        && claim.suspect().equals(wanted.suspect())
                        && claim.incarnation().equals(wanted.incarnation())
                        && claim.claimer().equals(asked.asker())
                        && record.isJoined(claim.claimer(), claim.claimerIncarnation()))
                .isPresent();
        boolean lives = record.isJoined(wanted.suspect(), wanted.incarnation());
        return stands && lives
                ? Optional.empty()
                : Optional.of(
                        "the record does not show token " + wanted.token() + " as open and " + asked.asker() + "'s");
    }

    /** True when it was the end of a shell that was sent for somebody else. */
    static boolean finished(AgentState s, EffectObservation.SshFinished done, Out out) {
        for (LentShell shell : s.lent.values()) {
            if (shell.id == done.work() && shell.sent && shell.isUnderWay()) {
                shell.answer = new ShellAnswer(ShellAnswer.Kind.ENDED, done.verdict(), done.evidence(), done.ended());
                out.event(new JournalEvent.SshAttempted(
                        shell.claim().token(), shell.claim().suspect(), done.verdict(), done.evidence()));
                return true;
            }
        }
        return false;
    }

    private static void reply(ShellAsked asked, ShellAnswer answer, Out out) {
        out.command(new ReplyCommand.ReplyShell(asked.reply(), answer));
    }
}
