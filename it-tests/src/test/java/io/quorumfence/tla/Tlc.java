package io.quorumfence.tla;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tlc2.TLC;

/** Runs the model checker in a JVM of its own; everything it writes is below {@code target/tla}. */
final class Tlc {
    /** What TLC said: the property it found violated, or none and the number of distinct states of the whole space. */
    record Verdict(String violated, long states, Path output) {}

    /** A run of seconds is over before the better compiler has paid off. */
    private enum Tuning {
        SHORT("-XX:TieredStopAtLevel=1"),
        LONG("-XX:TieredStopAtLevel=4");

        private final String option;

        Tuning(String option) {
            this.option = option;
        }
    }

    static final String NOTHING = "";

    private static final Path SPECS = Path.of("src", "test", "tla");
    private static final Path WORK = Path.of("target", "tla");
    private static final String WORKERS = System.getProperty("qf.tlc.workers", "2");
    private static final long LIMIT_MINUTES = 20;
    private static final Pattern VIOLATED = Pattern.compile("Error: (?:Invariant|Action property) (\\w+) is violated");
    private static final Pattern STATES = Pattern.compile("(\\d+) states generated, (\\d+) distinct states found, 0 ");

    private Tlc() {}

    /** Checks every property of a configuration. */
    static Verdict check(String configuration) throws Exception {
        return run(configuration, configuration, Tuning.LONG, Files.readString(SPECS.resolve(configuration + ".cfg")));
    }

    /** Checks one property of a configuration from which rules were taken out. */
    static Verdict checkWithout(String configuration, Set<String> rules, String property) throws Exception {
        String removed = rules.stream().map(rule -> '"' + rule + '"').collect(Collectors.joining(", "));
        String base = Files.readString(SPECS.resolve(configuration + ".cfg"));
        String changed = base.replace("Removed = {}", "Removed = {" + removed + "}");
        if (changed.equals(base)) {
            throw new IllegalStateException(configuration + ".cfg has no line 'Removed = {}'");
        }
        String kept = changed.lines()
                .filter(line -> !line.startsWith("INVARIANT") && !line.startsWith("PROPERT"))
                .collect(Collectors.joining("\n"));
        // A property over steps is written [][...]_vars.
        boolean overSteps = Files.readString(spec(configuration)).contains("\n" + property + " == [][");
        String kind = overSteps ? "PROPERTY " : "INVARIANT ";
        return run(
                configuration + "-" + String.join("-", rules),
                configuration,
                Tuning.SHORT,
                kept + "\n" + kind + property + "\n");
    }

    /** A configuration is called after its specification: Lease.tla has LeaseTwoHosts.cfg. */
    private static Path spec(String configuration) throws IOException {
        try (Stream<Path> files = Files.list(SPECS)) {
            return files.filter(file -> file.toString().endsWith(".tla"))
                    .filter(file -> configuration.startsWith(name(file)))
                    .max(Comparator.comparing(file -> name(file).length()))
                    .orElseThrow(() -> new IllegalStateException("no specification for " + configuration));
        }
    }

    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }

    private static Verdict run(String name, String configuration, Tuning tuning, String cfg) throws Exception {
        Path spec = spec(configuration);
        Path work = WORK.resolve(name).toAbsolutePath();
        Path output = WORK.resolve(name + ".out").toAbsolutePath();
        delete(work);
        Files.createDirectories(work.resolve("tmp"));
        try {
            Files.copy(spec, work.resolve(String.valueOf(spec.getFileName())));
            Files.writeString(work.resolve("run.cfg"), cfg);
            Process process = new ProcessBuilder(command(work, spec, tuning))
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("TLC did not end within " + LIMIT_MINUTES + " min, see " + output);
            }
            return read(output);
        } finally {
            delete(work);
        }
    }

    private static List<String> command(Path work, Path spec, Tuning tuning) throws URISyntaxException {
        Path jar = Path.of(
                TLC.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(tuning.option);
        command.addAll(List.of("-XX:+UseParallelGC", "-Xmx2g", "-Djava.io.tmpdir=" + work.resolve("tmp")));
        command.addAll(
                List.of("-cp", jar.toString(), "tlc2.TLC", "-workers", Integer.getInteger("qf.tlc.workers", 2) + ""));
        command.addAll(List.of(
                "-deadlock", "-nowarning", "-metadir", work.resolve("states").toString()));
        command.addAll(List.of("-config", "run.cfg", String.valueOf(spec.getFileName())));
        return command;
    }

    private static Verdict read(Path output) throws IOException {
        String text = Files.readString(output);
        Matcher violated = VIOLATED.matcher(text);
        if (violated.find()) {
            return new Verdict(violated.group(1), 0, output);
        }
        Matcher states = STATES.matcher(text);
        if (text.contains("No error has been found") && states.find()) {
            return new Verdict(NOTHING, Long.parseLong(states.group(2)), output);
        }
        throw new IllegalStateException("TLC came to no verdict, see " + output);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
