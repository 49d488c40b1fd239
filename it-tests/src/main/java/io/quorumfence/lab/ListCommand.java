package io.quorumfence.lab;

import io.quorumfence.lab.ground.Labs;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code qf lab list}: the labs on this machine. */
@Command(name = "list", description = "List the labs on this machine.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        for (String id : Labs.ids()) {
            System.out.println(id + "  " + Labs.base().resolve(id) + (Labs.ownerLives(id) ? "  (in use)" : ""));
        }
        return 0;
    }
}
