package io.quorumfence.lab;

import io.quorumfence.lab.demo.Demo;
import io.quorumfence.lab.demo.LiveDemoCell;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qf demo}: the main job, live. Exit code 0 only if all was as promised. */
@Command(name = "demo", description = "A cell of three hosts loses one; watch.", mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--loopback", description = "Plain processes on loopback in place of hosts; needs no root.")
    private boolean loopback;

    @Override
    public Integer call() {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        return new Demo(out, terminal).play(loopback ? LiveDemoCell::onLoopback : LiveDemoCell::inBoxes) ? 0 : 1;
    }
}
