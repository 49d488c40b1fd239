package io.quorumfence.agent.app;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP: reads the configuration again. A wrong one is refused by name and the old stays in force; with a right one
 * the process ends, and its supervisor starts the next one, which costs a renewal and no VM.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private Reload() {}

    static void on(Supplier<AgentConfigFile.Explained> read) {
        Signal.handle(new Signal("HUP"), signal -> reload(read, () -> System.exit(0)));
    }

    /** @param end ends the process; not called for a configuration that is wrong */
    static void reload(Supplier<AgentConfigFile.Explained> read, Runnable end) {
        try {
            AgentConfig config = read.get().config();
            Secrets.check(config.security(), config.cell().host());
        } catch (RuntimeException e) {
            LOG.error("reload refused, the configuration of the start stays in force: {}", e.getMessage());
            return;
        }
        LOG.info("reload: the configuration is right; this process ends for its successor");
        end.run();
    }
}
