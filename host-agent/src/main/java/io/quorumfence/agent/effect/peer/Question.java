package io.quorumfence.agent.effect.peer;

import io.quorumfence.agent.api.MalformedJson;
import io.quorumfence.agent.api.PeerJson;
import io.quorumfence.model.HostId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.PeerObservation;
import io.vertx.core.json.JsonObject;

/** One of the three questions, as it goes over the wire and comes back. Pure; any thread. */
sealed interface Question {
    HostId peer();

    long work();

    /** The word for it in messages; also tells the kinds apart. */
    String kind();

    String path();

    JsonObject body();

    /** Reads an answer of the known version. */
    PeerObservation read(JsonObject answer) throws MalformedJson;

    /** How a call reads that got no answer of use. */
    default PeerObservation failed(String detail) {
        return new PeerObservation.PeerCallFailed(peer(), work(), detail);
    }

    record OfShell(PeerCommand.AskShell command) implements Question {
        @Override
        public HostId peer() {
            return command.peer();
        }

        @Override
        public long work() {
            return command.work();
        }

        @Override
        public String kind() {
            return "shell";
        }

        @Override
        public String path() {
            return PeerJson.SHELL_PATH;
        }

        @Override
        public JsonObject body() {
            return PeerJson.encode(asked());
        }

        @Override
        public PeerObservation read(JsonObject answer) throws MalformedJson {
            return new PeerObservation.ShellAnswered(
                    peer(), work(), command.attempt(), PeerJson.shellAnswer(asked(), answer));
        }

        @Override
        public PeerObservation failed(String detail) {
            return new PeerObservation.ShellCallFailed(peer(), work(), command.attempt(), detail);
        }

        private PeerJson.ShellQuestion asked() {
            return new PeerJson.ShellQuestion(
                    command.claim(), command.recordVersion(), command.attempt(), command.echo(), command.waitNs());
        }
    }

    record OfOpinion(PeerCommand.AskOpinion command) implements Question {
        @Override
        public HostId peer() {
            return command.peer();
        }

        @Override
        public long work() {
            return command.work();
        }

        @Override
        public String kind() {
            return "opinion";
        }

        @Override
        public String path() {
            return PeerJson.OPINION_PATH;
        }

        @Override
        public JsonObject body() {
            return PeerJson.encode(asked());
        }

        @Override
        public PeerObservation read(JsonObject answer) throws MalformedJson {
            return new PeerObservation.OpinionGiven(peer(), work(), PeerJson.opinion(asked(), answer));
        }

        private PeerJson.OpinionQuestion asked() {
            return new PeerJson.OpinionQuestion(command.suspect(), command.life());
        }
    }

    record OfPromise(PeerCommand.AskPromise command) implements Question {
        @Override
        public HostId peer() {
            return command.peer();
        }

        @Override
        public long work() {
            return command.work();
        }

        @Override
        public String kind() {
            return "promise";
        }

        @Override
        public String path() {
            return PeerJson.PROMISE_PATH;
        }

        @Override
        public JsonObject body() {
            return PeerJson.encode(asked());
        }

        @Override
        public PeerObservation read(JsonObject answer) throws MalformedJson {
            return new PeerObservation.PromiseGiven(peer(), work(), PeerJson.promiseAnswer(asked(), answer));
        }

        private PeerJson.PromiseQuestion asked() {
            return new PeerJson.PromiseQuestion(command.claim(), command.recordVersion());
        }
    }
}
