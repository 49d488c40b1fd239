package io.quorumfence.sim;

/** The simulator's command line. */
public final class SimMain {
    private SimMain() {}

    public static void main(String[] args) {
        long from = Long.parseLong(args[0]);
        long n = Long.parseLong(args[1]);
        if (n == 1) {
            Schedule s = Schedule.of(from, Schedule.Wish.NONE);
            Run run = new Run(s, true);
            Run.Result r = run.go();
            System.out.println(s.configs().size() + " hosts " + s.configs().get(0) + "\n" + s.faults());
            run.cell.trace.lines().forEach(System.out::println);
            System.out.println(r);
            return;
        }
        long t0 = System.nanoTime();
        long steps = 0;
        int starts = 0, fences = 0, allows = 0, resets = 0;
        double sim = 0;
        java.util.Map<String, Integer> count = new java.util.TreeMap<>();
        java.util.Map<String, Violation> first = new java.util.TreeMap<>();
        for (long seed = from; seed < from + n; seed++) {
            Run.Result r = new Run(Schedule.of(seed, Schedule.Wish.NONE), false).go();
            steps += r.steps();
            starts += r.starts();
            fences += r.fences();
            resets += r.resets();
            allows += r.permitNs().size();
            sim += r.simulatedNs() / 3.6e12;
            if (!r.violations().isEmpty()) {
                Violation v = r.violations().get(0);
                if (count.merge(v.invariant(), 1, Integer::sum) <= 4) {
                    System.out.println(seed + " " + v);
                }
            }
        }
        double s = (System.nanoTime() - t0) / 1e9;
        double cpu = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
        System.out.printf("cpu %.1f s: %.0f/s, %.0f ns a step%n", cpu, n / cpu, cpu * 1e9 / steps);
        System.out.printf(
                "%d in %.1f s = %.0f/s; steps %d (%.0f each, %.0f ns); simulated %.1f h; "
                        + "starts %d fences %d resets %d allows %d; %s%n",
                n, s, n / s, steps, (double) steps / n, s * 1e9 / steps, sim, starts, fences, resets, allows, count);
    }
}
