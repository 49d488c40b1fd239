package io.quorumfence.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A directory that looks like the repository to the launcher, with stand-ins for every tool that would build,
 * install or start something. Each stand-in writes its command line into {@code calls}.
 */
final class StandInCheckout {
    record Run(int exitCode, List<String> out, List<String> err) {}

    private static final List<String> MODULES = List.of("shared-model", "host-agent", "coordinator", "it-tests");

    private final Path root;
    private final Path tools;
    private final Map<String, String> environment = new TreeMap<>();

    StandInCheckout(Path directory, Path launcher) {
        root = directory.resolve("checkout");
        tools = directory.resolve("tools");
        environment.put("PATH", tools + ":/usr/bin:/bin");
        environment.put("CALLS", calls().toString());
        environment.put("QF_POLICY_RC_D", directory.resolve("policy-rc.d").toString());
        try {
            Files.createDirectories(root.resolve(".mvn"));
            Files.writeString(root.resolve("pom.xml"), "<project/>");
            for (String module : MODULES) {
                Files.createDirectories(source(module).getParent());
                Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
                Files.writeString(source(module), "class A {}");
            }
            Files.copy(launcher, root.resolve("qf"), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out the checkout", e);
        }
        installed("");
        user(0);
        tool("apt-get", "");
        tool("java", "exit \"${JAVA_EXIT:-0}\"");
        builds("io/quorumfence/lab/LabMain", "io/quorumfence/coordinator/cli/Qf");
    }

    Path source(String module) {
        return root.resolve(module).resolve("src/main/java/A.java");
    }

    Path report(String module) {
        return root.resolve(module).resolve("target/surefire-reports/A.txt");
    }

    /** Every package is there except these, a blank-separated list. */
    void installed(String missing) {
        tool("dpkg-query", "for p in " + missing + "; do [ \"$p\" = \"$3\" ] && exit 1; done; printf installed");
    }

    void user(int id) {
        tool("id", "echo " + id);
    }

    void breaks(String tool) {
        tool(tool, "exit 100");
    }

    void set(String variable, String value) {
        environment.put(variable, value);
    }

    /** Maven leaves jars and these main classes, whichever module they belong to. */
    void builds(String... classes) {
        StringBuilder body = new StringBuilder("[ \"${MVN_EXIT:-0}\" = 0 ] || exit \"$MVN_EXIT\"\n");
        for (String module : MODULES) {
            body.append("mkdir -p ").append(module).append("/target/surefire-reports\n");
            body.append(": >").append(module).append("/target/").append(module).append(".jar\n");
            body.append("echo 'Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s' >")
                    .append(module)
                    .append("/target/surefire-reports/A.txt\n");
            body.append("echo '[INFO] --- maven-surefire-plugin:3.6.1:test (default-test) @ ")
                    .append(module)
                    .append(" ---'\n")
                    .append("echo '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1 -- in A'\n")
                    .append("echo '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1'\n");
            for (String name : classes) {
                String file = module + "/target/classes/" + name + ".class";
                body.append("mkdir -p \"$(dirname ")
                        .append(file)
                        .append(")\"; : >")
                        .append(file)
                        .append('\n');
            }
        }
        tool("mvn", body.toString());
    }

    Run qf(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("bash", root.resolve("qf").toString()));
        command.addAll(List.of(arguments));
        Path out = root.resolve("out");
        Path err = root.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(Set.of("LANG", "HOME"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("qf " + String.join(" ", arguments) + " did not end within 60 s");
            }
            return new Run(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run the launcher", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the launcher ran", e);
        }
    }

    /** Command lines of the stand-ins named so, oldest first, without the tool's name. */
    List<String> callsOf(String tool) {
        try {
            return Files.exists(calls())
                    ? Files.readAllLines(calls()).stream()
                            .filter(line -> line.startsWith(tool + " "))
                            .map(line -> line.substring(tool.length() + 1))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + calls(), e);
        }
    }

    private Path calls() {
        return tools.resolveSibling("calls");
    }

    private void tool(String name, String body) {
        try {
            Files.createDirectories(tools);
            Path file = tools.resolve(name);
            Files.writeString(
                    file,
                    "#!/bin/bash\n{ printf '%s ' \"${0##*/}\"; printf '[%s]' \"$@\"; echo; } >>\"$CALLS\"\n" + body
                            + "\n");
            if (!file.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make executable: " + file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the stand-in for " + name, e);
        }
    }
}
