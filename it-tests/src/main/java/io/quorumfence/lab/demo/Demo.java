package io.quorumfence.lab.demo;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Finding;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.LabException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** The main job in five acts. Every promise that is not kept is counted; the closing summary says so. */
public final class Demo {
    private static final String HOME = "h1";
    private static final String ELSEWHERE = "h2";
    private static final Set<String> TOLD = Set.of("suspect", "claim", "alert", "vm", "box");
    private static final Duration CUT_FOR = Duration.ofSeconds(6);

    private final Screen screen;
    private final List<String> broken = new ArrayList<>();
    private final List<String> summary = new ArrayList<>();

    public Demo(PrintStream out, boolean terminal) {
        this.screen = new Screen(out, terminal);
    }

    /**
     * Plays all of it.
     *
     * @param boot makes the cell; gets a line for each thing done
     * @return whether all was as promised
     */
    public boolean play(Function<Consumer<String>, DemoCell> boot) {
        screen.title("Quorumfence: a host is lost, its VM starts elsewhere, once");
        screen.line("Booting the cell (some 20 s).");
        try (DemoCell cell = boot.apply(screen::event)) {
            screen.line("This is " + cell.description() + ".");
            caveat(cell);
            settle(cell);
            refusedWhileItLives(cell);
            refusedWhileCut(cell);
            screen.title("4. The power of " + HOME + " is cut. Nothing there answers any more.");
            long lostNs = cell.powerOff(HOME);
            Optional<Decision> allowed = allowed(cell, lostNs);
            allowed.ifPresent(decision -> once(cell, decision, lostNs));
            close(cell, lostNs);
        } catch (LabException e) {
            expect(false, "the demonstration stopped: " + e.getMessage());
        }
        return broken.isEmpty();
    }

    private void settle(DemoCell cell) {
        screen.title("1. The hosts join; a VM starts on " + HOME + ".");
        cell.awaitJoined();
        cell.startFirst(HOME);
        cell.timeline().listen(entry -> {
            if (TOLD.contains(entry.kind())) {
                screen.event(
                        entry.atNs(), entry.event() + (entry.detail().isEmpty() ? "" : " (" + entry.detail() + ")"));
            }
        });
        whoSeesWhom(cell);
        expect(cell.works(HOME), "the VM works on " + HOME);
    }

    private void refusedWhileItLives(DemoCell cell) {
        screen.title("2. Somebody believes that " + HOME + " is lost, and asks to start its VM on " + ELSEWHERE + ".");
        refused(cell, "while-it-lives");
    }

    private void refusedWhileCut(DemoCell cell) {
        screen.title("3. The management network of " + HOME + " is cut: the management software sees nothing of it.");
        long workedBefore = cell.workCount(HOME);
        cell.cutManagement(HOME);
        watch(cell, CUT_FOR);
        whoSeesWhom(cell);
        refused(cell, "while-cut");
        expect(cell.works(HOME) && cell.workCount(HOME) > workedBefore, "the VM never stopped working on " + HOME);
        cell.healManagement(HOME);
        boolean healed = LiveCell.reached(() -> nobodySuspects(cell), Duration.ofSeconds(20));
        expect(healed, "the network is whole again, everybody sees everybody, nobody was fenced");
    }

    private void refused(DemoCell cell, String name) {
        Decision decision = cell.ask(name, HOME, ELSEWHERE, Duration.ofSeconds(5));
        tell(decision);
        expect(
                decision.verdict().equals("REFUSE"),
                "refused, after " + seconds(decision.answeredNs() - decision.askedNs()) + "; nothing was changed");
    }

    private Optional<Decision> allowed(DemoCell cell, long lostNs) {
        CompletableFuture<Decision> answer = CompletableFuture.supplyAsync(
                () -> cell.ask("after-power-loss", HOME, ELSEWHERE, Duration.ofSeconds(25)),
                task -> new Thread(task, "ask").start());
        double budget = cell.budget().toMillis() / 1000.0;
        while (!answer.isDone()) {
            double gone = (System.nanoTime() - lostNs) / 1e9;
            screen.standing(
                    String.format(Locale.ROOT, "%4.1f s of at most %.0f s  %s", gone, budget, bar(gone / budget)));
            LiveCell.reached(answer::isDone, Duration.ofMillis(100));
        }
        Decision decision = answer.join();
        tell(decision);
        long took = decision.answeredNs() - lostNs;
        boolean inTime =
                decision.verdict().equals("ALLOW") && took <= cell.budget().toNanos();
        expect(
                inTime,
                String.format(
                        Locale.ROOT, "allowed %s after the power loss, the budget is %.0f s", seconds(took), budget));
        summary.add("power loss to ALLOW           " + seconds(took));
        return decision.verdict().equals("ALLOW") ? Optional.of(decision) : Optional.empty();
    }

