package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.model.VmId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Finds the processes that run VMs, whether or not libvirt knows them: by their program and their arguments, one by
 * one, never by a pattern over command lines. Zombies are no VMs; a process that hangs in the kernel while it ends is.
 * Reading the arguments of a process can block for as long as its memory is locked up, so this runs on a lane.
 */
final class ProcessTable {
    private static final int TRIES = 3;
    private static final Pattern UUID_FORM = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final ProcFiles files;
    private final ProgramNames names;
    /** What was learned of a process while it still had its arguments. */
    private Map<Key, QemuProcess> known = new HashMap<>();

    ProcessTable(Path proc, ProgramNames names) {
        this.files = new ProcFiles(proc);
        this.names = names;
    }

    ProcessScan scan() {
        Findings findings = new Findings();
        try {
            List<Long> pids = files.pids();
            if (pids.isEmpty()) {
                findings.doubt("no process is visible");
            }
            for (long pid : pids) {
                look(pid, findings);
            }
        } catch (IOException e) {
            findings.doubt("the process table cannot be read: " + e.getMessage());
        }
        if (findings.doubts.length() == 0) {
            known = findings.found;
        } else {
            known.putAll(findings.found);
        }
        return findings.result();
    }

    private void look(long pid, Findings findings) {
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Optional<ProcFiles.Stat> before = files.stat(pid);
                if (before.isEmpty() || before.get().kernelThread()) {
                    return;
                }
                Findings one = new Findings();
                judge(pid, before.get(), one);
                // Race closed here: the process ended and another took its pid between our reads. One start time
                // before and after means that all we read was one process.
                Optional<ProcFiles.Stat> after = files.stat(pid);
                if (after.isEmpty()) {
                    return;
                }
                if (after.get().startTicks() == before.get().startTicks()) {
                    findings.add(one);
                    return;
                }
            }
            findings.doubt("pid " + pid + " changes hands too fast");
        } catch (IOException | RuntimeException e) {
            findings.doubt("pid " + pid + " cannot be read: " + e.getMessage());
        }
    }

    private void judge(long pid, ProcFiles.Stat stat, Findings into) throws IOException {
        Optional<Long> thread = files.livingThread(pid, stat);
        if (thread.isEmpty()) {
            return;
        }
        Optional<String> program;
        try {
            program = files.program(pid, thread.get());
        } catch (IOException e) {
            // Another user's process, when the agent is not root: its name has to do.
            if (names.isVmCommand(stat.command())) {
                throw e;
            }
            return;
        }
        if (program.isEmpty()) {
            exiting(pid, stat, into);
        } else if (names.isVmProgram(program.get())) {
            byArguments(pid, thread.get(), stat, into);
        } else if (names.isLibvirtDaemon(program.get()) && stat.threads() == 1) {
            // The daemon itself has many threads. A fork of it stays one of it until libvirt lets it become qemu.
            into.starting = true;
        }
    }

    private void byArguments(long pid, long thread, ProcFiles.Stat stat, Findings into) throws IOException {
        Optional<List<String>> arguments = files.arguments(pid, thread);
        if (arguments.isEmpty()) {
            exiting(pid, stat, into);
            return;
        }
        Optional<VmId> vm = uuid(arguments.get());
        // A qemu that names no VM is one of libvirt's capability probes, or somebody's own.
        vm.ifPresent(id -> into.put(new QemuProcess(
                id,
                pid,
                stat.startTicks(),
                name(arguments.get()),
                arguments.get().contains("-incoming"),
                false)));
    }

    /** No program or no arguments, but still there: what it was is known only if it was seen before. */
    private void exiting(long pid, ProcFiles.Stat stat, Findings into) {
        QemuProcess before = known.get(new Key(pid, stat.startTicks()));
        if (before != null) {
            into.put(before.asExiting());
        } else if (names.isVmCommand(stat.command())) {
            into.doubt("pid " + pid + " (" + stat.command() + ") is ending and does not say which VM it is");
        }
    }

    private static Optional<VmId> uuid(List<String> arguments) {
        return valueBehind(arguments, "-uuid")
                .or(() -> valueBehind(arguments, "--uuid"))
                .filter(text -> UUID_FORM.matcher(text).matches())
                .map(VmId::of);
    }

    /** {@code -name guest=NAME,...} or {@code -name NAME}; only for people. */
    private static String name(List<String> arguments) {
        String value = valueBehind(arguments, "-name").orElse("");
        String first = value.contains(",") ? value.substring(0, value.indexOf(',')) : value;
        return first.startsWith("guest=") ? first.substring("guest=".length()) : first;
    }

    private static Optional<String> valueBehind(List<String> arguments, String option) {
        int at = arguments.indexOf(option);
        return at < 0 || at + 1 >= arguments.size() ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }

    private record Key(long pid, long startTicks) {}

    private static final class Findings {
        private final Map<Key, QemuProcess> found = new HashMap<>();
        private final StringJoiner doubts = new StringJoiner("; ");
        private boolean starting;

        void put(QemuProcess process) {
            found.put(new Key(process.pid(), process.startTicks()), process);
        }

        void doubt(String text) {
            doubts.add(text);
        }

        void add(Findings other) {
            found.putAll(other.found);
            starting |= other.starting;
            if (other.doubts.length() > 0) {
                doubts.merge(other.doubts);
            }
        }

        ProcessScan result() {
            return new ProcessScan(new ArrayList<>(found.values()), doubts.length() == 0, starting, doubts.toString());
        }
    }
}
