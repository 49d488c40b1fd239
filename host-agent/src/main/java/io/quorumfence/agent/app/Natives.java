package io.quorumfence.agent.app;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the native programs lie: {@code -Dqf.native}, else {@code QF_NATIVE}, else beside the agent's jar. */
final class Natives {
    private Natives() {}

    static Path directory() {
        String property = System.getProperty("qf.native");
        String variable = System.getenv("QF_NATIVE");
        Path directory =
                Path.of(property != null ? property : variable != null ? variable : "/usr/libexec/quorumfence");
        for (String program : new String[] {"qf-lane", "qf-keeper", "qf-fence-helper", "qf-power"}) {
            if (!Files.isExecutable(directory.resolve(program))) {
                throw new StartException("native program " + program + " is not in " + directory
                        + "; set QF_NATIVE to the directory that holds it");
            }
        }
        return directory;
    }
}
