package io.quorumfence.agent.effect.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the build puts the C programs. */
public final class Natives {
    private Natives() {}

    public static Path program(String name) {
        String directory = System.getProperty("qf.native", "target/native");
        Path program = Path.of(directory, name).toAbsolutePath();
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException(program + " is missing; mvn process-classes builds it");
        }
        return program;
    }
}
