package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.local.KeeperPort;
import io.quorumfence.agent.effect.local.TmpfsState;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.agent.probe.libvirt.VmWatch;
import io.quorumfence.agent.probe.libvirt.VmWatchSpec;
import io.quorumfence.agent.shell.EventLog;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who carries out which local command. */
final class LocalEffects {
    private final AgentConfig config;
    private final KeeperPort keeper;
    private final TmpfsState tmpfs;
    private final Consumer<Observation> inbox;
    private @Nullable VmWatch watch;

    private LocalEffects(AgentConfig config, KeeperPort keeper, TmpfsState tmpfs, Consumer<Observation> inbox) {
        this.config = config;
        this.keeper = keeper;
        this.tmpfs = tmpfs;
        this.inbox = inbox;
    }

    static LocalEffects build(
            AgentConfig config,
            Path natives,
            RawClock clock,
            KeeperPort keeper,
            TmpfsState tmpfs,
            Consumer<Observation> inbox) {
        return new LocalEffects(config, keeper, tmpfs, inbox);
    }

    void start() {
        AgentConfig.Vms vms = config.vms();
        watch = VmWatch.start(
                vms.driver() == AgentConfig.Driver.PROCESS
                        ? VmWatchSpec.process(vms.program(), vms.poll())
                        : VmWatchSpec.libvirt(vms.uri(), vms.poll()),
                inbox);
    }

    EventLog journal() {
        return new EventLog() {
            @Override
            public CompletionStage<Void> append(List<JournalEvent> events, long nowNs) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void observed(Observation observation, long nowNs) {}
        };
    }

    /** Returns at once; each command is carried out on its adapter's own thread. */
    void execute(LocalCommand command) {
        if (command instanceof LocalCommand.SetExpiry c) {
            keeper.setExpiry(c);
        } else if (command instanceof LocalCommand.StoreLatch c) {
            keeper.storeLatch(c);
        } else if (command instanceof LocalCommand.StoreIncarnation c) {
            tmpfs.storeIncarnation(c);
        } else if (command instanceof LocalCommand.StorePromises c) {
            tmpfs.storePromises(c);
        } else if (command instanceof LocalCommand.StoreBarrier c) {
            tmpfs.storeBarrier(c);
        } else if (command instanceof LocalCommand.LiftBarrier c) {
            tmpfs.liftBarrier(c);
        } else if (command instanceof LocalCommand.ListVms c) {
            Objects.requireNonNull(watch, "started").list(c);
        } else if (command instanceof LocalCommand.StopVms) {
            inbox.accept(new EffectObservation.VmsStopped(false, List.of()));
        } else if (command instanceof LocalCommand.TakeLock c) {
            inbox.accept(new EffectObservation.LockAnswered(c.work(), LockAnswer.UNAVAILABLE));
        } else if (command instanceof LocalCommand.FenceBySsh c) {
            inbox.accept(new EffectObservation.SshFinished(c.work(), c.attempt(), SshVerdict.UNREACHABLE, 0, "none"));
        }
    }
}
