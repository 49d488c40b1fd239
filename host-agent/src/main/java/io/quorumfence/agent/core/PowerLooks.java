package io.quorumfence.agent.core;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the looks in quiet times say of the devices themselves. One that says off of a life that is heard afterwards
 * is another host's: no intent and no proof by it until it says on. One that never said on of a host that was seen
 * then proves only what it was told to do.
 */
final class PowerLooks {
    private record SaidOff(Incarnation life, long sinceNs) {}

    /** How many suspicion times after an answer a sign of the host still belongs to it. */
    private static final int SOON = 5;

    /** When the device said on, until the host is seen. */
    private final Map<HostId, Long> saidOnNs = new HashMap<>();

    private final Set<HostId> saidOn = new HashSet<>();
    private final Map<HostId, SaidOff> saidOff = new HashMap<>();
    private final Set<HostId> wrong = new HashSet<>();

    PowerLooks copy() {
        PowerLooks twin = new PowerLooks();
        twin.saidOnNs.putAll(saidOnNs);
        twin.saidOn.addAll(saidOn);
        twin.saidOff.putAll(saidOff);
        twin.wrong.addAll(wrong);
        return twin;
    }

    static void checked(AgentState s, PowerChecked checked, long nowNs) {
        s.powerTrouble.put(checked.host(), checked.ok() ? "" : checked.detail());
        PowerLooks looks = s.powerLooks;
        if (checked.answer() == PowerAnswer.ON) {
            looks.saidOff.remove(checked.host());
            looks.wrong.remove(checked.host());
            looks.saidOnNs.put(checked.host(), nowNs);
        } else if (checked.answer() == PowerAnswer.OFF) {
            looks.saidOnNs.remove(checked.host());
            SaidOff before = looks.saidOff.get(checked.host());
            life(s, checked.host())
                    .filter(life -> before == null || !before.life().equals(life))
                    .ifPresent(life -> looks.saidOff.put(checked.host(), new SaidOff(life, nowNs)));
        }
    }

    /** Later by a suspicion time: what was on its way when the power went is no contradiction. */
    static void progress(AgentState s, long nowNs) {
        PowerLooks looks = s.powerLooks;
        long window = s.timing.suspectNs();
        looks.saidOnNs.forEach((host, onNs) -> {
            boolean seen = life(s, host)
                    .filter(life -> signNs(s, host, life) > onNs - window)
                    .isPresent();
            if (seen && nowNs - onNs <= SOON * window) {
                looks.saidOn.add(host);
            }
        });
        looks.saidOnNs.values().removeIf(onNs -> nowNs - onNs > SOON * window);
        s.powerLooks.saidOff.forEach((host, off) -> {
            if (signNs(s, host, off.life()) > off.sinceNs() + s.timing.suspectNs()) {
                s.powerLooks.wrong.add(host);
            }
        });
    }

    private static Optional<Incarnation> life(AgentState s, HostId host) {
        return s.record().map(CellRecord::hosts).map(hosts -> hosts.get(host)).map(HostEntry::incarnation);
    }

    /** When this very life was last heard or seen. */
    private static long signNs(AgentState s, HostId host, Incarnation life) {
        long newest = Timing.NEVER;
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            if (sighting != null && sighting.moved()) {
                newest = Math.max(newest, sighting.seenNs(life));
            }
        }
        PeerView peer = s.peers.get(host);
        if (peer == null || peer.request == null || !peer.request.incarnation().equals(life)) {
            return newest;
        }
        return Math.max(newest, peer.lastSignNs());
    }

    boolean isWrong(HostId host) {
        return wrong.contains(host);
    }

    Set<HostId> wrong() {
        return Set.copyOf(wrong);
    }

    /** Whether its word alone, without an off of ours, is a proof. */
    boolean isBelieved(HostId host) {
        return saidOn.contains(host) && !wrong.contains(host);
    }
}
