package io.quorumfence.check;

import java.util.List;
import java.util.Set;

/**
 * What a run left to be judged. Every time is in nanoseconds on the observer's one monotonic clock; nothing here was
 * measured by a guest or a host.
 *
 * @param writes a VM's writes, as its disk was sampled
 * @param presences a process that could write the VM's disk was there
 * @param starts the observer's own hand on virsh
 * @param decisions answers of the gate to start requests, the intermediate ones too
 * @param redemptions a caller used a permit
 * @param views what a host's agent published about itself, the others and the cell record
 * @param terms what the hosts had promised
 */
public record Evidence(
        List<Write> writes,
        List<Presence> presences,
        List<Start> starts,
        List<Decision> decisions,
        List<Redemption> redemptions,
        List<View> views,
        Terms terms) {

    public Evidence {
        writes = List.copyOf(writes);
        presences = List.copyOf(presences);
        starts = List.copyOf(starts);
        decisions = List.copyOf(decisions);
        redemptions = List.copyOf(redemptions);
        views = List.copyOf(views);
    }

    /** A counter moved: the write happened after {@code afterNs} and not later than {@code byNs}. */
    public record Write(String vm, String host, String nonce, long counter, long afterNs, long byNs) {}

    /** A process of the VM was seen on the host from one look to another, D state and zombie with threads included. */
    public record Presence(String vm, String host, long fromNs, long untilNs) {}

    /**
     * @param permit the permit that allowed it; empty for the first start of a scenario
     * @param raw somebody started it without asking, on purpose
     */
    public record Start(String vm, String host, long atNs, String permit, boolean raw) {}

    /**
     * @param verdict ALLOW, REFUSE or PENDING
     * @param evidenceItems how many observations the answer carried
     * @param text what the answer said, for a person
     */
    public record Decision(
            String name,
            String vm,
            String lastHost,
            String destination,
            String verdict,
            String reason,
            int evidenceItems,
            String text,
            String permit,
            long askedNs,
            long answeredNs) {}

    /** What a destination answered when the permit was used there. */
    public record Redemption(String permit, String host, long atNs, boolean accepted) {}

    /**
     * One status answer of one host's agent.
     *
     * @param renewalAgeMs age of the youngest renewal of its lease, by whichever plane; -1 for none
     * @param firstRenewalAgeMs age of the first renewal of its agent's process; -1 for none
     */
    public record View(
            long atNs,
            String host,
            long counter,
            String phase,
            boolean leaseLive,
            long renewalAgeMs,
            long firstRenewalAgeMs,
            String action,
            List<Sight> sights,
            long recordVersion,
            List<ClaimSeen> claims,
            List<PermitSeen> permits,
            List<String> alerts) {
        public View {
            sights = List.copyOf(sights);
            claims = List.copyOf(claims);
            permits = List.copyOf(permits);
            alerts = List.copyOf(alerts);
        }
    }

    /** What a host sees of another. Ages are in milliseconds, -1 for never. */
    public record Sight(String host, long counter, long storageAgeMs, long networkAgeMs, boolean suspected) {}

    /** A claim as a cell record shows it. */
    public record ClaimSeen(
            long token, String suspect, long counter, String claimer, String stage, String rung, String level) {
        public boolean isOpen() {
            return stage.equals("CLAIMED") || stage.equals("POWER_INTENT");
        }

        public boolean isProven() {
            return stage.equals("PROVEN");
        }
    }

    /** A permit as a cell record shows it. */
    public record PermitSeen(String id, String vm, String destination, String stage, String rung) {}

    /**
     * @param hosts how many the cell has
     * @param stormLimit most hosts that may be fenced in a window
     * @param budgetMs within what a dead host's VM must be allowed in this run; 0 when the run does not promise it
     * @param ignored VMs that were of class ignore at some time: their host's end is not theirs
     */
    public record Terms(
            int hosts,
            long suspectMs,
            long actMs,
            long watchdogMs,
            int stormLimit,
            long budgetMs,
            Set<String> ignored) {
        public Terms {
            ignored = Set.copyOf(ignored);
        }
    }
}
