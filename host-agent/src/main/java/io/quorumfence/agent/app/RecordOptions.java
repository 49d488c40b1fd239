package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageReader;
import io.quorumfence.agent.effect.storage.StorageReading;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.StorageId;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which storages, and with which key. The key comes from a file; its text is never an argument. */
final class RecordOptions {
    private static final Path DEFAULT = Path.of("/etc/quorumfence/agent.yaml");
    private static final byte[] MAGIC = "QFBK".getBytes(StandardCharsets.US_ASCII);

    @Parameters(
            arity = "0..*",
            paramLabel = "STORAGE",
            description = "id in agent.yaml, or a device, a file, or the directory of a shared mount; default: all of"
                    + " agent.yaml")
    private List<String> storages = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "agent.yaml: storages and key (default: /etc/quorumfence/agent.yaml, unless --key-file)")
    private @Nullable Path config;

    @Option(names = "--key-file", paramLabel = "FILE", description = "the cell's MAC key, when there is no agent.yaml")
    private @Nullable Path keyFile;

    @Option(names = "--json", description = "one JSON document instead of text")
    private boolean json;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "give a storage up after this (default: ${DEFAULT-VALUE})")
    private int limitSeconds = 20;

    boolean wantsJson() {
        return json;
    }

    /** Reads every storage, one after the other. */
    List<StorageReading> read(StorageReader.Depth depth) throws InterruptedException {
        Optional<AgentConfig> all = configuration();
        StorageReader reader = new StorageReader(keys(all), Natives.directory(), Duration.ofSeconds(limitSeconds));
        List<StorageReading> readings = new ArrayList<>();
        for (StorageSpec spec : specs(all)) {
            readings.add(reader.read(spec, depth));
        }
        return readings;
    }

    private Optional<AgentConfig> configuration() {
        if (config != null) {
            return Optional.of(AgentConfigFile.read(config));
        }
        return keyFile == null ? Optional.of(AgentConfigFile.read(DEFAULT)) : Optional.empty();
    }

    private MacKeys keys(Optional<AgentConfig> all) {
        return keyFile != null
                ? Secrets.macKeyIn(keyFile)
                : Secrets.macKeys(all.orElseThrow().security());
    }

    private Set<StorageSpec> specs(Optional<AgentConfig> all) {
        List<StorageSpec> configured = all.map(found -> found.cell().storages()).orElse(List.of());
        if (storages.isEmpty() && configured.isEmpty()) {
            throw new StartException("name at least one storage, or give --config");
        }
        Set<StorageSpec> specs = new LinkedHashSet<>(storages.isEmpty() ? configured : List.of());
        for (String name : storages) {
            configured.stream()
                    .filter(spec ->
                            spec.id().value().equals(name) || spec.path().equals(name))
                    .findFirst()
                    .ifPresentOrElse(specs::add, () -> specs.addAll(byPath(name)));
        }
        return specs;
    }

    private static List<StorageSpec> byPath(String name) {
        Path path = Path.of(name).toAbsolutePath();
        if (!Files.isDirectory(path)) {
            if (!name.contains("/") && !Files.exists(path)) {
                throw new StartException("storage '" + name + "' is neither in the configuration nor a path");
            }
            return List.of(spec(path));
        }
        try (Stream<Path> files = Files.list(path)) {
            List<StorageSpec> found = files.filter(Files::isRegularFile)
                    .sorted()
                    .filter(RecordOptions::isOurs)
                    .map(RecordOptions::spec)
                    .toList();
            if (found.isEmpty()) {
                throw new StartException("no file in " + path + " begins like a quorum storage; name the file");
            }
            return found;
        } catch (IOException e) {
            throw new StartException("the directory " + path + " cannot be read: " + e, e);
        }
    }

    private static boolean isOurs(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return java.util.Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        } catch (IOException e) {
            return false;
        }
    }

    /** Until its header is read, a storage that is named by its path has no other name. */
    private static StorageSpec spec(Path path) {
        return new StorageSpec(new StorageId("unnamed"), path.toString(), Optional.empty());
    }
}
