package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.InitPlan;
import io.quorumfence.agent.effect.storage.StorageFormatter;
import io.quorumfence.model.StorageId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code storage-init}: writes headers, empty blocks and the first cell record; refuses what is in use. */
@Command(name = "storage-init", mixinStandardHelpOptions = true, description = "Formats the quorum storages of a cell.")
final class StorageInit implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "agent.yaml of this host")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    @Option(names = "--storage", paramLabel = "ID", description = "only this one; may be given again (default: all)")
    private List<String> only = new ArrayList<>();

    @Option(names = "--capacity", paramLabel = "HOSTS", description = "room for this many hosts")
    private int capacity = Layout.CAPACITY_DEFAULT;

    @Option(names = "--force-erase", description = "erase a storage that is in use; forgets every claim and permit")
    private boolean forceErase;

    @Override
    public Integer call() {
        try {
            AgentConfig all = AgentConfigFile.read(config);
            Set<StorageId> chosen = only.isEmpty()
                    ? new LinkedHashSet<>(all.cell().storageIds())
                    : only.stream().map(StorageId::new).collect(Collectors.toCollection(LinkedHashSet::new));
            Files.createDirectories(all.run());
            new StorageFormatter(
                            new InitPlan(
                                    all.cell(),
                                    chosen,
                                    new Layout(capacity, Layout.BALLOT_BLOCK_DEFAULT),
                                    forceErase,
                                    System.currentTimeMillis()),
                            MacKey.ofHex(
                                    Files.readString(all.security().macKey()).strip()),
                            Natives.directory(),
                            all.run(),
                            System.out::println)
                    .format();
            return 0;
        } catch (Exception e) {
            System.err.println("storage-init: " + e.getMessage());
            return AgentMain.EXIT_CONFIG;
        }
    }
}
