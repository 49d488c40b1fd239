package io.quorumfence.sim;

import io.quorumfence.config.Profile;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The simulator's command line; the other commands are in {@link SimCommands}. */
public final class SimMain {
    static final int USAGE = 64;
    private static final int INTERNAL = 70;

    private SimMain() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Top())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, args) -> refuse(wrong.getMessage(), wrong.getCommandLine()))
                .setExecutionExceptionHandler((failed, command, parsed) -> {
                    if (failed instanceof IllegalArgumentException) {
                        return refuse(String.valueOf(failed.getMessage()), command);
                    }
                    failed.printStackTrace(command.getErr());
                    return INTERNAL;
                });
    }

    private static int refuse(@Nullable String why, CommandLine command) {
        String line = String.valueOf(why).lines().findFirst().orElse("");
        command.getErr().println("qf " + command.getCommandName() + ": " + line);
        return USAGE;
    }

    /** What the launcher calls. */
    @Command(name = "qf", subcommands = Sim.class)
    static final class Top implements Runnable {
        @Override
        public void run() {
            throw new IllegalArgumentException("say: sim");
        }
    }

    /** What every command may pin; a replay needs the same as the run that failed. */
    static final class Pins {
        @Option(names = "--profile", description = "fast, normal or patient; without it the seed decides")
        @Nullable
        Profile profile;

        @Option(names = "--hosts", description = "2 to 64; without it the seed decides", defaultValue = "0")
        int hosts;

        @Option(names = "--story", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
        Story story = Story.ANY;

        Schedule.Wish wish() {
            if (hosts != 0 && (hosts < 2 || hosts > 64)) {
                throw new IllegalArgumentException("--hosts is 2 to 64, not " + hosts);
            }
            return new Schedule.Wish(hosts, Optional.ofNullable(profile), story);
        }

        @Override
        public String toString() {
            String pins = profile == null ? "" : " --profile " + profile.name().toLowerCase(Locale.ROOT);
            pins += hosts == 0 ? "" : " --hosts " + hosts;
            return pins + (story == Story.ANY ? "" : " --story " + story.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Runs many seeds. */
    @Command(
            name = "sim",
            description = "Runs fault schedules through the production core in virtual time.",
            mixinStandardHelpOptions = true,
            subcommands = {
                SimCommands.Replay.class,
                SimCommands.ShrinkIt.class,
                SimCommands.AttackIt.class,
                SimCommands.MutantsIt.class,
                SimCommands.Profiles.class
            })
    static final class Sim implements Callable<Integer> {
        @CommandLine.Mixin
        Pins pins = new Pins();

        @Option(names = "--seeds", description = "how many; default ${DEFAULT-VALUE}")
        long seeds = 10_000;

        @Option(names = "--from", description = "first seed; default ${DEFAULT-VALUE}")
        long from = 1;

        @Option(names = "--threads", description = "default: one for each processor")
        int threads = Runtime.getRuntime().availableProcessors();

        @Option(names = "--seconds", description = "stop after that long; default: never")
        long seconds = Long.MAX_VALUE / 2_000_000_000L;

        @Option(names = "--json", description = "one object on standard output")
        boolean json;

        @Override
        public Integer call() {
            positive("--seeds", seeds);
            positive("--threads", threads);
            positive("--seconds", seconds);
            Schedule.Wish wish = pins.wish();
            long began = System.nanoTime();
            Summary sum = new Campaign(wish, threads, this::tell).run(from, seeds, began + seconds * 1_000_000_000L);
            Map<String, Object> result = sum.json((System.nanoTime() - began) / 1e9, wish.profile(), pins.toString());
            if (json) {
                SimCommands.printJson(result);
            } else {
                result.forEach((key, value) -> System.out.println(key + ": " + value));
            }
            return sum.violations().isEmpty() ? 0 : 1;
        }

        private static void positive(String option, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(option + " is at least 1, not " + value);
            }
        }

        private void tell(Run.Result failure) {
            Violation first = failure.violations().get(0);
            System.err.println(first.invariant() + " " + first.what() + "; replay with: "
                    + Summary.replayOf(failure.seed(), pins.toString()));
        }
    }
}
