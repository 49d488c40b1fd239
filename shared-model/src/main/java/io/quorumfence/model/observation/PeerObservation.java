package io.quorumfence.model.observation;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.ShellAnswer;

/** What peers sent; datagrams arrive verified (MAC, cell) and HTTP answers authenticated. */
public sealed interface PeerObservation extends Observation {

    record AckRequestArrived(PlaneId plane, AckRequest request) implements PeerObservation {}

    record AckArrived(PlaneId plane, Ack ack) implements PeerObservation {}

    /** @param work names the fence work that asked */
    record OpinionGiven(HostId peer, long work, Opinion opinion) implements PeerObservation {}

    /** The answer to a promise call; its arrival time is the step's {@code nowNs}. */
    record PromiseGiven(HostId peer, long work, PromiseAnswer answer) implements PeerObservation {}

    /** How far the peer's shell has come, by the attempt it was asked for. */
    record ShellAnswered(HostId peer, long work, long attempt, ShellAnswer answer) implements PeerObservation {}

    /** The question for a shell got no answer; whether it arrived is not known. */
    record ShellCallFailed(HostId peer, long work, long attempt, String detail) implements PeerObservation {}

    /** An opinion or promise call failed or timed out; proves nothing. */
    record PeerCallFailed(HostId peer, long work, String detail) implements PeerObservation {}
}
