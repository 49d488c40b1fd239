package io.quorumfence.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One boot of a VM on one host, from the writes it did.
 *
 * @param firstByNs its first write had happened by then
 * @param lastAfterNs its last write happened after that
 * @param lastByNs and not later than that
 */
public record Run(String vm, String host, String nonce, long firstByNs, long lastAfterNs, long lastByNs, long writes) {

    /** The runs of all VMs, in the order of their first writes. */
    static List<Run> of(List<Evidence.Write> writes) {
        Map<String, Run> runs = new LinkedHashMap<>();
        for (Evidence.Write write : writes) {
            String key = write.vm() + "/" + write.host() + "/" + write.nonce();
            Run first =
                    new Run(write.vm(), write.host(), write.nonce(), write.byNs(), write.afterNs(), write.byNs(), 1);
            runs.merge(key, first, (known, more) -> known.and(write));
        }
        List<Run> ordered = new ArrayList<>(runs.values());
        ordered.sort(Comparator.comparingLong(Run::firstByNs));
        return ordered;
    }

    private Run and(Evidence.Write write) {
        return new Run(
                vm,
                host,
                nonce,
                Math.min(firstByNs, write.byNs()),
                Math.max(lastAfterNs, write.afterNs()),
                Math.max(lastByNs, write.byNs()),
                writes + 1);
    }

    /** Whether this run certainly wrote after the other one, of another host, had certainly begun. */
    boolean wroteAfterStartOf(Run later) {
        return vm.equals(later.vm)
                && !host.equals(later.host)
                && firstByNs <= later.firstByNs
                && lastAfterNs >= later.firstByNs;
    }
}
