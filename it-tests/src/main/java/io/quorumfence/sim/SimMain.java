package io.quorumfence.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The simulator's command line: {@code sim --seeds N}, {@code sim replay SEED}, {@code sim shrink SEED}. */
public final class SimMain {
    private SimMain() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Top()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** What the launcher calls. */
    @Command(name = "qf", subcommands = Sim.class)
    static final class Top implements Runnable {
        @Override
        public void run() {
            throw new CommandLine.ParameterException(new CommandLine(this), "say: sim");
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
            subcommands = {Replay.class, ShrinkIt.class, AttackIt.class})
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
        public Integer call() throws JsonProcessingException {
            long began = System.nanoTime();
            Summary sum =
                    new Campaign(pins.wish(), threads, this::tell).run(from, seeds, began + seconds * 1_000_000_000L);
            Map<String, Object> result = sum.json((System.nanoTime() - began) / 1e9);
            if (json) {
                System.out.println(new ObjectMapper().writeValueAsString(result));
            } else {
                result.forEach((key, value) -> System.out.println(key + ": " + value));
            }
            return sum.violations().isEmpty() ? 0 : 1;
        }

        private void tell(Run.Result failure) {
            Violation first = failure.violations().get(0);
            System.err.println(
                    first.invariant() + " " + first.what() + "; replay with: ./qf sim replay " + failure.seed() + pins);
        }
    }

    /** Prints one seed's timeline. */
    @Command(name = "replay", description = "Runs one seed and prints its timeline.", mixinStandardHelpOptions = true)
    static final class Replay implements Callable<Integer> {
        @CommandLine.Mixin
        Pins pins = new Pins();

        @Parameters(paramLabel = "SEED")
        long seed;

        @Override
        public Integer call() {
            return show(Schedule.of(seed, pins.wish()));
        }
    }

    /** Cuts a failing seed's faults down. */
    @Command(
            name = "shrink",
            description = "Leaves out faults of a failing seed as long as it fails, and prints that timeline.",
            mixinStandardHelpOptions = true)
    static final class ShrinkIt implements Callable<Integer> {
        @CommandLine.Mixin
        Pins pins = new Pins();

        @Parameters(paramLabel = "SEED")
        long seed;

        @Override
        public Integer call() {
            return show(Shrink.of(Schedule.of(seed, pins.wish())));
        }
    }

    /** Plays a scripted schedule and prints its timeline. */
    @Command(
            name = "attack",
            description = "Plays a scripted schedule, prints its timeline.",
            mixinStandardHelpOptions = true)
    static final class AttackIt implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "H1a to H19c")
        String name = "";

        @Override
        public Integer call() {
            System.setProperty("qf.sim.print", "true");
            String verdict = Attack.named(name).play().get();
            System.out.println(verdict.isEmpty() ? "all held" : "broken: " + verdict);
            return verdict.isEmpty() ? 0 : 1;
        }
    }

    private static int show(Schedule schedule) {
        Run run = new Run(schedule, true);
        Run.Result result = run.go();
        CellConfig any = schedule.configs().get(0);
        run.cell.trace.lines().forEach(System.out::println);
        System.out.println("cell: " + schedule.configs().size() + " hosts, "
                + any.storages().size() + " storages, " + any.planes().size() + " planes, " + any.action() + ", storm "
                + any.stormLimit() + ", " + any.deadlines());
        System.out.println("gates: " + schedule.vms() + " VMs" + (schedule.sloppyGates() ? ", sloppy" : "")
                + (schedule.lyingLock() ? ", the lock lies" : ""));
        schedule.faults().forEach(fault -> System.out.println("fault: " + fault));
        result.violations().forEach(violation -> System.out.println("broken: " + violation));
        System.out.println("fingerprint: " + Long.toHexString(result.fingerprint()));
        return result.violations().isEmpty() ? 0 : 1;
    }
}
