package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.alert.AlertTarget;
import io.quorumfence.agent.effect.power.PowerDevice;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole of {@code agent.yaml}, typed and checked: the core's part and what the adapters need beside it.
 *
 * @param run directory on tmpfs for what must not outlive the kernel's boot
 * @param watchdogPath device or, in the lab, FIFO; empty without a watchdog
 * @param hookFile on the local disk, where libvirt's hook reads what is asked of it
 * @param notices what was accepted and should be known; printed at every start
 */
public record AgentConfig(
        CellConfig cell,
        Path run,
        Path journal,
        Optional<Path> watchdogPath,
        Ports ports,
        Security security,
        Ssh ssh,
        Vms vms,
        SelfFence selfFence,
        Alerting alerting,
        Power power,
        Path hookFile,
        List<String> notices) {
    public AgentConfig {
        notices = List.copyOf(notices);
    }

    /** Listening ports, the same on every plane. */
    public record Ports(int http, int datagram, int cluster) {}

    /** Paths only; keys are read from them and never kept in a configuration value. */
    public record Security(Path macKey, List<Path> acceptedMacKeys, Path tlsCa, Path tlsCertificate, Path tlsKey) {}

    /** How this host goes to a suspect. No key file: no sibling-ssh. */
    public record Ssh(Optional<Path> keyFile, Duration connectTimeout, Duration commandTimeout) {
        /** Eight addresses, 200 ms apart, and a moment of grace. */
        private static final Duration SPREAD = Duration.ofMillis(2_100);

        /** From a decision to the end of all that it may have begun. */
        Duration attempt() {
            return connectTimeout.multipliedBy(2).plus(SPREAD).plus(commandTimeout);
        }
    }

    /** Where the VMs are listed. */
    public record Vms(Driver driver, String uri, Duration poll, String program) {}

    /**
     * How the deeds of the self-fence are done.
     *
     * @param sysrq where trigger sysrq writes its letter
     */
    public record SelfFence(
            Trigger trigger,
            Path sysrq,
            List<String> rebootCommand,
            List<String> gracefulCommand,
            List<String> restartCommand) {}

    /** What a reboot begins with; the watchdog follows in any case. */
    public enum Trigger {
        WATCHDOG,
        SYSRQ,
        COMMAND
    }

    /**
     * Who is told. The address may hold a secret, so it is never shown whole.
     *
     * @param timeout of one attempt
     * @param retryFor how long attempts are repeated
     */
    public record Alerting(
            Optional<URI> webhook,
            Optional<Path> tokenFile,
            List<String> command,
            Duration timeout,
            Duration retryFor) {
        public Alerting {
            command = List.copyOf(command);
        }

        @Override
        public String toString() {
            return "Alerting[webhook=" + webhook.map(AlertTarget::shown) + ", command=" + command + ", timeout="
                    + timeout + ", retryFor=" + retryFor + "]";
        }
    }

    /**
     * The fence devices.
     *
     * @param agents directory of the fence agents
     * @param flight longest time a command may work after its process has ended
     * @param timeout longest time of one call
     * @param check how often the devices are looked at
     * @param levels by host; all devices of one level together take its power
     */
    public record Power(
            Path agents,
            Duration flight,
            Duration timeout,
            Duration check,
            Map<HostId, List<List<PowerDevice>>> levels) {
        public Power {
            levels = Map.copyOf(levels);
        }
    }

    /** Who runs the VMs. */
    public enum Driver {
        LIBVIRT,
        /** Plain processes, for the loopback cell only; {@link Vms#program()} names their executable. */
        PROCESS
    }
}
