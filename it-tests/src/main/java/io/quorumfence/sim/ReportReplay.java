package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The field report behind the product, played again: a replication resync stalls one host's storage for 1 to 60 s,
 * again
 * and again, for hours. Beside it, for comparison only, what a rule would do that knows one plane.
 */
final class ReportReplay {
    private static final long SECOND = 1_000 * SimCell.MILLI;
    private static final int HOSTS = 8;
    private static final int VMS_EACH = 90;

    /**
     * What came of it.
     *
     * @param comparedResets resets by {@link #onePlaneRule} on the same stalls
     */
    record Outcome(
            double hours, int stalls, int resets, int selfFences, int vmsStopped, int claims, int comparedResets) {}

    private ReportReplay() {}

    static Outcome play(long seed, double hours) {
        List<CellConfig> configs =
                Schedule.configs(HOSTS, 1, 1, Profile.NORMAL.deadlines(), SelfFenceAction.STOP_VMS, 0, false);
        SimCell cell = new SimCell(configs, seed, false);
        cell.quietTickNs = 250 * SimCell.MILLI;
        cell.powerOnAll();
        cell.run(8_000);
        for (SimHost host : cell.hosts()) {
            for (int vm = 1; vm <= VMS_EACH; vm++) {
                host.adopt(new VmId(new UUID(host.index + 1L, vm)));
            }
        }
        long end = cell.time.nowNs() + (long) (hours * 3_600 * SECOND);
        List<long[]> stalls = StoryPlan.stalls(new SplittableRandom(seed), cell.time.nowNs() + 5 * SECOND, end);
        for (long[] stall : stalls) {
            cell.time.runUntil(stall[0]);
            cell.hangAll(cell.host(0), 1);
            cell.time.runUntil(stall[0] + stall[1]);
            cell.hangAll(cell.host(0), -1);
            cell.oracle.look();
        }
        cell.time.runUntil(Math.max(end, cell.time.nowNs()));
        int running =
                cell.hosts().stream().mapToInt(host -> host.vms.all().size()).sum();
        var record = cell.oracle.latest();
        return new Outcome(
                hours,
                stalls.size(),
                cell.resets,
                cell.oracle.fences,
                HOSTS * VMS_EACH - running,
                record == null ? -1 : record.claims().size(),
                onePlaneRule(stalls, 60, 30));
    }

    /**
     * COMPARISON, no part of the product: a write every so often, given up after its limit, and the first that is given
     * up resets the host, whatever its peers see. That is the shape of CloudStack's KVM heartbeat before its action
     * became configuration; period and limit are settings there.
     */
    static int onePlaneRule(List<long[]> stalls, long periodSeconds, long limitSeconds) {
        int resets = 0;
        long deafUntil = 0;
        for (long[] stall : stalls) {
            long from = stall[0];
            long to = stall[0] + stall[1];
            long write = (from / (periodSeconds * SECOND) + 1) * periodSeconds * SECOND;
            for (; write < to; write += periodSeconds * SECOND) {
                if (write >= deafUntil && to - write > limitSeconds * SECOND) {
                    resets++;
                    deafUntil = write + 180 * SECOND; // it boots, and beats again about three minutes later
                }
            }
        }
        return resets;
    }

    static List<String> lines(Outcome o) {
        List<String> lines = new ArrayList<>();
        lines.add("report A: " + HOSTS + " hosts with " + VMS_EACH + " VMs each, profile normal, " + o.hours()
                + " simulated hours, " + o.stalls() + " stalls of one host's storage, 1 to 60 s each");
        lines.add("  Quorumfence: " + o.resets() + " resets, " + o.selfFences() + " self-fences, " + o.vmsStopped()
                + " VMs stopped, " + o.claims() + " claims");
        lines.add("  comparison only, a one-plane rule (a write every 60 s, reset when one takes more than 30 s): "
                + o.comparedResets() + " resets");
        return lines;
    }
}
