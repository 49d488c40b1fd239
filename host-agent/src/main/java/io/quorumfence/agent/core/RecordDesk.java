package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.List;
import java.util.Map;

/** Keeps up with the cell record and hands the register's answers to whoever asked. */
final class RecordDesk {
    private RecordDesk() {}

    /** Somebody has applied this version; a newer one than ours is read soon. */
    static void heardOf(AgentState s, long version) {
        s.refreshAskedFor = Math.max(s.refreshAskedFor, version);
        s.register.heardOf(version);
    }

    static long submit(AgentState s, RecordChange change, Pending why, long nowNs) {
        long request = s.nextId();
        s.pending.put(request, why);
        s.register.submit(request, change, nowNs);
        return request;
    }

    static void read(AgentState s, Pending why, long nowNs) {
        long request = s.nextId();
        s.pending.put(request, why);
        s.register.read(request, nowNs);
    }

    /**
     * Once in a suspicion time: who decided that a host is gone, and so does not count, may have died before its beat
     * told anybody (script H16).
     */
    static void readAgain(AgentState s, long nowNs) {
        if (nowNs - s.readAgainNs >= s.timing.suspectNs() && !isReading(s)) {
            s.readAgainNs = nowNs;
            read(s, new Pending.RefreshWanted(), nowNs);
        }
    }

    static void settle(AgentState s, long nowNs, Out out) {
        refresh(s, nowNs);
        for (RegisterOutcome outcome : s.register.takeOutcomes()) {
            if (!s.recordRead) {
                s.recordRead = true;
                s.strangeBelow = s.record().orElseThrow().nextNumber();
            }
            apply(s, nowNs, out);
            Pending why = s.pending.remove(outcome.request());
            if (why != null) {
                Outcomes.route(s, why, outcome, nowNs, out);
            }
        }
        apply(s, nowNs, out);
    }

    private static void refresh(AgentState s, long nowNs) {
        boolean behind = !s.recordRead || s.refreshAskedFor > s.register.knownVersion();
        if (behind && !isReading(s)) {
            read(s, new Pending.RefreshWanted(), nowNs);
        }
    }

    private static boolean isReading(AgentState s) {
        for (Pending why : s.pending.values()) {
            if (why instanceof Pending.RefreshWanted) {
                return true;
            }
        }
        return false;
    }

    /** Applies a record that is newer than the last applied one. */
    private static void apply(AgentState s, long nowNs, Out out) {
        CellRecord record = s.record().orElse(null);
        if (record == null || record.version() <= s.appliedVersion) {
            return;
        }
        s.appliedVersion = record.version();
        out.command(new LocalCommand.StoreRecord(record));
        firstSights(s, record, nowNs, out);
        releasePromises(s, record, out);
        spent(s, record, out);
        ownFate(s, record, nowNs, out);
        s.works.values().removeIf(work -> isOver(s, work, record, out));
    }

    private static void firstSights(AgentState s, CellRecord record, long nowNs, Out out) {
        for (Claim claim : record.claims()) {
            if (s.claimSeenNs.putIfAbsent(claim.token(), nowNs) == null) {
                out.event(new JournalEvent.ClaimSeen(
                        claim.token(),
                        claim.suspect(),
                        claim.incarnation(),
                        claim.stage().name()));
            }
        }
        s.claimSeenNs.keySet().removeIf(token -> record.claim(token).isEmpty());
        for (HostEntry entry : record.hosts().values()) {
            AgentState.Born born = s.bornNs.get(entry.host());
            if (born == null || !born.life().equals(entry.incarnation())) {
                s.bornNs.put(entry.host(), new AgentState.Born(entry.incarnation(), nowNs));
            }
        }
        for (HostEntry entry : record.hosts().values()) {
            AgentState.Born seen = s.goneSeen.get(entry.host());
            // By life: a later one that joined and went between two versions this host saw may have acknowledged
            // meanwhile.
            if (entry.gone() && (seen == null || !seen.life().equals(entry.incarnation()))) {
                s.goneSeen.put(entry.host(), new AgentState.Born(entry.incarnation(), nowNs));
            }
        }
        s.goneSeen.keySet().retainAll(record.gone());
    }

    /** A spent token binds nobody (rule 8); a proven one binds until a later life joined. */
    private static void releasePromises(AgentState s, CellRecord record, Out out) {
        List<FenceToken> over = s.promises.bound.values().stream()
                .filter(promise -> isSpent(promise, record))
                .map(Promise::token)
                .toList();
        if (!over.isEmpty()) {
            s.promises.bound.keySet().removeAll(over);
            out.command(
                    new LocalCommand.StorePromises(List.copyOf(s.promises.bound.values()), over.get(over.size() - 1)));
        }
    }

    /**
     * A claim that was taken back costs nothing: a shell that is sent under it, and comes late, is told so on the spot.
     * For one life at most one claim is open at a time, and tokens grow (I4), so all below are spent with it.
     */
    private static void spent(AgentState s, CellRecord record, Out out) {
        long below = s.spentBelow;
        for (Claim claim : record.claims()) {
            boolean own =
                    claim.suspect().equals(s.self()) && claim.incarnation().equals(s.life);
            if (own && !claim.isOpen() && !claim.isProven()) {
                below = Math.max(below, claim.token().value() + 1);
            }
        }
        if (below > s.spentBelow) {
            s.spentBelow = below;
            out.command(new LocalCommand.StoreSpent(below));
        }
    }

    static boolean isSpent(Promise promise, CellRecord record) {
        if (record.version() < promise.recordVersion()) {
            return false;
        }
        return record.claim(promise.token())
                .map(claim -> !claim.isOpen() && !claim.isProven())
                .orElse(true);
    }

    private static void ownFate(AgentState s, CellRecord record, long nowNs, Out out) {
        if (!s.isJoined()) {
            return;
        }
        Incarnation life = s.requireLife();
        HostEntry entry = record.hosts().get(s.self());
        // A record that does not know this life yet is old or new-made: an alert, no reason to stop anything.
        boolean superseded = entry != null
                && (entry.incarnation().isLaterThan(life)
                        || (entry.incarnation().equals(life) && entry.gone()));
        boolean proven = record.claims().stream().anyMatch(claim -> claim.isProven() && claim.binds(s.self(), life));
        if (superseded || proven) {
            Latch.latch(
                    s, nowNs, out, proven ? "the record shows this life as fenced" : "the record knows a later life");
        }
    }

    private static boolean isOver(AgentState s, FenceWork work, CellRecord record, Out out) {
        if (work.token == null || work.stage == FenceWork.Stage.CLAIMING) {
            return false;
        }
        Claim claim = record.claim(work.token).orElse(null);
        boolean ours = claim != null && claim.isOpen() && claim.claimer().equals(s.self());
        if (!ours) {
            finish(work, out);
        }
        return !ours;
    }

    static void finish(FenceWork work, Out out) {
        if (work.locked) {
            out.command(new LocalCommand.ReleaseLock(work.id, work.suspect));
        }
    }

    /** Tokens whose claim is older than the storm window on this host's clock; unknown counts as now (rule 15). */
    static java.util.Set<FenceToken> aged(AgentState s, long nowNs) {
        return s.claimSeenNs.entrySet().stream()
                .filter(entry -> nowNs - entry.getValue() > s.timing.stormWindowNs())
                .map(Map.Entry::getKey)
                .collect(java.util.stream.Collectors.toSet());
    }

    /** Whether the record knows this host's newest life as joined and not gone. */
    static boolean isPresent(CellRecord record, HostId host) {
        HostEntry entry = record.hosts().get(host);
        return entry != null && !entry.gone();
    }
}
