package io.quorumfence.agent.app;

import io.quorumfence.config.CellConfig;
import io.quorumfence.wire.MacKeys;
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

    static void on(Supplier<AgentConfigFile.Explained> read, CellConfig inForce, MacKeys keys) {
        Signal.handle(new Signal("HUP"), signal -> reload(read, inForce, keys, () -> System.exit(0)));
    }

    /**
     * @param inForce what this process runs with
     * @param keys what it writes and reads with
     * @param end ends the process; not called for a configuration that is wrong
     */
    static void reload(Supplier<AgentConfigFile.Explained> read, CellConfig inForce, MacKeys keys, Runnable end) {
        try {
            AgentConfig config = read.get().config();
            if (!isSameCell(config.cell(), inForce)) {
                LOG.error(
                        "reload refused, the configuration of the start stays in force: cell, host, members or storages"
                                + " are others than this agent's; its successor could renew nothing, and a host with"
                                + " VMs would be reset");
                return;
            }
            Secrets.check(config.security(), config.cell().host());
            if (!Secrets.macKeys(config.security()).knows(keys.writing())) {
                LOG.error(
                        "reload refused, the configuration of the start stays in force: security names MAC key {}"
                                + " nowhere, with which this cell's blocks are sealed; name its file in"
                                + " security.acceptedMacKeyFiles until `qf record rekey` has been run",
                        keys.writing().name());
                return;
            }
        } catch (RuntimeException e) {
            LOG.error("reload refused, the configuration of the start stays in force: {}", e.getMessage());
            return;
        }
        LOG.info("reload: the configuration is right; this process ends for its successor");
        end.run();
    }

    /** The record names members and storages, and a host that names others counts nowhere (rule 14). */
    static boolean isSameCell(CellConfig next, CellConfig inForce) {
        return next.cell().equals(inForce.cell())
                && next.host().equals(inForce.host())
                && next.hosts().equals(inForce.hosts())
                && next.storageIds().equals(inForce.storageIds());
    }
}
