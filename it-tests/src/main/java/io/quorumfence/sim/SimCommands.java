package io.quorumfence.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorumfence.config.CellConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the simulator's command line can do beside a campaign. */
final class SimCommands {
    private SimCommands() {}

    static void printJson(Object value) {
        try {
            System.out.println(new ObjectMapper().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that is no JSON", e);
        }
    }

    /** Prints one seed's timeline. */
    @Command(name = "replay", description = "Runs one seed and prints its timeline.", mixinStandardHelpOptions = true)
    static final class Replay implements Callable<Integer> {
        @CommandLine.Mixin
        SimMain.Pins pins = new SimMain.Pins();

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
        SimMain.Pins pins = new SimMain.Pins();

        @Parameters(paramLabel = "SEED")
        long seed;

        @Override
        public Integer call() {
            return show(Shrink.of(Schedule.of(seed, pins.wish())));
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

    /** Plays a scripted schedule and prints its timeline. */
    @Command(
            name = "attack",
            description = "Plays a scripted schedule of the list of attacks and prints its timeline.",
            mixinStandardHelpOptions = true)
    static final class AttackIt implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "H1a to H19s")
        String name = "";

        @Override
        public Integer call() {
            System.setProperty("qf.sim.print", "true");
            String verdict = Attack.named(name).play().get();
            System.out.println(verdict.isEmpty() ? "all held" : "broken: " + verdict);
            return verdict.isEmpty() ? 0 : 1;
        }
    }

    /** Takes the guards out of the core one by one. */
    @Command(
            name = "mutants",
            description = "Takes the guards out of the core one by one; each must break a promise.",
            mixinStandardHelpOptions = true)
    static final class MutantsIt implements Callable<Integer> {
        @Option(names = "--json", description = "one object on standard output")
        boolean json;

        @Option(names = "--quick", description = "only those that a script shows")
        boolean quick;

        @Parameters(paramLabel = "NAME", arity = "0..*", description = "only these; default: all")
        List<String> names = List.of();

        @Override
        public Integer call() {
            Path root = root();
            List<Mutant> wanted = names.isEmpty()
                    ? Mutants.all().stream()
                            .filter(mutant -> !quick || !mutant.attack().isEmpty())
                            .toList()
                    : names.stream().map(Mutants::named).toList();
            Map<String, Object> killed = new TreeMap<>();
            Map<String, Object> survived = new TreeMap<>();
            Map<String, Object> covered = new TreeMap<>();
            for (Mutant mutant : wanted) {
                MutantCore.Verdict verdict = MutantCore.judge(mutant, root);
                String alone = mutant.isPair() ? MutantCore.brokenAlone(mutant, root) : "";
                boolean ok = verdict.isKilled() && alone.isEmpty();
                (ok ? killed : survived).put(mutant.name(), ok ? verdict.broken() : alone + " within " + verdict.by());
                if (mutant.isPair()) {
                    covered.put(mutant.name(), mutant.why());
                }
                if (!json) {
                    System.out.println((ok ? "killed   " : "SURVIVED ") + mutant.name() + " (rule " + mutant.rule()
                            + "): " + verdict.broken() + " [" + verdict.by() + "]"
                            + (mutant.isPair() ? " with a second guard, " + mutant.why() : "") + alone);
                }
            }
            if (json) {
                Map<String, Object> all = new LinkedHashMap<>();
                all.put("total", wanted.size());
                all.put("killed", killed.size());
                all.put("caughtBy", killed);
                all.put("killedWithASecondGuard", covered);
                all.put("survived", survived);
                printJson(all);
            } else {
                System.out.println(killed.size() + " of " + wanted.size() + " killed");
            }
            return survived.isEmpty() ? 0 : 1;
        }

        /** Mutants are changes of the sources, so there have to be some. */
        static Path root() {
            Path root = Path.of(System.getProperty("qf.home", "."));
            if (!Files.isDirectory(root.resolve("shared-model/src/main/java"))) {
                throw new IllegalArgumentException(root + " holds no sources; mutants need a source tree (-Dqf.home)");
            }
            return root;
        }
    }

    /** One line a story, and the field report. */
    @Command(
            name = "profiles",
            description = "Runs every story of misfortune, prints what it cost, and replays the field report.",
            mixinStandardHelpOptions = true)
    static final class Profiles implements Callable<Integer> {
        @Option(names = "--seeds", description = "for each story; default ${DEFAULT-VALUE}")
        long seeds = 300;

        @Option(names = "--hours", description = "length of the field report's replay; default ${DEFAULT-VALUE}")
        double hours = 4;

        @Option(names = "--threads", description = "default: one for each processor")
        int threads = Runtime.getRuntime().availableProcessors();

        @Override
        public Integer call() {
            if (seeds < 1 || threads < 1 || hours <= 0) {
                throw new IllegalArgumentException("--seeds, --threads and --hours are positive");
            }
            boolean clean = true;
            System.out.println(Summary.HEADINGS);
            for (Story story : Story.values()) {
                Schedule.Wish wish = new Schedule.Wish(0, Optional.empty(), story);
                Summary sum = new Campaign(wish, threads, failure -> {}).run(1, seeds, Long.MAX_VALUE / 2);
                System.out.println(sum.row(story));
                clean &= sum.violations().isEmpty();
            }
            ReportReplay.Outcome outcome = ReportReplay.play(1, hours);
            ReportReplay.lines(outcome).forEach(System.out::println);
            return clean && outcome.resets() == 0 && outcome.vmsStopped() == 0 ? 0 : 1;
        }
    }
}
