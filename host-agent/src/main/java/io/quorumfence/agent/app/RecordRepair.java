package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.InitPlan;
import io.quorumfence.agent.effect.storage.StorageFormatter;
import io.quorumfence.agent.effect.storage.StorageInitException;
import io.quorumfence.agent.effect.storage.StorageReader;
import io.quorumfence.agent.effect.storage.StorageReading;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code record repair}: makes a replaced or damaged storage anew from all the others, with the cell's agents stopped.
 * Why it needs that, and what it does so that no vote is forgotten: decision 0020.
 */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = RecordCommand.USAGE,
        description = "Makes a replaced or damaged storage anew from the others. The cell's agents must be stopped.")
final class RecordRepair implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Parameters(paramLabel = "STORAGE", description = "its id in agent.yaml")
    private String name = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "agent.yaml of this host (default: ${DEFAULT-VALUE})")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    @Option(names = "--confirm", paramLabel = "NAME", description = "the storage's id again, instead of the question")
    private @Nullable String confirmed;

    @Option(
            names = "--force-erase",
            description = "also when it holds a storage of another name or cell, or data that is not Quorumfence's")
    private boolean forceErase;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return RecordCommand.guarded(spec, this::repair);
    }

    private int repair() throws InterruptedException, IOException {
        AgentConfig all = AgentConfigFile.read(config);
        StorageSpec chosen = chosen(all.cell());
        MacKeys keys = Secrets.macKeys(all.security());
        StorageReader reader = new StorageReader(keys, Natives.directory(), LIMIT);
        List<StorageReading> others = new ArrayList<>();
        for (StorageSpec storage : all.cell().storages()) {
            if (!storage.equals(chosen)) {
                others.add(reader.read(storage, StorageReader.Depth.RECORD));
            }
        }
        CellPicture picture = CellPicture.of(others, () -> others);
        Optional<String> why = whyNot(picture, all.cell());
        if (why.isPresent()) {
            return refused(why.get(), RecordCommand.UNAVAILABLE);
        }
        StorageReading now = reader.read(chosen, StorageReader.Depth.RECORD);
        explain(chosen, picture, all.cell(), now);
        if (!isConfirmed(chosen.id())) {
            return refused("not confirmed: what was typed is not " + chosen.id() + "; nothing was changed", 64);
        }
        boolean isThisOne = now.found()
                .filter(header ->
                        header.whyUnfit(all.cell().cell(), chosen.id(), 1).isEmpty())
                .isPresent();
        return format(all, keys, chosen, picture, forceErase || isThisOne);
    }

    private StorageSpec chosen(CellConfig cell) {
        return cell.storages().stream()
                .filter(storage -> storage.id().value().equals(name))
                .findFirst()
                .orElseThrow(() -> new StartException(
                        "storage '" + name + "' is not in the cell, which has " + cell.storageIds()));
    }

    private static Optional<String> whyNot(CellPicture picture, CellConfig cell) {
        List<String> missing = picture.readings().stream()
                .filter(reading -> !reading.isReady() || reading.newest().isEmpty())
                .map(CellPicture::name)
                .toList();
        if (picture.readings().isEmpty() || picture.record().isEmpty()) {
            return Optional.of("no other storage holds the cell's record; storage-init begins a new cell"
                    + "; nothing was changed");
        }
        if (!missing.isEmpty()) {
            return Optional.of("storage " + String.join(", ", missing) + " cannot be read, and what only it knows would"
                    + " be forgotten; nothing was changed");
        }
        CellRecord record = picture.record().get();
        return record.members().equals(cell.hosts()) && record.storages().equals(cell.storageIds())
                ? Optional.empty()
                : Optional.of("the record speaks of hosts " + record.members() + " and storages " + record.storages()
                        + ", agent.yaml of others; nothing was changed");
    }

    private void explain(StorageSpec chosen, CellPicture picture, CellConfig cell, StorageReading now) {
        CellRecord record = picture.record().orElseThrow();
        PrintWriter out = spec.commandLine().getOut();
        String state = CellPicture.of(List.of(now), List::of).findings().stream()
                .findFirst()
                .map(CellPicture.Finding::detail)
                .orElse("it looks whole, record version "
                        + now.newest().map(CellRecord::version).orElse(0L));
        out.println("repair of storage " + chosen.id() + " (" + chosen.path() + ") of cell " + cell.cell());
        out.println("  now: " + state);
        out.println("  it will be erased and written anew with the record (version " + record.version()
                + " or newer), every host's vote and all mail, taken from "
                + picture.readings().stream().map(CellPicture::name).collect(Collectors.joining(", ")));
        out.println("  on those, the ballot of host " + cell.host() + " is raised above all others");
        out.println("  the agents of all hosts must be stopped: " + cell.hosts()
                + "; an armed host whose agent stays away is reset by its watchdog, so disarm first");
        out.flush();
    }

    private boolean isConfirmed(StorageId wanted) throws IOException {
        String typed = confirmed;
        if (typed == null) {
            spec.commandLine().getOut().print("type the storage's id to go on: ");
            spec.commandLine().getOut().flush();
            typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
        return typed != null && typed.strip().equals(wanted.value());
    }

    private int format(AgentConfig all, MacKeys keys, StorageSpec chosen, CellPicture picture, boolean force)
            throws InterruptedException, IOException {
        Layout layout = picture.readings().get(0).found().orElseThrow().layout();
        InitPlan plan = new InitPlan(all.cell(), Set.of(chosen.id()), layout, force, System.currentTimeMillis());
        PrintWriter out = spec.commandLine().getOut();
        try {
            Path run = Files.createDirectories(all.run());
            new StorageFormatter(plan, keys, Natives.directory(), run, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .format();
        } catch (StorageInitException e) {
            return refused(e.line(), RecordCommand.FINDINGS);
        }
        out.println("done; start the agents again");
        return RecordCommand.FINE;
    }

    private int refused(String line, int code) {
        spec.commandLine().getErr().println("qf record repair: " + line);
        return code;
    }
}
