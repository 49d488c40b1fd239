package io.quorumfence.agent.probe.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads /proc. What vanished meanwhile is empty; what cannot be read is an {@link IOException}. */
final class ProcFiles {
    private static final int ARGUMENTS_MAX = 512 * 1024;
    private static final String DELETED = " (deleted)";
    private static final long KERNEL_THREAD_FLAG = 0x0020_0000;
    private static final int STATE = 0;
    private static final int FLAGS = 6;
    private static final int THREADS = 17;
    private static final int START = 19;

    private final Path proc;

    ProcFiles(Path proc) {
        this.proc = proc;
    }

    /** The parts of a stat line that matter here. */
    record Stat(String command, char state, boolean kernelThread, long threads, long startTicks) {
        boolean hasEnded() {
            return state == 'Z' || state == 'X' || state == 'x';
        }
    }

    List<Long> pids() throws IOException {
        return numbers(proc);
    }

    Optional<Stat> stat(long pid) throws IOException {
        return text(proc.resolve(pid + "/stat")).map(ProcFiles::parse);
    }

    /**
     * A thread that has not ended, the leader if it has not. The leader of a process may be a zombie while others of
     * its threads still run, or hang in the kernel; then it is one of those that knows the program.
     */
    Optional<Long> livingThread(long pid, Stat leader) throws IOException {
        if (!leader.hasEnded()) {
            return Optional.of(pid);
        }
        for (long thread : numbers(proc.resolve(pid + "/task"))) {
            Optional<Stat> stat =
                    text(proc.resolve(pid + "/task/" + thread + "/stat")).map(ProcFiles::parse);
            if (stat.isPresent() && !stat.get().hasEnded()) {
                return Optional.of(thread);
            }
        }
        return Optional.empty();
    }

    /** Path of the program; empty when there is none (any more). */
    Optional<String> program(long pid, long thread) throws IOException {
        try {
            String path = Files.readSymbolicLink(proc.resolve(pid + "/task/" + thread + "/exe"))
                    .toString();
            // A program that was upgraded under a running VM.
            return Optional.of(path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path);
        } catch (IOException e) {
            return goneOr(e);
        }
    }

    /** The arguments, each as a whole; empty when there are none (any more) or more than can be read. */
    Optional<List<String>> arguments(long pid, long thread) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(proc.resolve(pid + "/task/" + thread + "/cmdline"))) {
            bytes = in.readNBytes(ARGUMENTS_MAX);
        } catch (IOException e) {
            return goneOr(e);
        }
        if (bytes.length == 0 || bytes.length == ARGUMENTS_MAX) {
            return Optional.empty();
        }
        String[] words = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
        return Optional.of(Arrays.asList(words));
    }

    private static List<Long> numbers(Path directory) throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "[1-9]*")) {
            for (Path entry : entries) {
                found.add(Long.valueOf(entry.getFileName().toString()));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (NumberFormatException e) {
            throw new IOException(directory + " has an entry that is no number", e);
        }
        return found;
    }

    private static Optional<String> text(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return goneOr(e);
        }
    }

    /** A process that ends while it is read shows as a missing file, or as "no such process" in the middle of one. */
    private static <T> Optional<T> goneOr(IOException e) throws IOException {
        boolean noSuchProcess = String.valueOf(e.getMessage()).contains("No such process");
        if (e instanceof NoSuchFileException || (noSuchProcess && !(e instanceof AccessDeniedException))) {
            return Optional.empty();
        }
        throw e;
    }

    private static Stat parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        String[] fields = line.substring(close + 2).split(" ", -1);
        return new Stat(
                line.substring(open + 1, close),
                fields[STATE].charAt(0),
                (Long.parseLong(fields[FLAGS]) & KERNEL_THREAD_FLAG) != 0,
                Long.parseLong(fields[THREADS]),
                Long.parseLong(fields[START].strip()));
    }
}
