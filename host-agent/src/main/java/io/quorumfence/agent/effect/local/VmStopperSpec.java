package io.quorumfence.agent.effect.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the fence helper is called on this host itself.
 *
 * @param program the qf-fence-helper binary
 * @param libvirtUri empty: the helper's own default
 * @param programs exact names of the programs that run VMs, in place of qemu and libvirt: the host is then a group of
 *     plain processes. Empty: qemu's own names
 */
public record VmStopperSpec(Path program, Path run, String libvirtUri, List<String> programs) {
    public VmStopperSpec {
        programs = List.copyOf(programs);
    }

    List<String> command() {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--self", "--run", run.toString()));
        if (!libvirtUri.isEmpty()) {
            command.addAll(List.of("--uri", libvirtUri));
        }
        for (String name : programs) {
            command.addAll(List.of("--exe", name));
        }
        if (!programs.isEmpty()) {
            command.add("--only");
        }
        return command;
    }
}
