package io.quorumfence.agent.core;

import io.quorumfence.config.FenceLadder;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import io.quorumfence.model.observation.EffectObservation.PowerLooked;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the looks in quiet times say of the devices themselves. One that says off of a life that is heard afterwards
 * is another host's: no intent and no proof by it until it says on. One that never said on of a host that was seen
 * then proves only what it was told to do.
 */
final class PowerLooks {
    private record SaidOff(Incarnation life, long sinceNs) {}

    /** The life is that of when it was asked: an answer may be of any moment since then. */
    private record Look(long number, Incarnation life, long askedNs, long offNs) {}

    /** A controller has few sessions: so many hosts ask at once: those that follow in the configuration. */
    private static final int LOOKERS_MAX = 4;

    /** How many suspicion times after an answer a sign of the host still belongs to it. */
    private static final int SOON = 5;

    /** When the device said on, until the host is seen. */
    private final Map<HostId, Long> saidOnNs = new HashMap<>();

    private final Set<HostId> saidOn = new HashSet<>();
    private final Map<HostId, SaidOff> saidOff = new HashMap<>();
    private final Set<HostId> wrong = new HashSet<>();
    /** What this host asked because another one fell silent. */
    private final Map<HostId, Look> silent = new HashMap<>();

    PowerLooks copy() {
        PowerLooks twin = new PowerLooks();
        twin.saidOnNs.putAll(saidOnNs);
        twin.saidOn.addAll(saidOn);
        twin.saidOff.putAll(saidOff);
        twin.wrong.addAll(wrong);
        twin.silent.putAll(silent);
        return twin;
    }

    static void checked(AgentState s, PowerChecked checked, long nowNs) {
        s.powerTrouble.put(checked.host(), checked.ok() ? "" : checked.detail());
        PowerLooks looks = s.powerLooks;
        if (checked.answer() == PowerAnswer.ON) {
            looks.saidOnNs.put(checked.host(), nowNs);
            looks.heardOn(checked.host());
        } else if (checked.answer() == PowerAnswer.OFF) {
            life(s, checked.host()).ifPresent(life -> looks.heardOff(checked.host(), life, nowNs));
        }
    }

    private void heardOff(HostId host, Incarnation life, long nowNs) {
        saidOnNs.remove(host);
        SaidOff before = saidOff.get(host);
        if (before == null || !before.life().equals(life)) {
            saidOff.put(host, new SaidOff(life, nowNs));
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

    /**
     * A host that has been silent on both planes for half a suspicion time is looked at, once in a silence: asking
     * touches nothing, and of a host without power the flight time then runs while it becomes a suspect and is claimed.
     */
    static void lookAtSilent(AgentState s, long nowNs, Out out) {
        if (s.config.ladder().hosts().isEmpty() || s.config.reaction().shadow() || !s.leaseLives(nowNs)) {
            return;
        }
        CellRecord record = s.record().orElseThrow();
        for (PeerView peer : s.peers.values()) {
            HostId host = peer.host;
            FenceLadder.Rungs rungs = s.config.ladder().of(host);
            boolean quiet = nowNs - peer.lastSignNs() >= s.timing.suspectNs() / 2;
            if (!quiet || !rungs.powered() || !rungs.power().after().isZero() || !isNear(s, host)) {
                continue;
            }
            HostEntry entry = record.hosts().get(host);
            if (entry == null || entry.gone()) {
                continue;
            }
            long silentNs = Math.min(
                    Suspicion.networkAge(s, host, nowNs), Suspicion.storageAge(s, host, entry.incarnation(), nowNs));
            Look last = s.powerLooks.silent.get(host);
            boolean asked = last != null && nowNs - last.askedNs() <= silentNs;
            if (silentNs >= Suspicion.suspectNs(s, host) / 2 && !asked) {
                Look look = new Look(s.nextId(), entry.incarnation(), nowNs, Timing.NEVER);
                s.powerLooks.silent.put(host, look);
                out.command(new LocalCommand.LookAtPower(host, look.number()));
            }
        }
    }

    private static boolean isNear(AgentState s, HostId host) {
        List<HostId> hosts = s.config.hosts();
        int after = Math.floorMod(hosts.indexOf(s.self()) - hosts.indexOf(host), hosts.size());
        return after <= LOOKERS_MAX;
    }

    static void looked(AgentState s, PowerLooked looked, long nowNs) {
        PowerLooks looks = s.powerLooks;
        Look look = looks.silent.get(looked.host());
        if (looked.answer() == PowerAnswer.ON) {
            looks.heardOn(looked.host());
        } else if (looked.answer() == PowerAnswer.OFF && look != null && look.number() == looked.look()) {
            looks.heardOff(looked.host(), look.life(), nowNs);
            looks.silent.put(looked.host(), new Look(look.number(), look.life(), look.askedNs(), nowNs));
        }
    }

    /** Since when a device is known to say off of this very life, of which there was no sign since it was asked. */
    static OptionalLong offSince(AgentState s, HostId host, Incarnation life) {
        Look look = s.powerLooks.silent.get(host);
        if (look == null || look.offNs() == Timing.NEVER || !look.life().equals(life)) {
            return OptionalLong.empty();
        }
        return signNs(s, host, life) <= look.askedNs() ? OptionalLong.of(look.offNs()) : OptionalLong.empty();
    }

    private void heardOn(HostId host) {
        saidOff.remove(host);
        wrong.remove(host);
        forget(host);
    }

    /** A first half of a proof is none any more. */
    void forget(HostId host) {
        Look look = silent.get(host);
        if (look != null) {
            silent.put(host, new Look(look.number(), look.life(), look.askedNs(), Timing.NEVER));
        }
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
