package io.quorumfence.check;

import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.View;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** I4, I5 and I6: what the cell's records say about fences, in the order of their versions. */
final class FencingInvariants {
    private static final long MS = 1_000_000;
    /** Rungs that touch nobody: they pass a closed storm guard and need no silence. */
    private static final Set<String> HARMLESS = Set.of("reborn", "host-says");

    private final Evidence evidence;
    private final List<View> byVersion;

    FencingInvariants(Evidence evidence) {
        this.evidence = evidence;
        this.byVersion = evidence.views().stream()
                .filter(view -> view.recordVersion() > 0)
                .sorted(Comparator.comparingLong(View::recordVersion).thenComparingLong(View::atNs))
                .toList();
    }

    /** I4: one open or proven token for an incarnation at a time, and tokens only grow. */
    Finding tokens() {
        Map<Long, String> owners = new HashMap<>();
        long highest = 0;
        for (View view : byVersion) {
            long before = highest;
            Map<String, Long> standing = new HashMap<>();
            for (ClaimSeen claim : view.claims()) {
                String incarnation = claim.suspect() + "/" + claim.counter();
                String owner = owners.putIfAbsent(claim.token(), incarnation);
                if (owner != null && !owner.equals(incarnation)) {
                    return Finding.violated("token " + claim.token() + " stood for " + owner + " and " + incarnation);
                }
                if (owner == null && claim.token() <= before) {
                    return Finding.violated("token " + claim.token() + " appeared after " + before);
                }
                highest = Math.max(highest, claim.token());
                Long other = claim.isOpen() || claim.isProven() ? standing.put(incarnation, claim.token()) : null;
                if (other != null) {
                    return Finding.violated(
                            "tokens " + other + " and " + claim.token() + " stand for " + incarnation + " together");
                }
            }
        }
        return byVersion.isEmpty()
                ? Finding.notJudged("no cell record was seen")
                : Finding.ok(owners.size() + " tokens in the record's " + lastVersion() + " versions");
    }

    private long lastVersion() {
        return byVersion.get(byVersion.size() - 1).recordVersion();
    }

    /** I5: at the moment a claim was proven, no majority had just seen the suspect. */
    Finding slowIsNotDead() {
        Set<Long> judged = new HashSet<>();
        for (View view : byVersion) {
            for (ClaimSeen claim : view.claims()) {
                if (claim.isProven() && !HARMLESS.contains(claim.rung()) && judged.add(claim.token())) {
                    Optional<String> seen = seenBefore(claim, firstProven(claim.token()));
                    if (seen.isPresent()) {
                        return Finding.violated(seen.get());
                    }
                }
            }
        }
        return byVersion.isEmpty()
                ? Finding.notJudged("no cell record was seen")
                : Finding.ok(judged.isEmpty() ? "nobody was fenced" : judged.size() + " fenced, all of them silent");
    }

    private long firstProven(long token) {
        return byVersion.stream()
                .filter(view -> view.claims().stream().anyMatch(c -> c.token() == token && c.isProven()))
                .mapToLong(View::atNs)
                .min()
                .orElseThrow();
    }

    /** Hosts other than the suspect whose last look before the fence showed the same incarnation fresh. */
    private Optional<String> seenBefore(ClaimSeen claim, long provenNs) {
        Map<String, Boolean> fresh = new HashMap<>();
        for (View view : evidence.views()) {
            boolean near = view.atNs() < provenNs
                    && view.atNs() > provenNs - evidence.terms().suspectMs() * MS;
            if (near && !view.host().equals(claim.suspect())) {
                view.sights().stream()
                        .filter(sight -> sight.host().equals(claim.suspect()) && sight.counter() == claim.counter())
                        .forEach(sight -> fresh.put(view.host(), isFresh(sight)));
            }
        }
        long seeing = fresh.values().stream().filter(is -> is).count();
        int majority = evidence.terms().hosts() / 2 + 1;
        return seeing >= majority
                ? Optional.of(claim.suspect() + " was fenced under token " + claim.token() + " while " + seeing
                        + " hosts saw it")
                : Optional.empty();
    }

    private boolean isFresh(Evidence.Sight sight) {
        long limit = evidence.terms().suspectMs();
        boolean byStorage = sight.storageAgeMs() >= 0 && sight.storageAgeMs() < limit;
        boolean byNetwork = sight.networkAgeMs() >= 0 && sight.networkAgeMs() < limit;
        return byStorage || byNetwork;
    }

    /** I6: no more hosts fenced than the storm guard allows; a run is shorter than the guard's window. */
    Finding storm() {
        Set<Long> fenced = new HashSet<>();
        for (View view : byVersion) {
            view.claims().stream()
                    .filter(claim -> claim.isProven() && !HARMLESS.contains(claim.rung()))
                    .forEach(claim -> fenced.add(claim.token()));
        }
        int limit = evidence.terms().stormLimit();
        if (byVersion.isEmpty()) {
            return Finding.notJudged("no cell record was seen");
        }
        return fenced.size() > limit
                ? Finding.violated(fenced.size() + " hosts were fenced, the guard's limit is " + limit)
                : Finding.ok(fenced.size() + " fenced of at most " + limit);
    }
}
