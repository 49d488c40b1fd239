package io.quorumfence.sim;

import io.quorumfence.model.AckRequest;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;

/** Datagrams and calls between hosts, on planes that are cut one way, lossy, slow, and that say things twice. */
final class SimNetwork {
    private final SimCell cell;

    SimNetwork(SimCell cell) {
        this.cell = cell;
    }

    void send(SimHost from, PeerCommand.SendAckRequest command) {
        AckRequest request = command.request();
        SimHost to = cell.host(request.to());
        for (int plane = 0; plane < cell.faults.planes(); plane++) {
            datagram(from, to, plane, new PeerObservation.AckRequestArrived(cell.plane(plane), request));
        }
    }

    void send(SimHost from, PeerCommand.SendAck command) {
        SimHost to = cell.host(command.ack().to());
        int plane = cell.planeIndex(command.plane());
        datagram(from, to, plane, new PeerObservation.AckArrived(command.plane(), command.ack()));
    }

    private void datagram(SimHost from, SimHost to, int plane, Observation what) {
        SimFaults faults = cell.faults;
        if (faults.isCut(plane, from.index, to.index) || !to.powered || cell.chance(faults.loss)) {
            return;
        }
        long sentNs = cell.time.nowNs();
        cell.time.after(hop(), () -> arrive(from, to, what, sentNs));
        if (cell.chance(faults.duplicates)) {
            cell.time.after(hop() + cell.upTo(5_000 * SimCell.MILLI), () -> arrive(from, to, what, sentNs));
        }
    }

    private void arrive(SimHost from, SimHost to, Observation what, long sentNs) {
        if (what instanceof PeerObservation.AckRequestArrived request && to.agent.state() != null) {
            cell.oracle.heard(to, from, request.request(), sentNs);
        }
        to.agent.offer(what);
    }

    private long hop() {
        long slow = cell.faults.delayNs;
        return 50_000L + cell.upTo(slow > 0 ? slow : SimCell.MILLI);
    }

    /** A call needs both ways of one plane when it begins; it arrives after one hop. False: nothing is there. */
    boolean call(int from, int to, Runnable arrival) {
        for (int plane = 0; plane < cell.faults.planes(); plane++) {
            if (!cell.faults.isCut(plane, from, to) && !cell.faults.isCut(plane, to, from)) {
                cell.time.after(hop(), arrival);
                return true;
            }
        }
        return false;
    }

    /** An answer goes back if any plane still leads there. */
    void answer(int from, int to, Runnable arrival) {
        for (int plane = 0; plane < cell.faults.planes(); plane++) {
            if (!cell.faults.isCut(plane, from, to)) {
                cell.time.after(hop(), arrival);
                return;
            }
        }
    }
}
