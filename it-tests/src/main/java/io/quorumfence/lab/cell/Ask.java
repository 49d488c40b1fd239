package io.quorumfence.lab.cell;

import java.time.Duration;
import java.util.List;

/**
 * A start request as a caller makes it.
 *
 * @param name how the run speaks of it
 * @param vm the VM's name in the lab
 * @param patience how long the gate may hold the answer back ({@code wait})
 * @param coordinator which one is asked, from 1
 * @param start whether the permit is redeemed and the VM started when the answer is ALLOW
 * @param until keep asking under the same request id until this verdict; empty asks on only while it is PENDING
 * @param limit how long to keep asking
 */
public record Ask(
        String name,
        String vm,
        String lastHost,
        String destination,
        List<String> siblings,
        String requestId,
        Duration patience,
        int coordinator,
        boolean start,
        String until,
        Duration limit) {

    public Ask {
        siblings = List.copyOf(siblings);
    }

    /** An ordinary request: waits up to 20 s, starts the VM when allowed. */
    public static Ask ordinary(String name, String vm, String lastHost, String destination) {
        return new Ask(
                name,
                vm,
                lastHost,
                destination,
                List.of(),
                name,
                Duration.ofSeconds(20),
                1,
                true,
                "",
                Duration.ofSeconds(60));
    }
}
