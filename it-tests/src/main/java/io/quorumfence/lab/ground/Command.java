package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of an external program with a deadline. Blocks the calling thread; any thread. */
public final class Command {
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    private final List<String> words;
    private Duration deadline = DEFAULT_DEADLINE;
    private String input = "";

    private Command(List<String> words) {
        this.words = words;
    }

    /** Each argument is turned into text; paths and numbers may be given as they are. */
    public static Command of(Object... words) {
        return new Command(Stream.of(words).map(Object::toString).toList());
    }

    public static Command of(List<String> words, Object... more) {
        List<String> all = new ArrayList<>(words);
        Stream.of(more).map(Object::toString).forEach(all::add);
        return new Command(List.copyOf(all));
    }

    /** The same command with more words at its end. */
    public Command with(Object... more) {
        Command longer = of(words, more);
        longer.deadline = deadline;
        longer.input = input;
        return longer;
    }

    public Command within(Duration limit) {
        deadline = limit;
        return this;
    }

    public Command input(String text) {
        input = text;
        return this;
    }

    /** What a program left behind: its exit code and both outputs, whole. */
    public record Output(int code, String out, String err) {
        /** What it complained about, on one line and not too long, for a message. */
        public String complaint() {
            String text = (err.isBlank() ? out : err).strip().replaceAll("\\s*\\n\\s*", " | ");
            String shown = text.length() > 400 ? text.substring(0, 397) + "..." : text;
            return (shown.isEmpty() ? "no message" : shown) + " (exit code " + code + ")";
        }
    }

    /** Runs to the end; an exit code other than 0 is an answer here, a missed deadline is not. */
    public Output run() {
        Path out = temporary("out");
        Path err = temporary("err");
        try {
            Process process = new ProcessBuilder(words)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            feed(process);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new LabException("no end of '" + shown() + "' within " + deadline.toMillis() + " ms");
            }
            return new Output(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new LabException("cannot run '" + shown() + "': " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while '" + shown() + "' ran", e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    /** Runs and insists on exit code 0; returns standard output. */
    public String check(String purpose) {
        Output output = run();
        if (output.code() != 0) {
            throw new LabException(purpose + ": " + output.complaint());
        }
        return output.out();
    }

    private void feed(Process process) throws IOException {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (!input.isEmpty() && process.isAlive()) {
                throw e; // a program that ended without reading its input says why by its exit code
            }
        }
    }

    private String shown() {
        String line = String.join(" ", words);
        return line.length() > 160 ? line.substring(0, 157) + "..." : line;
    }

    private static Path temporary(String kind) {
        try {
            return Files.createTempFile("qf-lab-", "." + kind);
        } catch (IOException e) {
            throw new LabException("cannot write below the directory for temporary files: " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
