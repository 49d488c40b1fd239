package io.quorumfence.law;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of the working tree that people edit. Reads only. */
final class SourceTree {
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", ".idea", ".vscode", "lab-runs", "node_modules");

    private SourceTree() {}

    /** The top of the repository: the directory with the four modules. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("shared-model"))) {
            Path parent = at.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no repository above " + Path.of("").toAbsolutePath());
            }
            at = parent;
        }
        return at;
    }

    /** All files whose name ends with one of the suffixes, in a stable order. */
    static List<Path> files(String... suffixes) {
        return walk(root())
                .filter(file ->
                        Stream.of(suffixes).anyMatch(suffix -> file.toString().endsWith(suffix)))
                .sorted()
                .toList();
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static String name(Path file) {
        return root().relativize(file).toString();
    }

    private static Stream<Path> walk(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !NOT_OURS.contains(String.valueOf(entry.getFileName()))).toList().stream()
                    .flatMap(entry -> Files.isDirectory(entry) ? walk(entry) : Stream.of(entry));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }
}
