package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the built programs are, and how the small C programs of these tests are compiled. */
final class NativePrograms {

    private static final Path SOURCES = Path.of("src/main/native/test").toAbsolutePath();

    private NativePrograms() {}

    static String path(String program) {
        String named = System.getProperty("qf.native", System.getenv("QF_NATIVE"));
        Path path = Path.of(named == null ? "target/native" : named, program).toAbsolutePath();
        assertThat(path).as("built by make -C src/main/native").isExecutable();
        return path.toString();
    }

    /** Compiles a C file of src/main/native/test to the given program. */
    static Path compile(String source, Path program, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra"));
        command.addAll(List.of(flags));
        command.addAll(List.of(SOURCES.resolve(source).toString(), "-o", program.toString()));
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(gcc.getInputStream().readAllBytes());
        assertThat(gcc.waitFor()).as(output).isZero();
        return program;
    }

    static boolean root() throws IOException {
        return Files.getOwner(Path.of("/proc/self")).getName().equals("root");
    }
}
