package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.record.CellRecord;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles a mutant beside the real core and loads the whole simulator anew with it. Needs a JDK and the sources. */
final class MutantCore extends ClassLoader {
    private static final String OURS = "io.quorumfence.";

    private final Path changed;

    private MutantCore(Path changed) {
        super(MutantCore.class.getClassLoader());
        this.changed = changed;
    }

    /** How a mutant fared: which promise broke, by which script or seed; empty when it survived. */
    record Verdict(Mutant mutant, String broken, String by) {
        boolean isKilled() {
            return !broken.isEmpty();
        }
    }

    /** Plays the mutant's script, and if that shows nothing or there is none, its seeds. */
    static Verdict judge(Mutant mutant, Path root) {
        Path classes = null;
        try {
            classes = Files.createTempDirectory("qf-mutant");
            compile(sources(mutant, root, classes), classes);
            Class<?> probe = new MutantCore(classes).loadClass(MutantProbe.class.getName());
            String broken = mutant.attack().isEmpty()
                    ? ""
                    : (String) probe.getDeclaredMethod("attack", String.class).invoke(null, mutant.attack());
            if (!broken.isEmpty() || mutant.seeds() == 0) {
                return new Verdict(mutant, broken, "script " + mutant.attack());
            }
            broken = (String) probe.getDeclaredMethod("firstBroken", long.class, long.class)
                    .invoke(null, 1L, mutant.seeds());
            return new Verdict(mutant, broken, mutant.seeds() + " seeds");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("mutant " + mutant.name() + " cannot be run", e);
        } finally {
            remove(classes);
        }
    }

    /** What breaks although only one of a pair's guards is out; empty as it should be. */
    static String brokenAlone(Mutant pair, Path root) {
        for (Mutant one : List.of(pair.firstAlone(), pair.secondAlone())) {
            Verdict verdict = judge(one, root);
            if (verdict.isKilled()) {
                return (one.edits().equals(pair.edits()) ? "the first" : "the second") + " alone: " + verdict.broken();
            }
        }
        return "";
    }

    /** Throws when the sources have moved away from under the mutant. */
    static void check(Mutant mutant, Path root) {
        try {
            changed(mutant, root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> changed(Mutant mutant, Path root) throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (Mutant.Edit edit : mutant.all()) {
            String before = texts.containsKey(edit.file())
                    ? texts.get(edit.file())
                    : Files.readString(root.resolve(edit.file()));
            int at = before.indexOf(edit.find());
            if (at < 0 || before.indexOf(edit.find(), at + 1) >= 0) {
                throw new IllegalStateException(
                        "mutant " + mutant.name() + " does not apply once to " + edit.file() + ": " + edit.find());
            }
            texts.put(edit.file(), before.replace(edit.find(), edit.replace()));
        }
        return texts;
    }

    private static List<Path> sources(Mutant mutant, Path root, Path into) throws IOException {
        Map<String, String> texts = changed(mutant, root);
        Path sources = Files.createDirectory(into.resolve("src"));
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = sources.resolve(Path.of(text.getKey()).getFileName());
            Files.writeString(file, text.getValue());
        }
        try (Stream<Path> files = Files.list(sources)) {
            return files.toList();
        }
    }

    private static void compile(List<Path> sources, Path into) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("mutants need a JDK; this is a JRE");
        }
        String classpath = Stream.of(AgentCore.class, CellRecord.class, NullMarked.class, MutantProbe.class)
                .map(MutantCore::home)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-nowarn", "-cp", classpath, "-d", into.toString());
            boolean ok = compiler.getTask(
                            errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!ok) {
                throw new IllegalStateException("a mutant does not compile: " + errors);
            }
        }
    }

    private static String home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where is " + type + "?", e);
        }
    }

    private static void remove(@org.jspecify.annotations.Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        Path mutated = changed.resolve(file);
        try (InputStream original = Files.exists(mutated)
                ? Files.newInputStream(mutated)
                : getParent().getResourceAsStream(file)) {
            if (original == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = original.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
