package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.observation.RequestObservation.ShellAsked;

/** A shell that this host was asked for under another host's claim, or what came of it. */
final class LentShell {
    /** Names it to the fencer. */
    final long id;

    final ShellAsked question;
    final long askedNs;
    /** Sent; until its end is told it may be at the suspect. */
    boolean sent;

    ShellAnswer answer;

    LentShell(long id, ShellAsked question, ShellAnswer answer, long askedNs) {
        this.id = id;
        this.question = question;
        this.answer = answer;
        this.askedNs = askedNs;
    }

    LentShell copy() {
        LentShell twin = new LentShell(id, question, answer, askedNs);
        twin.sent = sent;
        return twin;
    }

    Claim claim() {
        return question.claim();
    }

    boolean isUnderWay() {
        return answer.kind() == ShellAnswer.Kind.RUNNING;
    }

    /** The same question, which may be asked again and again. */
    boolean isFor(ShellAsked other) {
        return question.asker().equals(other.asker())
                && claim().token().equals(other.claim().token())
                && question.echo() == other.echo()
                && question.attempt() == other.attempt();
    }

    /** A question that was overtaken on its way: its asker waits for it no more. */
    boolean isLaterThan(ShellAsked other) {
        boolean same = question.asker().equals(other.asker());
        return same
                && (other.echo() < question.echo()
                        || (other.echo() == question.echo() && other.attempt() < question.attempt()));
    }
}
