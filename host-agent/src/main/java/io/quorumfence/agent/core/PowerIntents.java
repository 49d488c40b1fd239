package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import java.util.HashMap;
import java.util.Map;

/**
 * Ends power intents that nobody works on: those of this kernel once its last process for them is surely gone and the
 * flight time has passed since, those of a kernel that is proven gone once this host has known that for as long.
 */
final class PowerIntents {
    /** Not yet known to have ended. */
    private static final long UNDER_WAY = Long.MAX_VALUE / 2;
    /** A call that is killed at its deadline may take so long to end. */
    private static final long OVERRUN_NS = 2_000 * Timing.MILLI;

    /** By claim: since when nothing of it was under way here, on this host's clock. */
    private final Map<FenceToken, Long> endedNs = new HashMap<>();

    PowerIntents copy() {
        PowerIntents twin = new PowerIntents();
        twin.endedNs.putAll(endedNs);
        return twin;
    }

    /** Whether the record shows this work's claim as an intent of this very life. */
    static boolean isHeld(AgentState s, FenceWork work) {
        FenceToken token = work.token;
        CellRecord record = s.record().orElse(null);
        if (token == null || s.life == null || record == null) {
            return false;
        }
        return record.claim(token)
                .filter(claim -> PowerRung.isIntent(claim)
                        && claim.claimer().equals(s.self())
                        && claim.claimerIncarnation().equals(s.life))
                .isPresent();
    }

    /** Whether this host has to be bound itself: it may switch somebody off, or is about to. */
    static boolean bindThisHost(AgentState s) {
        for (FenceWork work : s.works.values()) {
            if (work.power.wanted && work.stage == FenceWork.Stage.CLIMBING) {
                return true;
            }
        }
        CellRecord record = s.record().orElse(null);
        return record != null && holdsAny(s, record);
    }

    private static boolean holdsAny(AgentState s, CellRecord record) {
        for (Claim claim : record.claims()) {
            if (PowerRung.isIntent(claim) && isOfThisKernel(s, claim)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfThisKernel(AgentState s, Claim claim) {
        return claim.claimer().equals(s.self())
                && claim.claimerIncarnation().bootId().equals(s.facts.bootId());
    }

    /** H15b: joining releases the intents of the kernel before, whose last commands may still be on their way. */
    static boolean letJoin(AgentState s, CellRecord record, long nowNs) {
        long bootAgeNs = s.facts.bootAgeNs() + (nowNs - s.facts.processStartNs());
        return bootAgeNs >= s.timing.powerFlightNs()
                || record.claims().stream()
                        .noneMatch(claim ->
                                PowerRung.isIntent(claim) && claim.claimer().equals(s.self()));
    }

    static void progress(AgentState s, long nowNs, Out out) {
        if (!s.recordRead || s.record().isEmpty()) {
            return;
        }
        CellRecord record = s.record().get();
        for (Claim claim : record.claims()) {
            if (!PowerRung.isIntent(claim)) {
                continue;
            }
            if (isOfThisKernel(s, claim)) {
                own(s, claim, nowNs, out);
            } else if (s.leaseLives(nowNs) && record.isPowerHolderGone(claim)) {
                ofTheGone(s, claim, nowNs);
            }
        }
        if (!s.intents.endedNs.isEmpty()) {
            s.intents
                    .endedNs
                    .keySet()
                    .removeIf(token ->
                            record.claim(token).filter(PowerRung::isIntent).isEmpty());
        }
    }

    private static void own(AgentState s, Claim claim, long nowNs, Out out) {
        FenceWork work = s.works.get(claim.suspect());
        boolean workedOn = work != null
                && claim.token().equals(work.token)
                && isHeld(s, work)
                && (work.stage == FenceWork.Stage.CLIMBING || work.stage == FenceWork.Stage.PROVING);
        if (workedOn) {
            return;
        }
        Long ended = s.intents.endedNs.get(claim.token());
        if (ended == null) {
            s.intents.endedNs.put(claim.token(), UNDER_WAY);
            out.command(new LocalCommand.EndPower(claim.token(), claim.suspect(), true));
        } else if (ended < UNDER_WAY && nowNs >= Math.max(ended, lastCallOverNs(s)) + s.timing.powerFlightNs()) {
            abandon(
                    s,
                    claim,
                    new RecordChange.AbandonPower(claim.token(), s.self(), claim.claimerIncarnation()),
                    nowNs);
        }
    }

    /** A lock file that was lost says nothing of a call that an earlier process began: that one's deadline does. */
    private static long lastCallOverNs(AgentState s) {
        return s.facts.processStartNs() + s.config.ladder().powerTimeout().toNanos() + OVERRUN_NS;
    }

    private static void ofTheGone(AgentState s, Claim claim, long nowNs) {
        AgentState.Born seen = s.goneSeen.get(claim.claimer());
        if (seen != null && nowNs >= seen.sinceNs() + s.timing.powerFlightNs()) {
            abandon(s, claim, new RecordChange.AbandonPower(claim.token(), s.self(), s.requireLife()), nowNs);
        }
    }

    private static void abandon(AgentState s, Claim claim, RecordChange change, long nowNs) {
        Pending why = new Pending.AbandonWanted(claim.token());
        if (!s.pending.containsValue(why)) {
            RecordDesk.submit(s, change, why, nowNs);
        }
    }

    static void abandoned(CellRecord record, FenceToken token, Out out) {
        record.claim(token)
                .ifPresent(claim -> out.event(new JournalEvent.PowerAbandoned(claim.token(), claim.suspect())));
    }

    static void ended(AgentState s, EffectObservation.PowerEnded ended, long nowNs) {
        if (ended.forGood()) {
            s.intents.endedNs.computeIfPresent(ended.token(), (t, before) -> nowNs);
        }
        PowerRung.ended(s, ended.token(), nowNs);
    }
}
