package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.power.PowerDevice;
import io.quorumfence.config.FenceLadder;
import io.quorumfence.model.HostId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The sections {@code power} and {@code ladder}: which fence devices there are, and which rungs are climbed when. */
record PowerSection(FenceLadder ladder, AgentConfig.Power power) {
    private static final Pattern AGENT = Pattern.compile("fence_[a-z0-9_]{1,40}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final Pattern VALUE = Pattern.compile("[^\\p{Cntrl}]{0,1024}");
    private static final Pattern SECRET = Pattern.compile(".*(passw|secret|token|community|hexadecimal_kg).*");
    /** What would change what is asked, or write down what is secret. */
    private static final List<String> OURS =
            List.of("action", "option", "verbose", "verbose_level", "debug", "debug_file", "quiet", "delay", "version");

    private static final int LEVELS_MAX = 4;
    private static final int DEVICES_MAX = 8;
    /** A management controller answers an off and acts on it up to a few seconds later. */
    private static final Duration FLIGHT = Duration.ofSeconds(5);

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    static PowerSection read(YamlSection top, List<HostId> members, Duration flight, ProfileSection own) {
        AgentConfig.Power power = top.in("power", s -> power(s, members, flight));
        FenceLadder ladder = top.in("ladder", s -> ladder(s, members, power, own));
        return new PowerSection(ladder, power);
    }

    private static AgentConfig.Power power(YamlSection s, List<HostId> members, Duration flight) {
        Path agents = s.absolute("agents", Path.of("/usr/sbin"));
        Duration own =
                s.duration("flight", flight.compareTo(FLIGHT) > 0 ? flight : FLIGHT, Duration.ofMillis(100), MINUTE);
        if (own.compareTo(flight) < 0) {
            throw s.wrong(
                    "flight",
                    "must be at least flight, which is " + io.quorumfence.config.DurationText.of(flight)
                            + ": the last writes of a host may land for so long after it has lost its power");
        }
        Duration timeout = s.duration("timeout", Duration.ofSeconds(8), SECOND, MINUTE);
        Duration check = s.duration("check", MINUTE, Duration.ofSeconds(10), HOUR);
        Map<HostId, List<List<PowerDevice>>> levels = new LinkedHashMap<>();
        if (s.has("hosts")) {
            s.list("hosts", one -> {
                HostId host = member(one, members);
                if (levels.put(host, levels(one)) != null) {
                    throw one.wrong("host", "'" + host + "' is there twice");
                }
                onlyItsOwn(one, host, levels);
                return host;
            });
        }
        return new AgentConfig.Power(agents, own, timeout, check, levels);
    }

    /** A device that two hosts name would say of one what is true of the other. */
    private static void onlyItsOwn(YamlSection s, HostId host, Map<HostId, List<List<PowerDevice>>> levels) {
        Map<List<Object>, HostId> owners = new HashMap<>();
        levels.forEach((owner, all) -> all.forEach(level -> level.forEach(device -> {
            HostId other = owners.putIfAbsent(List.of(device.agent(), device.parameters()), owner);
            if (other != null) {
                throw s.wrong(
                        "levels",
                        device.agent() + " with the same parameters is there twice, "
                                + (other.equals(owner) ? "both under " + host : "under " + other + " and " + owner)
                                + "; every entry must be one device or outlet, of one host");
            }
        })));
    }

    private static HostId member(YamlSection s, List<HostId> members) {
        HostId host = s.need("host", HostId::new);
        if (!members.contains(host)) {
            throw s.wrong("host", "'" + host + "' is not among members, which are " + members);
        }
        return host;
    }

    private static List<List<PowerDevice>> levels(YamlSection s) {
        List<List<PowerDevice>> levels = s.list("levels", level -> {
            List<PowerDevice> devices = level.list("devices", PowerSection::device);
            return within(level, "devices", devices, DEVICES_MAX);
        });
        return within(s, "levels", levels, LEVELS_MAX);
    }

    private static <T> List<T> within(YamlSection s, String key, List<T> list, int most) {
        if (list.isEmpty() || list.size() > most) {
            throw s.wrong(key, list.size() + " entries, must be 1 to " + most);
        }
        return list;
    }

    private static PowerDevice device(YamlSection s) {
        String agent = s.needText("agent");
        if (!AGENT.matcher(agent).matches()) {
            throw s.wrong("agent", "'" + agent + "' must be the name of a fence agent, as fence_ipmilan");
        }
        Map<String, String> parameters = s.has("parameters") ? s.map("parameters", name -> name) : Map.of();
        parameters.forEach((name, value) -> parameter(s, name, value));
        Optional<Path> file = s.absolute("passwordFile");
        List<String> command = s.command("passwordCommand", List.of());
        if (file.isPresent() && !command.isEmpty()) {
            throw s.wrong("passwordCommand", "goes not with passwordFile; one of the two gives the password");
        }
        String name = s.text("passwordName", "password");
        if (!NAME.matcher(name).matches()) {
            throw s.wrong("passwordName", "'" + name + "' is no name of a parameter");
        }
        return new PowerDevice(agent, parameters, name, file, command);
    }

    private static void parameter(YamlSection s, String name, String value) {
        String key = "parameters." + name;
        if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
            throw s.wrong(key, "names are letters, digits, '_' and '-', values one line of at most 1024 characters");
        }
        if (OURS.contains(name)) {
            throw s.wrong(key, "is the agent's own to set; leave it out");
        }
        if (SECRET.matcher(name).matches() && !name.endsWith("_script")) {
            throw s.wrong(key, "is a secret; put it into a file and name that with passwordFile and passwordName");
        }
        if (name.equals("missing_as_off") && !value.equals("0")) {
            throw s.wrong(key, "must be left out: a device that says off of what it does not know proves nothing");
        }
        if (name.equals("method") && !value.equals("onoff")) {
            throw s.wrong(key, "must be onoff: a device that switches back on by itself proves nothing");
        }
    }

    private static FenceLadder ladder(
            YamlSection s, List<HostId> members, AgentConfig.Power power, ProfileSection own) {
        FenceLadder.Span shell = span(s, "siblingSsh", own);
        FenceLadder.Span powered = span(s, "power", own);
        Map<HostId, FenceLadder.Rungs> rungs = new HashMap<>();
        members.forEach(
                host -> rungs.put(host, new FenceLadder.Rungs(power.levels().containsKey(host), shell, powered)));
        if (s.has("hosts")) {
            s.list("hosts", one -> {
                HostId host = member(one, members);
                boolean has = power.levels().containsKey(host);
                rungs.put(
                        host, new FenceLadder.Rungs(has, span(one, "siblingSsh", shell), span(one, "power", powered)));
                return host;
            });
        }
        return new FenceLadder(rungs, power.flight(), power.timeout());
    }

    /** The cell's, or the profile's. */
    private static FenceLadder.Span span(YamlSection s, String key, ProfileSection own) {
        return s.in(
                key,
                rung -> new FenceLadder.Span(
                        own.over(rung, "after", rung.duration("after", Duration.ZERO, Duration.ZERO, HOUR)),
                        own.over(rung, "atMost", rung.duration("atMost", Duration.ZERO, Duration.ZERO, HOUR))));
    }

    private static FenceLadder.Span span(YamlSection s, String key, FenceLadder.Span preset) {
        return s.in(
                key,
                rung -> new FenceLadder.Span(
                        rung.duration("after", preset.after(), Duration.ZERO, HOUR),
                        rung.duration("atMost", preset.atMost(), Duration.ZERO, HOUR)));
    }
}
