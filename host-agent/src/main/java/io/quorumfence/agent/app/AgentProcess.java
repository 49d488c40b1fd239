package io.quorumfence.agent.app;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quorumfence.agent.api.AgentApi;
import io.quorumfence.agent.api.ApiSettings;
import io.quorumfence.agent.api.ApiSources;
import io.quorumfence.agent.api.TlsFiles;
import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.agent.core.StatusReport;
import io.quorumfence.agent.effect.local.HookServer;
import io.quorumfence.agent.effect.local.KeeperPort;
import io.quorumfence.agent.effect.local.KeeperSpec;
import io.quorumfence.agent.effect.local.SelfFenceFile;
import io.quorumfence.agent.effect.local.Syslog;
import io.quorumfence.agent.effect.local.TmpfsState;
import io.quorumfence.agent.effect.peer.PeerCalls;
import io.quorumfence.agent.effect.peer.PeerSettings;
import io.quorumfence.agent.effect.storage.StorageLanes;
import io.quorumfence.agent.journal.JournalStart;
import io.quorumfence.agent.probe.clock.KernelBoot;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.agent.probe.net.PeerDatagrams;
import io.quorumfence.agent.shell.AgentLoop;
import io.quorumfence.agent.shell.Effectors;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.LocalObservation.WatchdogReported;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.wire.MacKeys;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent: builds every adapter and starts them in the order in which a restart needs them. The lanes come first, for
 * the first act after a crash is a beat; datagrams next; then HTTP, libvirt and ssh; Hazelcast last and in the
 * background.
 */
