package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.alert.AlertTarget;
import io.quorumfence.config.DeadlineRules;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.DurationText;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.SelfFenceAction;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sections {@code selfFence} and {@code alerts}. What agent.yaml says holds before what agent.properties says, and
 * both before the preset.
 *
 * @param failures rounds in a row that must have failed; 0 when nobody asked for any
 */
record SelfFenceSection(
        SelfFenceAction action, boolean on, Duration cooldown, int failures, AgentConfig.SelfFence deeds) {
    private static final Map<String, Boolean> SWITCH = new LinkedHashMap<>();
    private static final Map<String, SelfFenceAction> ACTIONS = new LinkedHashMap<>();

    static {
        SWITCH.put("on", true);
        SWITCH.put("off", false);
        // As YAML itself reads the two.
        SWITCH.put("true", true);
        SWITCH.put("false", false);
        Arrays.stream(SelfFenceAction.values())
                .filter(SelfFenceAction::isConfigurable)
                .forEach(action -> ACTIONS.put(action.word(), action));
    }

    /** A narrower scope would be a promise that nobody may act on (decision 0041). */
    private static void scope(YamlSection s) {
        String scope = s.text("scope", "all");
        if (scope.equals("lost-storage")) {
            throw s.wrong(
                    "scope",
                    "lost-storage is not to be had: a lease is the right to run ALL VMs of a host, and whoever proves"
                            + " its end releases all of them; a VM that runs on would be started twice. Say all");
        }
        if (!scope.equals("all")) {
            throw s.wrong("scope", "'" + scope + "' must be all");
        }
    }

    static SelfFenceSection read(YamlSection s, AgentProperties properties) {
        scope(s);
        SelfFenceAction action = from(s, "action", s.choice("action", ACTIONS), properties.action())
                .orElseGet(() -> s.choice("action", SelfFenceAction.STOP_VMS, ACTIONS));
        boolean on = from(s, "reaction", s.choice("reaction", SWITCH), properties.reaction())
                .orElseGet(() -> s.choice("reaction", true, SWITCH));
        Duration preset = DeadlineRules.presetCooldown(action);
        Optional<Duration> given = s.text("cooldown").map(text -> DurationText.parse(s.at("cooldown"), text));
        Duration cooldown = from(s, "cooldown", given, properties.cooldown()).orElseGet(() -> {
            s.ledger().derived(s.at("cooldown"), DurationText.of(preset), "default of action " + action.word());
            return preset;
        });
        // Absent in both: the lease of the profile is long enough for what it was made for.
        boolean counted = s.ledger().isExplicit(s.at("consecutiveFailures"));
        int own = s.number("consecutiveFailures", 0, 1, DeadlineRules.FAILURES_MAX);
        int failures = from(
                        s, "consecutiveFailures", counted ? Optional.of(own) : Optional.empty(), properties.failures())
                .orElse(0);
        return new SelfFenceSection(action, on, cooldown, failures, deeds(s));
    }

    /** The file's own word first, then what agent.properties says, which is then noted with its line. */
    private static <T> Optional<T> from(
            YamlSection s, String key, Optional<T> own, Optional<AgentProperties.Given<T>> other) {
        if (own.isPresent() || other.isEmpty()) {
            return own;
        }
        Object value = other.get().value();
        String shown = value instanceof SelfFenceAction action
                ? action.word()
                : value instanceof Duration span
                        ? DurationText.of(span)
                        : value instanceof Boolean flag ? (flag ? "on" : "off") : String.valueOf(value);
        s.ledger().derived(s.at(key), shown, other.get().source());
        return other.map(AgentProperties.Given::value);
    }

    private static AgentConfig.SelfFence deeds(YamlSection s) {
        AgentConfig.Trigger trigger =
                s.choice("trigger", AgentConfig.Trigger.WATCHDOG, YamlSection.words(AgentConfig.Trigger.values()));
        List<String> reboot = s.command("rebootCommand", List.of());
        if (trigger == AgentConfig.Trigger.COMMAND && reboot.isEmpty()) {
            throw s.wrong("rebootCommand", "is missing; trigger command needs it");
        }
        return new AgentConfig.SelfFence(
                trigger,
                s.absolute("sysrq", Path.of("/proc/sysrq-trigger")),
                reboot,
                s.command("gracefulCommand", List.of("/usr/bin/systemctl", "--no-block", "reboot")),
                s.command(
                        "restartCommand",
                        List.of(
                                "/usr/bin/systemctl",
                                "--no-block",
                                "restart",
                                "libvirtd.service",
                                "quorumfence-agent.service")));
    }

    Reaction reaction(boolean shadow) {
        return new Reaction(on, shadow, cooldown);
    }

    /** The deadlines with a lease that is long enough for the failures that must come first. */
    Deadlines withFailures(YamlSection s, Deadlines given) {
        if (failures == 0) {
            return given;
        }
        Duration self = DeadlineRules.self(given.self(), s.ledger().isExplicit(s.at("self")), failures, given.beat());
        if (!self.equals(given.self())) {
            s.ledger().derived(s.at("self"), DurationText.of(self), "raised for selfFence.consecutiveFailures");
        }
        return new Deadlines(given.beat(), given.suspect(), self, given.act(), given.watchdog(), given.margin());
    }

    static AgentConfig.Alerting alerting(YamlSection s) {
        record Hook(Optional<URI> url, Optional<Path> token) {}
        Hook hook = s.in(
                "webhook",
                w -> new Hook(
                        w.hiddenText("url", text -> AlertTarget.shown(AlertTarget.parse(w.at("url"), text)))
                                .map(text -> AlertTarget.parse(w.at("url"), text)),
                        w.absolute("tokenFile")));
        if (hook.token.isPresent() && hook.url.isEmpty()) {
            throw s.wrong("webhook.url", "is missing; webhook.tokenFile goes with it");
        }
        return new AgentConfig.Alerting(
                hook.url,
                hook.token,
                s.command("command", List.of()),
                s.duration("timeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1)),
                s.duration("retryFor", Duration.ofMinutes(2), Duration.ZERO, Duration.ofHours(1)));
    }
}
