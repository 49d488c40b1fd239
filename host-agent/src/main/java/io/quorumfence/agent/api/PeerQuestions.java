package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import java.util.Optional;

/** The peers' calls: what they mean, and how the core's replies read. Pure; any thread. */
final class PeerQuestions {
    private PeerQuestions() {}

    static RequestObservation ask(ReplyId reply, HostId asker, PeerJson.OpinionQuestion question) {
        return new RequestObservation.OpinionAsked(reply, asker, question.suspect(), question.life());
    }

    static RequestObservation ask(ReplyId reply, HostId asker, PeerJson.PromiseQuestion question) {
        return new RequestObservation.PromiseAsked(reply, asker, question.claim(), question.recordVersion());
    }

    static RequestObservation ask(ReplyId reply, HostId asker, PeerJson.ShellQuestion question) {
        return new RequestObservation.ShellAsked(
                reply,
                asker,
                question.attempt(),
                question.claim(),
                question.recordVersion(),
                question.echo(),
                question.waitNs());
    }

    static Optional<Answer> answer(PeerJson.ShellQuestion question, ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyShell given
                ? Optional.of(Answer.ok(PeerJson.encode(question, given.answer())))
                : Optional.empty();
    }

    static Optional<Answer> answer(PeerJson.OpinionQuestion question, ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyOpinion given
                ? Optional.of(Answer.ok(PeerJson.encode(question, given.opinion())))
                : Optional.empty();
    }

    static Optional<Answer> answer(PeerJson.PromiseQuestion question, ReplyCommand reply) {
        return reply instanceof ReplyCommand.ReplyPromise given
                ? Optional.of(Answer.ok(PeerJson.encode(question, given.answer())))
                : Optional.empty();
    }
}
