package io.quorumfence.agent.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.SshTarget;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads {@code agent.yaml}. Any fault is one line: file, key, what is wrong, what would be right. */
final class AgentConfigFile {
    private AgentConfigFile() {}

    static AgentConfig read(Path path) {
        String file = String.valueOf(path.getFileName());
        try {
            JsonNode tree = new YAMLMapper().readTree(Files.readString(path));
            YamlSection top = new YamlSection(file, "", tree);
            AgentConfig config = all(top);
            top.end();
            return config;
        } catch (JsonProcessingException e) {
            throw new StartException(file + ": is not YAML: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new StartException("cannot read " + path + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new StartException(file + ": " + e.getMessage(), e);
        }
    }

    private static AgentConfig all(YamlSection top) {
        Optional<YamlSection> watchdog = top.section("watchdog");
        WatchdogKind kind = watchdog.map(w -> w.choice("kind", WatchdogKind.NONE, WatchdogKind.class))
                .orElse(WatchdogKind.NONE);
        Optional<Path> device = watchdog.flatMap(w -> w.text("device")).map(Path::of);
        watchdog.ifPresent(YamlSection::end);
        return new AgentConfig(
                cell(top, kind),
                Path.of(top.text("run").orElse("/run/quorumfence")),
                Path.of(top.text("journal").orElse("/var/lib/quorumfence/journal")),
                device,
                ports(top),
                security(top),
                ssh(top),
                vms(top));
    }

    private static CellConfig cell(YamlSection top, WatchdogKind watchdog) {
        Deadlines preset = top.choice("profile", Profile.NORMAL, Profile.class).deadlines();
        Deadlines deadlines =
                top.section("deadlines").map(s -> deadlines(s, preset)).orElse(preset);
        Optional<YamlSection> fence = top.section("selfFence");
        SelfFenceAction action = fence.map(s -> s.choice("action", SelfFenceAction.STOP_VMS, SelfFenceAction.class))
                .orElse(SelfFenceAction.STOP_VMS);
        fence.ifPresent(YamlSection::end);
        Optional<YamlSection> storm = top.section("storm");
        int limit = storm.map(s -> s.number("limit", 0, 0, 256)).orElse(0);
        Duration window =
                storm.map(s -> s.duration("window", Duration.ofMinutes(10))).orElse(Duration.ofMinutes(10));
        storm.ifPresent(YamlSection::end);
        return new CellConfig(
                new CellId(top.needText("cell")),
                new HostId(top.needText("host")),
                top.list("members", AgentConfigFile::member),
                top.texts("planes").stream().map(PlaneId::new).toList(),
                top.list("storages", AgentConfigFile::storage),
                deadlines,
                top.number("rho", 1000, 0, 200_000),
                top.duration("flight", Duration.ofSeconds(1)),
                action,
                watchdog,
                limit,
                window);
    }

    private static Deadlines deadlines(YamlSection s, Deadlines preset) {
        Deadlines deadlines = new Deadlines(
                s.duration("beat", preset.beat()),
                s.duration("suspect", preset.suspect()),
                s.duration("self", preset.self()),
                s.duration("act", preset.act()),
                s.duration("watchdog", preset.watchdog()),
                s.duration("margin", preset.margin()));
        s.end();
        return deadlines;
    }

    private static Member member(YamlSection s) {
        Map<PlaneId, String> addresses = new HashMap<>();
        s.map("addresses").forEach((plane, address) -> addresses.put(new PlaneId(plane), address));
        Optional<SshTarget> ssh = s.section("ssh").map(AgentConfigFile::sshTarget);
        return new Member(new HostId(s.needText("host")), addresses, ssh);
    }

    private static SshTarget sshTarget(YamlSection s) {
        SshTarget target = new SshTarget(
                s.texts("addresses"),
                s.number("port", 22, 1, 65_535),
                s.text("user").orElse("root"),
                s.needText("hostKey"));
        s.end();
        return target;
    }

    private static StorageSpec storage(YamlSection s) {
        return new StorageSpec(new StorageId(s.needText("id")), s.needText("path"), s.text("mount"));
    }

    private static AgentConfig.Ports ports(YamlSection top) {
        Optional<YamlSection> s = top.section("ports");
        AgentConfig.Ports ports = new AgentConfig.Ports(
                s.map(p -> p.number("http", 7443, 1, 65_535)).orElse(7443),
                s.map(p -> p.number("datagram", 7444, 1, 65_535)).orElse(7444),
                s.map(p -> p.number("cluster", 5701, 1, 65_535)).orElse(5701));
        s.ifPresent(YamlSection::end);
        return ports;
    }

    private static AgentConfig.Security security(YamlSection top) {
        YamlSection s = top.section("security").orElseThrow(() -> top.wrong("security", "is missing"));
        YamlSection tls = s.section("tls").orElseThrow(() -> s.wrong("tls", "is missing"));
        AgentConfig.Security security = new AgentConfig.Security(
                Path.of(s.needText("macKeyFile")),
                Path.of(tls.needText("ca")),
                Path.of(tls.needText("certificate")),
                Path.of(tls.needText("key")));
        tls.end();
        s.end();
        return security;
    }

    private static AgentConfig.Ssh ssh(YamlSection top) {
        Optional<YamlSection> s = top.section("ssh");
        AgentConfig.Ssh ssh = new AgentConfig.Ssh(
                s.flatMap(one -> one.text("keyFile")).map(Path::of),
                s.map(one -> one.duration("connectTimeout", Duration.ofMillis(1500)))
                        .orElse(Duration.ofMillis(1500)),
                s.map(one -> one.duration("commandTimeout", Duration.ofSeconds(6)))
                        .orElse(Duration.ofSeconds(6)));
        s.ifPresent(YamlSection::end);
        return ssh;
    }

    private static AgentConfig.Vms vms(YamlSection top) {
        Optional<YamlSection> s = top.section("libvirt");
        AgentConfig.Vms vms = new AgentConfig.Vms(
                s.map(one -> one.choice("driver", AgentConfig.Driver.LIBVIRT, AgentConfig.Driver.class))
                        .orElse(AgentConfig.Driver.LIBVIRT),
                s.flatMap(one -> one.text("uri")).orElse("qemu:///system"),
                s.map(one -> one.duration("poll", Duration.ofSeconds(2))).orElse(Duration.ofSeconds(2)),
                s.flatMap(one -> one.text("program")).orElse("qf-loopvm"));
        s.ifPresent(YamlSection::end);
        return vms;
    }
}
