package io.quorumfence.agent.probe.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process whose program has a qemu's name and whose arguments name a VM: a copy of the shell that waits. It ends with
 * its standard input, so none outlives the test.
 */
public final class FakeQemu implements AutoCloseable {
    private final Process process;

    private FakeQemu(Process process) {
        this.process = process;
    }

    /** A program of that name in the directory; a copy, for the kernel shows a link's target. */
    public static Path program(Path directory, String name) throws IOException {
        Path program = directory.resolve(name);
        if (!Files.exists(program)) {
            Files.copy(Path.of("/bin/bash").toRealPath(), program);
            if (!program.toFile().setExecutable(true)) {
                throw new IOException(program + " cannot be made executable");
            }
        }
        return program;
    }

    public static FakeQemu start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-c", "echo up; read -r line"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        // Once it has spoken it has become its program.
        process.getInputStream().read();
        return new FakeQemu(process);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
