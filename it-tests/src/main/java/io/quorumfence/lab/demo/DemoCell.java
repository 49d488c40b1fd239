package io.quorumfence.lab.demo;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Finding;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the demonstration needs of a cell. Methods block; closing takes the cell down. */
public interface DemoCell extends AutoCloseable {
    /** What the cell is made of, in a line: whoever watches must know whether these are real hosts. */
    String description();

    /** What must not be forgotten while watching, because the cell is not the real thing; empty for real hosts. */
    String caveat();

    List<String> hosts();

    /** Published time from power loss to ALLOW. */
    Duration budget();

    Timeline timeline();

    /** Waits until the hosts have joined and see each other. */
    void awaitJoined();

    /** The VM's first start; returns when it does its work. */
    void startFirst(String host);

    /** Whether the VM worked on the host within the last second, as seen from outside. */
    boolean works(String host);

    /** How often the VM was seen to work on the host. */
    long workCount(String host);

    /** How many times the VM was seen to begin its work on the host. */
    long startCount(String host);

    Optional<View> view(String host);

    void cutManagement(String host);

    void healManagement(String host);

    /** Pulls the plug; the moment it was pulled, on System.nanoTime's clock. */
    long powerOff(String host);

    /** Asks the gate whether the VM, last on one host, may start on another. */
    Decision ask(String name, String lastHost, String destination, Duration patience);

    /** Redeems the permit and starts the VM on its destination. */
    void use(Decision allowed);

    /** Judges everything that was seen. */
    Map<String, Finding> judge(long lostNs);

    @Override
    void close();
}
