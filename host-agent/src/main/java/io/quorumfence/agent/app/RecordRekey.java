package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageInitException;
import io.quorumfence.agent.effect.storage.StorageRekey;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.wire.MacKeys;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code record rekey}: the storages' part of a change of the MAC key; docs/operations says when to run it. */
@Command(
        name = "rekey",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = RecordCommand.USAGE,
        description = "Writes what no agent writes again with the new MAC key, and says what still needs the old one."
                + " Agents may run.",
        footer = {
            "",
            "Exit codes: 0 nothing needs an older key; 1 something does, run it again; 64 usage; 69 not readable."
        })
final class RecordRekey implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "agent.yaml of this host (default: ${DEFAULT-VALUE})")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return RecordCommand.guarded(spec, this::change);
    }

    private int change() throws Exception {
        AgentConfig all = AgentConfigFile.read(config);
        MacKeys keys = Secrets.macKeys(all.security());
        PrintWriter out = spec.commandLine().getOut();
        out.println("MAC key " + keys);
        StorageRekey rekey =
                new StorageRekey(all.cell(), keys, Natives.directory(), Files.createDirectories(all.run()));
        int worst = RecordCommand.FINE;
        for (StorageSpec storage : all.cell().storages()) {
            try {
                StorageRekey.Outcome outcome = rekey.change(storage);
                out.println("storage " + storage.id() + ": " + outcome.written() + " copies written anew, "
                        + (outcome.waiting().isEmpty() ? "no older key is needed" : "an older key is still needed"));
                outcome.waiting().forEach(line -> out.println("  " + line));
                worst = Math.max(worst, outcome.waiting().isEmpty() ? RecordCommand.FINE : RecordCommand.FINDINGS);
            } catch (StorageInitException e) {
                spec.commandLine().getErr().println("qf record rekey: " + e.line());
                worst = RecordCommand.UNAVAILABLE;
            }
        }
        return worst;
    }
}
