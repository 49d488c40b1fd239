package io.quorumfence.agent.effect.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Leaves the agent's pid in the run directory as the first act of a start. A sibling's fence helper reads it: a host
 * whose agent was started a moment ago is about to beat, and is not fenced for the silence before.
 */
public final class StartMark {
    private static final String NAME = "agent";

    private StartMark() {}

    /**
     * Does nothing on the first start of a boot, when there is no run directory yet and nothing to be fenced.
     *
     * @return one line when the directory is there and cannot be written to; no reason not to start, for a host whose
     *     agent stays away is reset
     */
    public static Optional<String> leave(Path run) {
        if (!Files.isDirectory(run)) {
            return Optional.empty();
        }
        try {
            Path fresh = run.resolve(NAME + ".new");
            Files.writeString(fresh, "pid=" + ProcessHandle.current().pid() + "\n");
            Files.move(fresh, run.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the mark of this start cannot be left in " + run + " (" + e + "): a sibling's fence"
                    + " helper will not know that this agent is about to beat");
        }
    }
}
