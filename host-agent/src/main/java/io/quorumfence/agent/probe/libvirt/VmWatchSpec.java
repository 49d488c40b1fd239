package io.quorumfence.agent.probe.libvirt;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What the watch looks at.
 *
 * @param uri libvirt's connection URI
 * @param poll time between two looks when nothing happens
 * @param programs further exact names of programs that run VMs
 */
public record VmWatchSpec(Driver driver, String uri, Duration poll, Set<String> programs, Path proc) {

    /** Whose VMs they are. */
    public enum Driver {
        /** libvirt's, and every qemu in the process table. */
        LIBVIRT,
        /** The loopback cell's: only the named programs in the process table; qemu's own names do not count. */
        PROCESS
    }

    public VmWatchSpec {
        programs = Set.copyOf(programs);
        if (driver == Driver.PROCESS && programs.isEmpty()) {
            throw new IllegalArgumentException(
                    "libvirt.driver: process needs the name of the program that runs VMs, or no VM would ever be seen");
        }
    }

    public static VmWatchSpec libvirt(String uri, Duration poll) {
        return new VmWatchSpec(Driver.LIBVIRT, uri, poll, Set.of(), Path.of("/proc"));
    }

    public static VmWatchSpec process(String program, Duration poll) {
        return new VmWatchSpec(Driver.PROCESS, "", poll, Set.of(program), Path.of("/proc"));
    }

    ProgramNames names() {
        return new ProgramNames(driver == Driver.LIBVIRT, programs);
    }
}
