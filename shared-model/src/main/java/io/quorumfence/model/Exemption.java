package io.quorumfence.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A VM of class ignore, as an entry of the cell record: its host's end does not stop it, and nobody gets a permit for
 * it. What has no entry is protected.
 *
 * @param id drawn from the same rising counter as fence tokens: claims below it were closed before the entry was made
 * @param turn drawn when it was last made ignored; what hosts said of an earlier turn counts no more
 * @param leaving it is protected again for every host that knows; permits wait until all of them do (decision 0042)
 * @param by who wanted it, for people
 * @param why for people
 * @param heard lives that treat the VM as protected again, whatever becomes of their agent
 */
public record Exemption(
        VmId vm, long id, long turn, boolean leaving, String by, String why, Map<HostId, Incarnation> heard) {
    public static final int BY_MAX = 32;
    public static final int WHY_MAX = 80;

    public Exemption {
        heard = Collections.unmodifiableMap(new TreeMap<>(heard));
        if (by.isBlank() || by.length() > BY_MAX || why.length() > WHY_MAX) {
            throw new IllegalArgumentException(
                    "an exemption names who wants it in 1 to " + BY_MAX + " characters, and why in at most " + WHY_MAX);
        }
        if (!leaving && !heard.isEmpty()) {
            throw new IllegalArgumentException("VM " + vm + " is exempt, and hosts have heard that it is not");
        }
    }

    public static Exemption of(VmId vm, long id, String by, String why) {
        return new Exemption(vm, id, id, false, by, why, Map.of());
    }

    /** Ignored once more before it was protected again: proofs since it was first made still leave the VM out. */
    public Exemption again(long newTurn, String newBy, String newWhy) {
        return new Exemption(vm, id, newTurn, false, newBy, newWhy, Map.of());
    }

    public Exemption asLeaving() {
        return new Exemption(vm, id, turn, true, by, why, heard);
    }

    public Exemption heardBy(HostId host, Incarnation life) {
        Map<HostId, Incarnation> more = new TreeMap<>(heard);
        more.put(host, life);
        return new Exemption(vm, id, turn, leaving, by, why, more);
    }

    /** Whether exactly this life has said that it treats the VM as protected again. */
    public boolean isHeardBy(HostId host, Incarnation life) {
        return life.equals(heard.get(host));
    }
}
