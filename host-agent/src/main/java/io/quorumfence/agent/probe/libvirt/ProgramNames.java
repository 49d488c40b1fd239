package io.quorumfence.agent.probe.libvirt;

import java.util.Set;

/**
 * By which names a program counts as one that runs VMs. The same rule as the fence helper's.
 *
 * @param qemu whether qemu's own names count
 * @param extra further exact names (the loopback cell's VM program)
 */
record ProgramNames(boolean qemu, Set<String> extra) {
    /** What the kernel keeps of a process's name. */
    private static final int COMMAND_CHARS = 15;

    private static final Set<String> LIBVIRT_DAEMONS = Set.of("libvirtd", "virtqemud");

    ProgramNames {
        extra = Set.copyOf(extra);
    }

    boolean isVmProgram(String path) {
        String name = baseName(path);
        return extra.contains(name)
                || (qemu
                        && (name.startsWith("qemu-system-")
                                || name.equals("qemu-kvm")
                                || name.equals("kvm")
                                || path.startsWith("/usr/bin/qemu-")));
    }

    /** Good enough to doubt by, never to tell a VM by: a process may call itself anything. */
    boolean isVmCommand(String command) {
        return extra.stream().anyMatch(name -> cut(name).equals(command))
                || (qemu && (command.startsWith("qemu-") || command.equals("kvm")));
    }

    boolean isLibvirtDaemon(String path) {
        return qemu && LIBVIRT_DAEMONS.contains(baseName(path));
    }

    private static String cut(String name) {
        return name.length() > COMMAND_CHARS ? name.substring(0, COMMAND_CHARS) : name;
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
