package io.quorumfence.lab.loop;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that removes a cell's directories when this JVM ends, whatever way that was. */
final class Sweeper {
    private final Process process;

    private Sweeper(Process process) {
        this.process = process;
    }

    static Sweeper over(Checkout checkout, List<Path> directories) {
        List<String> words = new ArrayList<>(
                List.of("sh", checkout.scripts().resolve("loop-sweep.sh").toString()));
        directories.forEach(directory -> words.add(directory.toString()));
        try {
            return new Sweeper(new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new LabException("cannot start what cleans up after the loopback cell: " + e.getMessage(), e);
        }
    }

    /** Removes the directories now; their processes have ended. */
    void sweep() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LabException("the loopback cell's directories could not be removed");
            }
        } catch (IOException e) {
            throw new LabException("what cleans up after the loopback cell is gone: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