final class AgentProcess {
    private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);
    /** Only the first process of a boot waits for the disk, and it has nothing to renew yet. */
    private static final Duration MEMORY_PATIENCE = Duration.ofSeconds(2);

    /** A fraction of the second after which the fence helper takes an agent for paused. */
    private static final long PULSE_MS = 200;

    private final AgentConfig config;
    private final CellConfig cell;
    private final RawClock clock = new RawClock();
    private final Path natives = Natives.directory();
    private final Vertx vertx =
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(4));
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final String meaning;
    private @Nullable AgentLoop loop;
    private volatile WatchdogReported told = WatchdogReported.NOTHING;

    /**
     * @param warnings what else should be known at the start
     * @param meaning which action is in force, and what it means for a failover
     */
    AgentProcess(AgentConfig config, List<String> warnings, String meaning) {
        this.meaning = meaning;
        warnings.forEach(LOG::warn);
        config.notices().forEach(LOG::warn);
        this.config = config;
        this.cell = config.cell();
    }

    void start() throws IOException {
        long processStartNs = clock.nowNs();
        KernelBoot boot = new KernelBoot();
        Latencies latencies = new Latencies(meters, cell, clock::nowNs);
        Consumer<Observation> inbox =
                latencies.behind(observation -> requireLoop().offer(observation));
        TmpfsState tmpfs = TmpfsState.open(config.run(), boot.bootId(), inbox);
        KeeperPort keeper = KeeperPort.open(keeperSpec(), clock);
        io.quorumfence.agent.effect.local.BootFacts stored = tmpfs.load(keeper.recovered());
        stored.notes().forEach(LOG::warn);
        CellConfig held = tmpfs.holdTerms(cell, keeper.recovered());
        SelfFenceFile memory = new SelfFenceFile(config.journal(), config.run(), inbox);
        BootFacts facts = Facts.of(
                stored,
                processStartNs,
                boot.age().toNanos(),
                tmpfs.loadRecord(),
                memory.load(boot.bootId(), MEMORY_PATIENCE));

        MacKeys keys = Secrets.macKeys(config.security());
        StorageLanes lanes = new StorageLanes(cell, keys, natives, config.run(), clock::nowNs, inbox);
        PeerDatagrams datagrams = new PeerDatagrams(
                cell, config.ports().datagram(), new WireDatagrams(keys, cell.cell()), inbox, meters, clock::nowNs);
        TlsFiles tls = new TlsFiles(
                config.security().tlsCa(),
                config.security().tlsCertificate(),
                config.security().tlsKey());
        PeerCalls calls = new PeerCalls(PeerSettings.of(cell, config.ports().http(), tls), inbox);
        AgentApi api = new AgentApi(apiSettings(tls), apiSources(), inbox);
        LocalEffects local = effects(keeper, tmpfs, memory, inbox);
        HookServer hook = new HookServer(config.run(), config.hookFile(), cell.hook(), inbox, clock::nowNs);
        JournalLog journal = new JournalLog(config, boot.bootId(), new ReasonLines(new Syslog(Path.of("/dev/log"))));
        journal.started(new JournalStart(held, facts), processStartNs);

        AgentLoop agent = new AgentLoop(
                vertx,
                clock::nowNs,
                journal,
                new AgentState(held, facts),
                new Effectors(
                        lanes::execute,
                        latencies.before(command -> toPeers(command, datagrams, calls)),
                        local::execute,
                        hook.before(api::accept)));
        loop = agent;
        AgentMeters.bind(meters, agent, cell.storageIds(), clock::nowNs);
        AgentMeters.bindWatchdog(meters, agent, keeper);
        lookAtKeeper(keeper, agent);
        lanes.start();
        vertx.deployVerticle(datagrams);
        long tickMs = Math.max(10, cell.deadlines().beat().toMillis() / 20);
        agent.start(tickMs);
        vertx.setPeriodic(cell.deadlines().beat().toMillis() / 2, id -> lookAtKeeper(keeper, agent));
        vertx.setPeriodic(PULSE_MS, id -> pulse(keeper, agent));
        vertx.deployVerticle(calls);
        vertx.deployVerticle(api);
        local.start();
        hook.start();
        tellStart();
    }

    private void tellStart() {
        LOG.info(
                "agent of host {} in cell {}: action {}, watchdog {}, {} members, {} storages",
                cell.host(),
                cell.cell(),
                cell.action(),
                cell.watchdog(),
                cell.members().size(),
                cell.storages().size());
        LOG.info("{}", meaning);
    }

    private LocalEffects effects(
            KeeperPort keeper, TmpfsState tmpfs, SelfFenceFile memory, Consumer<Observation> inbox) {
        return new LocalEffects(
                config,
                natives,
                vertx,
                clock,
                keeper,
                tmpfs,
                new SelfFenceEffects(config, memory, meters, clock::nowNs, inbox),
                () -> AgentFacts.life(requireLoop().state()),
                inbox);
    }

    private void lookAtKeeper(KeeperPort keeper, AgentLoop agent) {
        agent.offer(keeper.poll());
        WatchdogReported report = keeper.report();
        if (!report.equals(told)) {
            told = report;
            agent.offer(report);
        }
    }

    private static void pulse(KeeperPort keeper, AgentLoop agent) {
        long movedNs = agent.movedNs();
        keeper.pulse(movedNs, agent.awakeNs());
    }

    private AgentLoop requireLoop() {
        return Objects.requireNonNull(loop, "the loop is built before anything observes");
    }

    private KeeperSpec keeperSpec() {
        return new KeeperSpec(
                natives.resolve("qf-keeper"),
                config.run().resolve("keeper"),
                cell.watchdog(),
                config.watchdogPath().orElse(Path.of("/dev/null")),
                cell.deadlines().watchdog());
    }

    private ApiSettings apiSettings(TlsFiles tls) {
        List<String> addresses = cell.members().get(cell.indexOf(cell.host())).addresses().values().stream()
                .distinct()
                .toList();
        return new ApiSettings(
                cell.host(),
                java.util.Set.copyOf(cell.hosts()),
                addresses,
                config.ports().http(),
                tls);
    }

    private ApiSources apiSources() {
        return new ApiSources(
                this::health,
                () -> new JsonObject(StatusReport.of(requireLoop().state(), clock.nowNs())),
                meters::scrape);
    }

    private JsonObject health() {
        return new JsonObject().put("status", requireLoop().hasFailed() ? "failed" : "up");
    }

    private static void toPeers(PeerCommand command, PeerDatagrams datagrams, PeerCalls calls) {
        if (command instanceof PeerCommand.SendAckRequest c) {
            datagrams.send(c);
        } else if (command instanceof PeerCommand.SendAck c) {
            datagrams.send(c);
        } else if (command instanceof PeerCommand.AskOpinion c) {
            calls.ask(c);
        } else if (command instanceof PeerCommand.AskPromise c) {
            calls.ask(c);
        } else if (command instanceof PeerCommand.AskShell c) {
            calls.ask(c);
        }
    }
}
