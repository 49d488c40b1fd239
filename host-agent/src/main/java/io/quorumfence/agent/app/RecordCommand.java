package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageReader;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code record}: the cell record as it lies on the storages, whether an agent runs or not. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = RecordCommand.USAGE,
        subcommands = {RecordCommand.Show.class, RecordCommand.Verify.class, RecordRepair.class, RecordRekey.class},
        description = "Reads the cell record from its storages, verifies them, repairs one, changes the key.",
        footer = {"", "Exit codes: 0 fine; 1 findings; 64 the command line is wrong; 69 too little could be read."})
final class RecordCommand implements Runnable {
    static final int FINE = 0;
    static final int FINDINGS = 1;
    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "a command is missing: show, verify, repair or rekey");
    }

    /** Runs a command; what was configured wrongly is a wrong command line, in one line. */
    static int guarded(CommandSpec spec, Callable<Integer> work) throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        try {
            return work.call();
        } catch (StartException | IllegalArgumentException e) {
            err.println("qf record: " + Objects.requireNonNullElse(e.getMessage(), e.toString()));
            return USAGE;
        }
    }

    private static CellPicture picture(RecordOptions options, StorageReader.Depth depth) throws InterruptedException {
        return CellPicture.of(options.read(depth), () -> {
            try {
                return options.read(StorageReader.Depth.RECORD);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StartException("interrupted", e);
            }
        });
    }

    private static int code(CellPicture picture) {
        if (!picture.hasMajority()) {
            return UNAVAILABLE;
        }
        return picture.findings().isEmpty() ? FINE : FINDINGS;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            exitCodeOnInvalidInput = USAGE,
            description = "The verdict, then hosts, claims, permits and how fresh each storage is.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private RecordOptions options = new RecordOptions();

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            return guarded(spec, () -> {
                CellPicture picture = picture(options, StorageReader.Depth.RECORD);
                RecordScreen screen = new RecordScreen(picture);
                PrintWriter out = spec.commandLine().getOut();
                (options.wantsJson() ? RecordJson.show(picture) : screen.show()).forEach(out::println);
                return code(picture);
            });
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            exitCodeOnInvalidInput = USAGE,
            description = "Checks every copy of every block: MAC, format, place, age.")
    static final class Verify implements Callable<Integer> {
        @Mixin
        private RecordOptions options = new RecordOptions();

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            return guarded(spec, () -> {
                CellPicture picture = picture(options, StorageReader.Depth.ALL);
                PrintWriter out = spec.commandLine().getOut();
                (options.wantsJson() ? RecordJson.verify(picture) : new RecordScreen(picture).verify())
                        .forEach(out::println);
                return code(picture);
            });
        }
    }
}
