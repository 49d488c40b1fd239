package io.quorumfence.agent.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.CellRules;
import io.quorumfence.config.DeadlineRules;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.DurationText;
import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import io.quorumfence.config.Member;
import io.quorumfence.config.Notices;
import io.quorumfence.config.Profile;
import io.quorumfence.config.Rejoin;
import io.quorumfence.config.SshTarget;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.config.TimeBudget;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads {@code agent.yaml} (the keys are described in {@code conf/agent.yaml}). Any fault is one line: file, key, what
 * is wrong, what would be right. What it returns has passed every rule.
 */
final class AgentConfigFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, WatchdogKind> WATCHDOGS = new TreeMap<>(Map.of(
            "device", WatchdogKind.DEVICE,
            "fifo-lab", WatchdogKind.FIFO_LAB,
            "none", WatchdogKind.NONE));

    /** YAML reads off as false. */
    private static final Map<String, HookMode> HOOK_MODES = new TreeMap<>(
            Map.of("off", HookMode.OFF, "false", HookMode.OFF, "warn", HookMode.WARN, "enforce", HookMode.ENFORCE));

    private static final Map<String, Boolean> MODES = Map.of("enforce", false, "shadow", true);
    private static final int RUN_MAX = 80;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** The fence helper's own bound: an ssh command that is given up earlier has never heard the verdict. */
    static final Duration FENCE_HELPER = Duration.ofSeconds(4);

    private AgentConfigFile() {}

    static AgentConfig read(Path path) {
        return explained(path, AgentProperties.none()).config();
    }

    /** What was read, and where each value came from. */
    record Explained(AgentConfig config, Profile profile, TimeBudget budget, List<Ledger.Setting> settings) {}

    static Explained explained(Path path, AgentProperties properties) {
        String file = String.valueOf(path.getFileName());
        try {
            String text = Files.readString(path);
            Ledger ledger = new Ledger(file, KeyLines.of(YAML.getFactory(), text));
            YamlSection top = new YamlSection("", YAML.readTree(text), ledger);
            Explained read = all(top, properties);
            top.end();
            return read;
        } catch (JsonProcessingException e) {
            throw new StartException(file + ": is not YAML: " + where(e), e);
        } catch (IOException e) {
            throw new StartException("cannot read " + path + ": " + e, e);
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            throw new StartException(why.contains(": kvm.") || why.contains(": reboot.") ? why : file + ": " + why, e);
        }
    }

    /** Where and why, in one line and without the text around it. */
    private static String where(JsonProcessingException e) {
        String why = e.getOriginalMessage().lines().findFirst().orElse("");
        return why + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")");
    }

    private record Watchdog(WatchdogKind kind, Optional<Path> device) {}

    private static Explained all(YamlSection top, AgentProperties properties) {
        Profile profile = top.choice("profile", Profile.NORMAL, YamlSection.words(Profile.values()));
        top.ledger().profile(profile.name().toLowerCase(java.util.Locale.ROOT));
        boolean shadow = top.choice("mode", false, MODES);
        SelfFenceSection fence = top.in("selfFence", s -> SelfFenceSection.read(s, properties));
        Watchdog watchdog = top.in("watchdog", AgentConfigFile::watchdog);
        HookSection hook = top.in("hook", AgentConfigFile::hook);
        CellConfig plain = cell(top, profile, watchdog.kind, fence, shadow).hooked(hook.hook);
        ProfileSection own = ProfileSection.read(top, profile);
        PowerSection power = PowerSection.read(top, plain.hosts(), plain.flight(), own);
        AgentConfig.Vms vms = top.in("libvirt", AgentConfigFile::vms);
        boolean loopback = vms.driver() == AgentConfig.Driver.PROCESS;
        CellRules.check(plain.climbing(power.ladder()), loopback);
        TimeBudget budget = DeadlineRules.check(plain.climbing(power.ladder()), profile);
        AgentConfig.Ssh ssh = top.in("ssh", section -> ssh(section, profile, budget, own));
        CellConfig cell = plain.climbing(power.ladder().shelling(ssh.attempt()));
        AgentConfig config = new AgentConfig(
                cell,
                run(top, hook.hook),
                top.absolute("journal", Path.of("/var/lib/quorumfence/journal")),
                watchdog.device,
                top.in("ports", AgentConfigFile::ports),
                security(top),
                ssh,
                vms,
                fence.deeds(),
                top.in("alerts", SelfFenceSection::alerting),
                power.power(),
                hook.file,
                Notices.of(cell, budget, profile, loopback));
        return new Explained(config, profile, budget, top.ledger().settings());
    }

    private static Watchdog watchdog(YamlSection s) {
        WatchdogKind kind = s.needChoice("kind", WATCHDOGS);
        boolean softdog = s.choice("accept", false, Map.of("softdog", true));
        Optional<Path> device = s.absolute("device");
        if (softdog && kind != WatchdogKind.DEVICE) {
            throw s.wrong("accept", "softdog goes with kind: device only");
        }
        if (kind == WatchdogKind.FIFO_LAB && device.isEmpty()) {
            throw s.wrong("device", "is missing; kind fifo-lab needs the path of its FIFO");
        }
        return switch (kind) {
            case NONE -> new Watchdog(kind, Optional.empty());
            case DEVICE ->
                new Watchdog(
                        softdog ? WatchdogKind.SOFTDOG : kind, Optional.of(device.orElse(Path.of("/dev/watchdog"))));
            default -> new Watchdog(kind, device);
        };
    }

    private static CellConfig cell(
            YamlSection top, Profile profile, WatchdogKind watchdog, SelfFenceSection fence, boolean shadow) {
        record Storm(int limit, Duration window) {}
        Storm storm = top.in(
                "storm",
                s -> new Storm(
                        s.number("limit", 0, 0, CellRules.MEMBERS_MAX), s.duration("window", Duration.ofMinutes(10))));
        return new CellConfig(
                        top.need("cell", CellId::new),
                        top.need("host", HostId::new),
                        top.list("members", AgentConfigFile::member),
                        top.texts("planes", PlaneId::new),
                        top.list("storages", AgentConfigFile::storage),
                        top.in("deadlines", s -> fence.withFailures(s, deadlines(s, profile.deadlines()))),
                        top.number("rho", DeadlineRules.RHO_PUBLISHED_PPM, 0, DeadlineRules.RHO_MAX_PPM),
                        top.duration("flight", SECOND),
                        fence.action(),
                        watchdog,
                        storm.limit,
                        storm.window)
                .rejoining(top.choice("rejoin", Rejoin.AUTOMATIC, YamlSection.words(Rejoin.values())))
                .reacting(fence.reaction(shadow));
    }

    private record HookSection(Hook hook, Path file) {}

    private static HookSection hook(YamlSection s) {
        return new HookSection(
                new Hook(
                        s.choice("mode", HookMode.OFF, HOOK_MODES),
                        s.duration("deadline", Hook.OFF.deadline(), SECOND, Duration.ofSeconds(10))),
                s.absolute("file", Path.of("/var/lib/quorumfence/hook")));
    }

    /** A socket's address holds 107 bytes. */
    private static Path run(YamlSection top, Hook hook) {
        Path run = top.absolute("run", Path.of("/run/quorumfence"));
        if (hook.isAsked() && run.toString().length() > RUN_MAX) {
            throw top.wrong("run", "has more than " + RUN_MAX + " characters, and hook.mode needs a socket there");
        }
        return run;
    }

    private static Deadlines deadlines(YamlSection s, Deadlines preset) {
        return new Deadlines(
                s.duration("beat", preset.beat()),
                s.duration("suspect", preset.suspect()),
                s.duration("self", preset.self()),
                s.duration("act", preset.act()),
                s.duration("watchdog", preset.watchdog()),
                s.duration("margin", preset.margin()));
    }

    private static Member member(YamlSection s) {
        return new Member(
                s.need("host", HostId::new),
                s.map("addresses", PlaneId::new),
                s.section("ssh").map(AgentConfigFile::sshTarget));
    }

    private static SshTarget sshTarget(YamlSection s) {
        SshTarget target = new SshTarget(
                s.texts("addresses", text -> text),
                s.number("port", 22, 1, 65_535),
                s.text("user", "root"),
                s.needText("hostKey"));
        s.end();
        return target;
    }

    private static StorageSpec storage(YamlSection s) {
        return new StorageSpec(s.need("id", StorageId::new), s.needText("path"), s.text("mount"));
    }

    private static AgentConfig.Ports ports(YamlSection s) {
        AgentConfig.Ports ports = new AgentConfig.Ports(
                s.number("http", 7443, 1, 65_535),
                s.number("datagram", 7444, 1, 65_535),
                s.number("cluster", 5701, 1, 65_535));
        // The datagrams are UDP; the other two would meet.
        if (ports.http() == ports.cluster()) {
            throw s.wrong("cluster", ports.cluster() + " is the same as " + s.at("http"));
        }
        return ports;
    }

    private static AgentConfig.Security security(YamlSection top) {
        return top.in(
                "security",
                s -> s.in(
                        "tls",
                        tls -> new AgentConfig.Security(
                                s.needAbsolute("macKeyFile"),
                                s.absolutes("acceptedMacKeyFiles"),
                                tls.needAbsolute("ca"),
                                tls.needAbsolute("certificate"),
                                tls.needAbsolute("key"))));
    }

    /** Where disks are slow to let go of a VM (the patient profile's storages), so is its death. */
    private static AgentConfig.Ssh ssh(YamlSection s, Profile profile, TimeBudget budget, ProfileSection own) {
        boolean patient = profile == Profile.PATIENT;
        Duration connect = Duration.ofMillis(patient ? 3_000 : 1_500);
        Duration command = Duration.ofSeconds(patient ? 10 : 6);
        AgentConfig.Ssh ssh = new AgentConfig.Ssh(
                s.absolute("keyFile"),
                own.over(s, "connectTimeout", s.duration("connectTimeout", connect, Duration.ofMillis(100), MINUTE)),
                own.over(s, "commandTimeout", s.duration("commandTimeout", command, FENCE_HELPER, MINUTE)));
        if (ssh.connectTimeout().compareTo(ssh.commandTimeout()) >= 0) {
            throw s.wrong("connectTimeout", "must be below " + s.at("commandTimeout"));
        }
        Duration attempt = ssh.connectTimeout().multipliedBy(2).plus(ssh.commandTimeout());
        boolean longer = attempt.compareTo(connect.multipliedBy(2).plus(command)) > 0;
        if (longer && attempt.compareTo(budget.takeover()) > 0) {
            throw s.wrong(
                    "commandTimeout",
                    "2 * " + s.at("connectTimeout") + " + " + s.at("commandTimeout")
                            + " must be at most T_takeover, but "
                            + DurationText.of(attempt) + " > " + DurationText.of(budget.takeover())
                            + ": such an attempt would end after the proof by time");
        }
        return ssh;
    }

    private static AgentConfig.Vms vms(YamlSection s) {
        AgentConfig.Driver driver =
                s.choice("driver", AgentConfig.Driver.LIBVIRT, YamlSection.words(AgentConfig.Driver.values()));
        boolean demo = s.choice("accept", false, Map.of("loopback-demo", true));
        if (driver == AgentConfig.Driver.PROCESS && !demo) {
            throw s.wrong(
                    "driver",
                    "process is for a demonstration without VMs, and needs " + s.at("accept") + ": loopback-demo");
        }
        if (driver != AgentConfig.Driver.PROCESS && demo) {
            throw s.wrong("accept", "loopback-demo goes with driver: process only");
        }
        return new AgentConfig.Vms(
                driver,
                s.text("uri", "qemu:///system"),
                s.duration("poll", Duration.ofSeconds(2), Duration.ofMillis(200), MINUTE),
                s.text("program", "qf-loopvm"));
    }
}
