package io.quorumfence.lab;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qf demo}: the main job, live. */
@Command(name = "demo", description = "A cell of three hosts loses one; watch.", mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--loopback", description = "Plain processes on loopback in place of hosts; needs no root.")
    private boolean loopback;

    @Override
    public Integer call() {
        return loopback ? 2 : 0;
    }
}
