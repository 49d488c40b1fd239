package io.quorumfence.record.sim;

import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.Permit;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows the decided versions one by one and checks what must hold between them and in each (I4, rules 7, 8, 11). */
final class Lineage {
    private final Map<FenceToken, Claim> claims = new HashMap<>();
    private final Map<Long, Permit> permits = new HashMap<>();
    private CellRecord last;

    Lineage(CellRecord first) {
        last = first;
    }

    void follow(CellRecord next) {
        must(next.version() == last.version() + 1, "versions follow one another", next);
        must(next.members().equals(last.members()) && next.storages().equals(last.storages()), "members stay", next);
        must(next.nextNumber() >= last.nextNumber(), "numbers only grow", next);
        must(next.epoch() >= last.epoch(), "epochs only grow", next);
        next.hosts().values().forEach(entry -> followHost(last.hosts().get(entry.host()), entry));
        must(next.hosts().keySet().containsAll(last.hosts().keySet()), "no host is forgotten", next);
        followClaims(next);
        followPermits(next);
        last = next;
    }

    private void followHost(@Nullable HostEntry before, HostEntry now) {
        if (before == null || before.equals(now)) {
            return;
        }
        boolean later = now.incarnation().isLaterThan(before.incarnation()) && !now.gone();
        boolean gone = now.incarnation().equals(before.incarnation()) && now.gone();
        must(later || gone, "a host only joins anew or leaves", now);
    }

    private void followClaims(CellRecord next) {
        Set<Object> standing = new HashSet<>();
        Set<FenceToken> present = new HashSet<>();
        for (Claim claim : next.claims()) {
            must(present.add(claim.token()), "a token stands once", claim);
            boolean isStanding = claim.isOpen() || claim.isProven();
            must(
                    !isStanding || standing.add(List.of(claim.suspect(), claim.incarnation())),
                    "one standing claim on one life",
                    claim);
            Claim before = claims.put(claim.token(), claim);
            if (before == null) {
                must(isFresh(claim.token().value(), next), "a token is fresh", claim);
            } else {
                must(before.isOpen() || before.equals(claim), "a final stage is never left", claim);
                must(last.claim(claim.token()).isPresent(), "a dropped claim stays dropped", claim);
            }
        }
        for (Claim claim : last.claims()) {
            must(present.contains(claim.token()) || !claim.isOpen(), "an open claim is kept", claim);
        }
    }

    private void followPermits(CellRecord next) {
        Set<VmId> open = new HashSet<>();
        Set<Long> present = new HashSet<>();
        for (Permit permit : next.permits()) {
            must(present.add(permit.id()), "a permit stands once", permit);
            must(!permit.isOpen() || open.add(permit.vm()), "one open permit per VM", permit);
            Permit before = permits.put(permit.id(), permit);
            if (before == null) {
                must(isFresh(permit.id(), next), "a permit's number is fresh", permit);
            } else {
                must(permit.stage().compareTo(before.stage()) >= 0, "a permit only goes on", permit);
                must(Objects.equals(before.at(permit.stage()), permit), "a permit keeps its terms", permit);
            }
        }
        for (Permit permit : last.permits()) {
            must(present.contains(permit.id()) || !permit.isOpen(), "an open permit is kept", permit);
        }
    }

    private boolean isFresh(long number, CellRecord next) {
        return number >= last.nextNumber() && number < next.nextNumber();
    }

    private static void must(boolean holds, String law, Object evidence) {
        if (!holds) {
            throw new Broken("not so: " + law + ": " + evidence);
        }
    }
}
