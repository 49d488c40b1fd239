package io.quorumfence.lab;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.Labs;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qf lab down}: removes labs that were left up or whose owner died, all there is of them. */
@Command(name = "down", description = "Remove labs.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "LAB", description = "Which (default: all but those in use).")
    private List<String> named = List.of();

    @Option(names = "--all", description = "Also those in which a run is going on.")
    private boolean all;

    @Override
    public Integer call() {
        Checkout checkout = Checkout.find();
        List<String> chosen = named.isEmpty() ? Labs.ids() : named;
        for (String id : chosen) {
            if (named.isEmpty() && !all && Labs.ownerLives(id)) {
                System.out.println(id + ": a run is going on in it, left alone (--all removes it)");
                continue;
            }
            Labs.remove(checkout, id);
            System.out.println(id + ": removed");
        }
        if (chosen.isEmpty()) {
            System.out.println("no lab is up");
        }
        return 0;
    }
}
