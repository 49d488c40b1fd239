package io.quorumfence.agent.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.quorumfence.agent.effect.alert.AlertDelivery;
import io.quorumfence.agent.effect.alert.AlertSpec;
import io.quorumfence.agent.effect.local.HostActions;
import io.quorumfence.agent.effect.local.SelfFenceFile;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Who carries out the commands of the self-fence: its deeds on the host, its memory, its alerts. */
final class SelfFenceEffects {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final SelfFenceFile memory;
    private final HostActions actions;
    private final Optional<AlertDelivery> alerts;

    SelfFenceEffects(
            AgentConfig config,
            SelfFenceFile memory,
            MeterRegistry meters,
            LongSupplier clockNs,
            Consumer<Observation> inbox) {
        this.memory = memory;
        AgentConfig.SelfFence deeds = config.selfFence();
        actions = new HostActions(
                new HostActions.Spec(
                        deeds.trigger() == AgentConfig.Trigger.SYSRQ ? Optional.of(deeds.sysrq()) : Optional.empty(),
                        deeds.trigger() == AgentConfig.Trigger.COMMAND ? deeds.rebootCommand() : List.of(),
                        deeds.gracefulCommand(),
                        deeds.restartCommand()),
                clockNs,
                inbox);
        AgentConfig.Alerting told = config.alerting();
        boolean receiver = told.webhook().isPresent() || !told.command().isEmpty();
        AlertSpec spec = new AlertSpec(
                config.cell().cell().value(),
                config.cell().host().value(),
                told.webhook(),
                told.tokenFile(),
                told.command(),
                told.timeout(),
                told.retryFor(),
                FIRST_PAUSE);
        alerts = receiver ? Optional.of(new AlertDelivery(spec, meters, inbox, clockNs)) : Optional.empty();
    }

    /** Whether it was one of its commands. */
    boolean execute(LocalCommand command) {
        if (command instanceof LocalCommand.StoreMemory c) {
            memory.store(c);
        } else if (command instanceof LocalCommand.ActOnHost c) {
            actions.act(c);
        } else if (command instanceof LocalCommand.DeliverAlert c) {
            alerts.ifPresent(delivery -> delivery.deliver(c));
        } else {
            return false;
        }
        return true;
    }
}
