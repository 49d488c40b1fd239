package io.quorumfence.lab.ground;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * What a cell stands on: boxes, or groups of plain processes. This is what observers, callers and the demo need
 * of it. Methods block; any thread. Closing takes it down.
 */
public interface Ground extends AutoCloseable {
    LabPlan plan();

    List<? extends Host> hosts();

    /** The shared disk of a VM as the machine sees it, below every host's faults. */
    Path diskOf(String vm);

    /** Where an observer finds the agent of a host; also while the host's cables are cut. */
    URI agent(String host);

    /** Where a coordinator's REST API is. */
    URI coordinator(int number);

    /** Holds ca.pem, coordinator-lab.pem and coordinator-lab.key: the lab's own identity towards agents. */
    Path tlsDir();

    /** What the command line of a process that runs a VM contains, and no other process's of a host. */
    String vmProgram();

    /** Starts a VM on a host, whatever anybody thinks of it. */
    void startVm(String vm, String host);

    /** Cuts a host off from the management network, in both directions. */
    void cutManagement(String host);

    void healManagement(String host);

    /** Pulls the plug of a host. Returns the moment it was pulled, on System.nanoTime's clock. */
    long powerOff(String host);

    @Override
    void close();

    /** One host as its observers see it. */
    interface Host {
        String name();

        boolean isOn();

        boolean agentRuns();

        /** Processes of the host as the machine counts them; empty when it is off. */
        List<Long> processes();

        /** Directory of its logs; watchdog.log in it tells what its watchdog did. */
        Path logs();
    }
}