    private void once(DemoCell cell, Decision decision, long lostNs) {
        screen.title("5. The permit is redeemed on " + ELSEWHERE + ", and the VM is started there.");
        cell.use(decision);
        long startedNs = System.nanoTime();
        boolean works = LiveCell.reached(() -> cell.works(ELSEWHERE), Duration.ofSeconds(60));
        long workingNs = System.nanoTime();
        expect(works, "the VM works on " + ELSEWHERE);
        watch(cell, Duration.ofSeconds(3));
        expect(!cell.works(HOME) && cell.works(ELSEWHERE), "and nowhere else");
        expect(cell.startCount(ELSEWHERE) == 1, "it was started there exactly once");
        summary.add("permit to a started VM        " + seconds(startedNs - decision.answeredNs()));
        summary.add("its guest's boot to its work  " + seconds(workingNs - startedNs));
        summary.add("power loss to a working VM    " + seconds(workingNs - lostNs));
    }

    private void close(DemoCell cell, long lostNs) {
        screen.title("Judged from outside, by disks, processes, answers and records:");
        for (Map.Entry<String, Finding> finding : cell.judge(lostNs).entrySet()) {
            String words = finding.getKey() + " " + finding.getValue().verdict().shown() + ": "
                    + finding.getValue().why();
            if (finding.getValue().isViolated()) {
                expect(false, words);
            } else {
                screen.line("    " + words);
            }
        }
        screen.title("Summary");
        caveat(cell);
        summary.forEach(line -> screen.line("  " + line));
        if (broken.isEmpty()) {
            screen.good("all was as promised");
        } else {
            broken.forEach(screen::bad);
        }
    }

    private void caveat(DemoCell cell) {
        if (!cell.caveat().isEmpty()) {
            screen.line("  " + cell.caveat() + ".");
        }
    }

    private void tell(Decision decision) {
        screen.line("  " + decision.verdict() + " (" + decision.reason() + ")");
        for (String part : decision.text().split("; ")) {
            screen.line("      " + part);
        }
    }

    private void expect(boolean met, String what) {
        if (met) {
            screen.good(what);
        } else {
            broken.add("not so: " + what);
            screen.bad("not so: " + what);
        }
    }

    /** Ages of the last sign of each host, by storage and by network, as each host sees it. */
    private void whoSeesWhom(DemoCell cell) {
        screen.line("  who sees whom: age of the last sign by storage / by network");
        for (String observer : cell.hosts()) {
            StringBuilder row = new StringBuilder("    " + observer + " sees ");
            cell.view(observer).map(View::sights).orElse(List.of()).forEach(sight -> row.append(cellOf(sight)));
            screen.line(row.toString());
        }
    }

    private static String cellOf(Sight sight) {
        String ages = age(sight.storageAgeMs()) + " / " + age(sight.networkAgeMs());
        return String.format(Locale.ROOT, " %s %-15s%s", sight.host(), ages, sight.suspected() ? "suspected " : "");
    }

    private static String age(long ms) {
        return ms < 0 ? "never" : String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
    }

    private static boolean nobodySuspects(DemoCell cell) {
        return cell.hosts().stream()
                .allMatch(host -> cell.view(host)
                        .filter(view -> view.sights().stream().noneMatch(Sight::suspected))
                        .isPresent());
    }

    private void watch(DemoCell cell, Duration span) {
        long endNs = System.nanoTime() + span.toNanos();
        while (System.nanoTime() < endNs) {
            screen.standing(String.format(
                    Locale.ROOT,
                    "watching, %.0f s to go; the VM's counter on %s: %d, on %s: %d",
                    (endNs - System.nanoTime()) / 1e9,
                    HOME,
                    cell.workCount(HOME),
                    ELSEWHERE,
                    cell.workCount(ELSEWHERE)));
            LiveCell.reached(() -> System.nanoTime() >= endNs, Duration.ofMillis(200));
        }
    }

    private static String bar(double share) {
        int full = (int) Math.max(0, Math.min(30, Math.round(share * 30)));
        return "[" + "#".repeat(full) + "-".repeat(30 - full) + "]";
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
