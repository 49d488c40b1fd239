package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the built product and the lab's own programs are. The lab is a command of the repository, not of a package. */
public record Checkout(Path home) {
    private static final List<String> SMALL_JVM =
            List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
    private static final String CLASS_PATH = "qf.classpath";
    private static final Pattern HAZELCAST_FLAGS =
            Pattern.compile("<hazelcast\\.jvm\\.args>([^<]*)</hazelcast\\.jvm\\.args>");

    /** The directory named by the launcher, else the one above the working directory that holds the lab's scripts. */
    public static Checkout find() {
        String named = System.getProperty("qf.home");
        if (named != null) {
            return new Checkout(Path.of(named).toAbsolutePath());
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("it-tests/src/main/lab/box.sh"))) {
                return new Checkout(at);
            }
        }
        throw new LabException("not inside a checkout of Quorumfence; start the lab with its ./qf");
    }

    public Path scripts() {
        return home.resolve("it-tests/src/main/lab");
    }

    /** The lab's programs: qf-stallfs, qf-boxwatch, qf-relay, qf-guest. */
    public Path labPrograms() {
        return home.resolve("it-tests/target/native");
    }

    /** The product's programs: qf-lane, qf-keeper, qf-fence-helper. */
    public Path hostPrograms() {
        String named = System.getenv("QF_NATIVE");
        return named != null && !named.isBlank() ? Path.of(named) : home.resolve("host-agent/target/native");
    }

    private String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What Hazelcast asks of the JVM: the one list is the parent POM's. */
    private List<String> hazelcastFlags() {
        try {
            Matcher found = HAZELCAST_FLAGS.matcher(Files.readString(home.resolve("pom.xml")));
            return found.find() ? List.of(found.group(1).strip().split("\\s+")) : List.of();
        } catch (IOException e) {
            throw new LabException("cannot read " + home.resolve("pom.xml") + ": " + e.getMessage(), e);
        }
    }

    /** The words that start the host agent, or one of its commands. */
    public List<String> agentCommand(String... arguments) {
        List<String> words = new ArrayList<>(List.of(java(), "-Xms32m"));
        words.addAll(SMALL_JVM);
        words.addAll(hazelcastFlags());
        words.addAll(List.of("-Dhazelcast.phone.home.enabled=false", "-Djava.net.preferIPv4Stack=true"));
        words.add("-Dqf.native=" + hostPrograms());
        words.addAll(List.of("-cp", classPath("host-agent"), "io.quorumfence.agent.app.AgentMain"));
        words.addAll(List.of(arguments));
        return words;
    }

    /** The words that start a coordinator. */
    public List<String> coordinatorCommand(Path config) {
        List<String> words = new ArrayList<>(List.of(java()));
        words.addAll(SMALL_JVM);
        words.addAll(List.of("-cp", classPath("coordinator"), "io.quorumfence.coordinator.app.CoordinatorMain"));
        words.addAll(List.of("--config", config.toString()));
        return words;
    }

    /** The class path of a module as the build left it; a test names its own, which has no jars yet. */
    private String classPath(String module) {
        String named = System.getProperty(CLASS_PATH);
        if (named != null) {
            return named;
        }
        Path target = home.resolve(module).resolve("target");
        return target.resolve(module + ".jar") + ":" + target.resolve("lib") + "/*";
    }

    /** Says what is missing of the build, in one line: the boxes' programs, and the product's if it is to run. */
    public Optional<String> missing(boolean product) {
        return missing(product, "qf-stallfs", "qf-boxwatch", "qf-relay", "qf-guest");
    }

    /** The same for the loopback cell. */
    public Optional<String> missingForLoopback() {
        return missing(true, "qf-loophost", "qf-loopvm");
    }

    private Optional<String> missing(boolean product, String... programs) {
        Stream<Path> own = Stream.of(programs).map(name -> labPrograms().resolve(name));
        Stream<Path> jars = System.getProperty(CLASS_PATH) != null
                ? Stream.empty()
                : Stream.of(
                        home.resolve("host-agent/target/host-agent.jar"),
                        home.resolve("coordinator/target/coordinator.jar"));
        Stream<Path> products = Stream.concat(Stream.of(hostPrograms().resolve("qf-fence-helper")), jars);
        return Stream.concat(own, product ? products : Stream.empty())
                .filter(file -> !Files.exists(file))
                .findFirst()
                .map(file -> "not built yet: " + home.relativize(file) + " (./qf builds it, or mvn package)");
    }
}
