package io.quorumfence.agent.app;

import io.quorumfence.agent.cluster.CellCluster;
import io.quorumfence.agent.cluster.ClusterSettings;
import io.quorumfence.agent.cluster.ClusterStatus;
import io.quorumfence.agent.cluster.CourtesyLock;
import io.quorumfence.agent.effect.local.KeeperPort;
import io.quorumfence.agent.effect.local.TmpfsState;
import io.quorumfence.agent.effect.local.VmStopper;
import io.quorumfence.agent.effect.local.VmStopperSpec;
import io.quorumfence.agent.effect.power.PowerFencer;
import io.quorumfence.agent.effect.power.PowerSpec;
import io.quorumfence.agent.effect.ssh.SshFenceSpec;
import io.quorumfence.agent.effect.ssh.SshFencer;
import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.agent.probe.libvirt.VmWatch;
import io.quorumfence.agent.probe.libvirt.VmWatchSpec;
import io.quorumfence.config.Member;
import io.quorumfence.config.SshTarget;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who carries out which local command. */
final class LocalEffects {
    private final AgentConfig config;
    private final KeeperPort keeper;
    private final TmpfsState tmpfs;
    private final Consumer<Observation> inbox;
    private final SelfFenceEffects selfFence;
    private final VmStopper stopper;
    private final CellCluster cluster;
    private final CourtesyLock lock;
    private final Optional<SshFencer> fencer;
    private final PowerFencer power;
    private @Nullable VmWatch watch;

    LocalEffects(
            AgentConfig config,
            Path natives,
            Vertx vertx,
            NanoClock clock,
            KeeperPort keeper,
            TmpfsState tmpfs,
            SelfFenceEffects selfFence,
            Supplier<Optional<Incarnation>> life,
            Consumer<Observation> inbox) {
        this.config = config;
        this.keeper = keeper;
        this.tmpfs = tmpfs;
        this.inbox = inbox;
        this.selfFence = selfFence;
        AgentConfig.Vms vms = config.vms();
        boolean libvirt = vms.driver() == AgentConfig.Driver.LIBVIRT;
        stopper = new VmStopper(
                new VmStopperSpec(
                        natives.resolve("qf-fence-helper"),
                        config.run(),
                        libvirt ? vms.uri() : "",
                        libvirt ? List.of() : List.of(vms.program())),
                life,
                clock,
                inbox);
        fencer = config.ssh().keyFile().map(key -> new SshFencer(sshSpec(config, key), clock, inbox));
        power = new PowerFencer(powerSpec(config, natives), clock, inbox);
        cluster =
                new CellCluster(ClusterSettings.of(config.cell(), config.ports().cluster()));
        lock = new CourtesyLock(cluster, vertx, inbox, clock::nowNs);
    }

    static PowerSpec powerSpec(AgentConfig config, Path natives) {
        AgentConfig.Power power = config.power();
        return new PowerSpec(
                natives.resolve("qf-power"),
                power.agents(),
                config.run(),
                power.levels(),
                power.timeout(),
                power.check());
    }

    private static SshFenceSpec sshSpec(AgentConfig config, Path key) {
        Map<HostId, SshTarget> targets = config.cell().members().stream()
                .filter(member -> member.ssh().isPresent()
                        && !member.host().equals(config.cell().host()))
                .collect(Collectors.toMap(Member::host, member -> member.ssh().orElseThrow()));
        return new SshFenceSpec(
                targets,
                key,
                config.ssh().connectTimeout(),
                config.ssh().commandTimeout(),
                config.journal().resolve("ssh-audit.log"));
    }

    /** Starts what a restart can wait for: the list of VMs, then the cluster, in the background. */
    void start() {
        AgentConfig.Vms vms = config.vms();
        watch = VmWatch.start(
                vms.driver() == AgentConfig.Driver.PROCESS
                        ? VmWatchSpec.process(vms.program(), vms.poll())
                        : VmWatchSpec.libvirt(vms.uri(), vms.poll()),
                inbox);
        cluster.start();
        fencer.ifPresent(SshFencer::warmUp);
        power.start();
    }

    ClusterStatus clusterStatus() {
        return cluster.status();
    }

    /** Returns at once; each command is carried out on its adapter's own thread. */
    void execute(LocalCommand command) {
        if (selfFence.execute(command)) {
            return;
        }
        if (command instanceof LocalCommand.SetExpiry c) {
            keeper.setExpiry(c);
        } else if (command instanceof LocalCommand.StoreLatch c) {
            keeper.storeLatch(c);
        } else if (command instanceof LocalCommand.StoreCleared c) {
            tmpfs.storeCleared(c);
        } else if (command instanceof LocalCommand.StoreIncarnation c) {
            tmpfs.storeIncarnation(c);
        } else if (command instanceof LocalCommand.StoreSpent c) {
            tmpfs.storeSpent(c);
        } else if (command instanceof LocalCommand.StoreRecord c) {
            tmpfs.storeRecord(c);
        } else if (command instanceof LocalCommand.StorePromises c) {
            tmpfs.storePromises(c);
        } else if (command instanceof LocalCommand.StoreBarrier c) {
            tmpfs.storeBarrier(c);
        } else if (command instanceof LocalCommand.LiftBarrier c) {
            tmpfs.liftBarrier(c);
        } else if (command instanceof LocalCommand.ListVms c) {
            Objects.requireNonNull(watch, "started").list(c);
        } else if (command instanceof LocalCommand.StopVms c) {
            stopper.stop(c);
        } else if (command instanceof LocalCommand.TakeLock c) {
            lock.take(c);
        } else if (command instanceof LocalCommand.ReleaseLock c) {
            lock.release(c);
        } else if (command instanceof LocalCommand.RunPower c) {
            power.run(c);
        } else if (command instanceof LocalCommand.LookAtPower c) {
            power.look(c);
        } else if (command instanceof LocalCommand.EndPower c) {
            power.end(c);
        } else if (command instanceof LocalCommand.FenceBySsh c) {
            fencer.ifPresentOrElse(
                    ssh -> ssh.fence(c),
                    () -> inbox.accept(new EffectObservation.SshFinished(
                            c.work(), c.attempt(), SshVerdict.AMBIGUOUS, 0, "this host has no ssh.keyFile", Set.of())));
        }
    }
}
