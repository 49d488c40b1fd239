package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.InitPlan;
import io.quorumfence.agent.effect.storage.StorageFormatter;
import io.quorumfence.agent.effect.storage.StorageInitException;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.StorageId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code storage-init}: writes headers, empty blocks and the first cell record; refuses what is in use. Prints one line
 * for each storage, and one line on standard error when nothing, or not all, was done.
 */
@Command(name = "storage-init", mixinStandardHelpOptions = true, description = "Formats the quorum storages of a cell.")
final class StorageInit implements Callable<Integer> {
    private static final int KIBIBYTE = 1024;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "agent.yaml of this host")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    @Option(names = "--storage", paramLabel = "ID", description = "only this one; may be given again (default: all)")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--capacity",
            paramLabel = "HOSTS",
            description = "room for this many hosts (default: ${DEFAULT-VALUE})")
    private int capacity = Layout.CAPACITY_DEFAULT;

    @Option(
            names = "--ballot-block",
            paramLabel = "KIB",
            description = "size of a ballot block, which bounds the cell record (default: ${DEFAULT-VALUE})")
    private int ballotBlockKib = Layout.BALLOT_BLOCK_DEFAULT / KIBIBYTE;

    @Option(
            names = "--force-erase",
            description = "format a storage that is in use or holds other data; a cell whose storages are all"
                    + " formatted forgets every claim and permit")
    private boolean forceErase;

    @Override
    public Integer call() {
        try {
            format(AgentConfigFile.read(config));
            return 0;
        } catch (StartException e) {
            return failed(Objects.requireNonNullElse(e.getMessage(), e.toString()), e.exitCode());
        } catch (IllegalArgumentException | StorageInitException e) {
            return failed(Objects.requireNonNullElse(e.getMessage(), e.toString()), AgentMain.EXIT_CONFIG);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted; run it again", AgentMain.EXIT_UNAVAILABLE);
        }
    }

    private int failed(String line, int code) {
        spec.commandLine().getErr().println("storage-init: " + line);
        return code;
    }

    private void format(AgentConfig all) throws StorageInitException, InterruptedException {
        InitPlan plan = new InitPlan(
                all.cell(),
                chosen(all.cell()),
                new Layout(capacity, ballotBlockKib * KIBIBYTE),
                forceErase,
                System.currentTimeMillis());
        MacKeys keys = Secrets.macKeys(all.security());
        new StorageFormatter(
                        plan,
                        keys,
                        Natives.directory(),
                        made(all.run()),
                        spec.commandLine().getOut()::println)
                .format();
    }

    private Set<StorageId> chosen(CellConfig cell) {
        Set<StorageId> chosen = new LinkedHashSet<>();
        for (String id : only) {
            StorageId storage = new StorageId(id);
            if (!cell.storageIds().contains(storage)) {
                throw new StartException(
                        "storage '" + id + "' is not in " + config.getFileName() + ", which has " + cell.storageIds());
            }
            chosen.add(storage);
        }
        return chosen.isEmpty() ? new LinkedHashSet<>(cell.storageIds()) : chosen;
    }

    private static Path made(Path run) {
        try {
            return Files.createDirectories(run);
        } catch (IOException e) {
            throw StartException.unavailable("run: " + run + " cannot be made: " + e);
        }
    }
}
