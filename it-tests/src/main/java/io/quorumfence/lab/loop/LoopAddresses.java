package io.quorumfence.lab.loop;

import io.quorumfence.lab.ground.LabPlan;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who is where in 127.0.0.0/8. The second number is the cell's own, so that cells do not meet on one machine; ports are
 * the product's. Storage plane: each host's one address. Management plane: a host listens on its real address, but
 * everybody else knows it by a relay's, a different one for each who looks; so a relay knows both ends by its address.
 */
record LoopAddresses(int cell) {
    static final int HTTP = 7443;
    static final int DATAGRAM = 7444;
    static final int CLUSTER = 5701;
    static final int REST = 8080;

    private static final int MANAGEMENT = 1;
    private static final int STORAGE = 2;
    private static final int RELAYS = 100;

    static LoopAddresses fresh() {
        return new LoopAddresses(ThreadLocalRandom.current().nextInt(32, 224));
    }

    String storage(String host) {
        return address(STORAGE, LabPlan.indexOf(host));
    }

    /** Where the host itself is on the management plane. */
    String management(String host) {
        return address(MANAGEMENT, LabPlan.indexOf(host));
    }

    /** Where the observer finds the host on the management plane. */
    String relayed(String observer, String host) {
        return address(RELAYS + LabPlan.indexOf(observer), LabPlan.indexOf(host));
    }

    /** Where the coordinator finds the host. */
    String relayed(String host) {
        return address(RELAYS, LabPlan.indexOf(host));
    }

    String coordinator() {
        return address(MANAGEMENT, 250);
    }

    private String address(int group, int last) {
        return "127." + cell + "." + group + "." + last;
    }
}
