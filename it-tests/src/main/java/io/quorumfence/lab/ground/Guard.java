package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own that takes the lab down when its owner's end of a pipe closes, whatever way the owner ended:
 * Ctrl-C, an exception, SIGKILL.
 */
final class Guard {
    private final Process process;

    private Guard(Process process) {
        this.process = process;
    }

    static Guard over(Path boxScript, Path labDir) {
        try {
            return new Guard(
                    new ProcessBuilder("setsid", "--wait", "bash", boxScript.toString(), "guard", labDir.toString())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException e) {
            throw new LabException("cannot start the lab's guard: " + e.getMessage(), e);
        }
    }

    /** Lets the lab live on without its owner. */
    void keep() {
        finish("keep\n");
    }

    /** Takes the lab down now. */
    void down() {
        finish("");
    }

    private void finish(String word) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(word.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new LabException("the lab's guard is gone: " + e.getMessage(), e);
        }
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new LabException("the lab did not come down; './qf lab down' tries again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
