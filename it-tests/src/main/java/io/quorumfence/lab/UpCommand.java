package io.quorumfence.lab;

import io.quorumfence.config.Profile;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qf lab up}: boots a cell and leaves it to be played with. */
@Command(name = "up", description = "Boot a cell and leave it up.", mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Option(names = "--hosts", defaultValue = "3", description = "How many hosts (default: ${DEFAULT-VALUE}).")
    private int hosts;

    @Option(
            names = "--storages",
            defaultValue = "3",
            description = "How many quorum storages (default: ${DEFAULT-VALUE}).")
    private int storages;

    @Option(
            names = "--profile",
            defaultValue = "fast",
            description = "fast, normal or patient (default: ${DEFAULT-VALUE}).")
    private String profile = "fast";

    @Option(
            names = "--vms",
            defaultValue = "1",
            description = "How many VMs, spread over the hosts (default: ${DEFAULT-VALUE}).")
    private int vms;

    @Option(names = "--coordinators", defaultValue = "1", description = "How many (default: ${DEFAULT-VALUE}).")
    private int coordinators;

    @Option(names = "--name", defaultValue = "cell", description = "Name of the lab (default: ${DEFAULT-VALUE}).")
    private String name = "cell";

    @Override
    public Integer call() {
        if (Labs.ids().contains(name)) {
            throw new LabException("a lab '" + name + "' is up already; ./qf lab down " + name + " removes it");
        }
        if (!name.matches("[a-z0-9]{1,12}")) {
            throw new LabException("--name '" + name + "': lower-case letters and digits, at most 12");
        }
        Timeline timeline = new Timeline();
        timeline.listen(
                entry -> System.err.printf(Locale.ROOT, "%8.3f  %s%n", timeline.seconds(entry.atNs()), entry.event()));
        LiveCell cell = LiveCell.boot(plan(), Checkout.find(), timeline, line -> timeline.note("lab", "", line, ""));
        try {
            cell.awaitJoined();
            cell.startFirst(places());
        } catch (LabException e) {
            cell.close();
            throw e;
        }
        tell(cell);
        cell.leaveUp();
        return 0;
    }

    private LabPlan plan() {
        return new LabPlan(
                name,
                hosts,
                LabPlan.directories(storages),
                profile(),
                Map.of(),
                Map.of(),
                coordinators,
                List.copyOf(places().keySet()),
                "cycle",
                Duration.ofSeconds(1),
                true);
    }

    private Profile profile() {
        try {
            return Profile.valueOf(profile.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new LabException("--profile '" + profile + "': fast, normal or patient");
        }
    }

    private Map<String, String> places() {
        Map<String, String> places = new LinkedHashMap<>();
        IntStream.rangeClosed(1, vms).forEach(n -> places.put("v" + n, "h" + ((n - 1) % hosts + 1)));
        return places;
    }

    private static void tell(LiveCell cell) {
        LabPlan plan = cell.plan();
        for (int n = 1; n <= plan.coordinators(); n++) {
            System.out.println("coordinator " + n + "  " + cell.ground().coordinator(n));
        }
        for (String host : plan.hosts()) {
            System.out.println("agent " + host + "  " + cell.ground().agent(host) + "  (client certificate: "
                    + cell.ground().tlsDir().resolve("coordinator-lab.pem") + ")");
        }
        plan.vms().forEach(vm -> System.out.println("vm " + vm + "  " + plan.uuidOf(vm)));
        System.out.println("inside a host: ./qf lab shell h1; remove all: ./qf lab down " + plan.id());
    }
}
