package io.quorumfence.agent.core;

import io.quorumfence.model.VmList;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;

/** Takes in what the host itself shows. */
final class LocalDesk {
    private LocalDesk() {}

    static void take(AgentState s, LocalObservation observation, long nowNs, Out out) {
        if (observation instanceof LocalObservation.VmsListed listed) {
            boolean changed = !s.vms.equals(listed.vms()) || s.vmsComplete != listed.complete();
            s.vms = listed.vms();
            s.vmsComplete = listed.complete();
            s.vmsInFlight = listed.inFlight();
            if (changed) {
                s.vmList = new VmList(listed.vms().stream().map(VmSeen::vm).toList(), listed.complete());
                // Siblings shall know at once what runs here.
                s.lanes.values().forEach(lane -> lane.nextBeatNs = Timing.NEVER);
            }
            HookDesk.listed(s, listed, out);
            PermitDesk.listed(s, listed, nowNs, out);
            Latch.listed(s, listed, out);
        } else if (observation instanceof LocalObservation.VmReleased released) {
            HookDesk.released(s, released, out);
        } else if (observation instanceof LocalObservation.GlassBroken broken) {
            HookDesk.glassBroken(s, broken, nowNs, out);
        } else if (observation instanceof LocalObservation.KeeperSeen seen) {
            s.keeperFeeding = seen.feeding();
            s.keeperWatchdogNs = seen.watchdogNs();
            boolean latchedByKeeper =
                    s.isJoined() && seen.latchedCounter() >= s.requireLife().counter();
            if (latchedByKeeper) {
                Latch.latch(s, nowNs, out, "the keeper has latched this life");
            }
        } else if (observation instanceof LocalObservation.WatchdogReported reported) {
            watchdog(s, reported, out);
        } else if (observation instanceof LocalObservation.Ticked) {
            PromiseRules.progress(s, nowNs, out);
        }
    }

    private static void watchdog(AgentState s, LocalObservation.WatchdogReported reported, Out out) {
        if (!reported.trouble().isEmpty() && !reported.trouble().equals(s.watchdog.trouble())) {
            out.event(new JournalEvent.WatchdogMissing(s.self(), reported.trouble()));
        }
        if (!reported.identity().isEmpty() && !reported.identity().equals(s.watchdog.identity())) {
            out.event(new JournalEvent.WatchdogFound(
                    s.self(),
                    reported.identity(),
                    reported.askedMs(),
                    reported.nowayout(),
                    reported.lastResetByWatchdog()));
        }
        s.watchdog = reported;
    }
}
