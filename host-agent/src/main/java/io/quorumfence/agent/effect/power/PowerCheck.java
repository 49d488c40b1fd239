package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether power could be used against a host: agents there, their parameters known, their devices answering. */
final class PowerCheck {
    private static final Pattern PARAMETER = Pattern.compile("<parameter\\s[^>]*\\bname=\"([^\"]{1,64})\"");
    private static final int METADATA_MAX = 1 << 20;
    private static final long METADATA_SECONDS = 10;

    private final PowerSpec spec;
    private final NanoClock clock;
    private final Executor devices;

    PowerCheck(PowerSpec spec, NanoClock clock, Executor devices) {
        this.spec = spec;
        this.clock = clock;
        this.devices = devices;
    }

    PowerChecked of(HostId host) {
        for (List<PowerDevice> level : spec.levels().getOrDefault(host, List.of())) {
            for (PowerDevice device : level) {
                Optional<String> wrong = wrong(device);
                if (wrong.isPresent()) {
                    return new PowerChecked(host, false, PowerAnswer.UNKNOWN, wrong.get());
                }
            }
        }
        return status(host);
    }

    PowerChecked status(HostId host) {
        try {
            HostCall.Result result = new HostCall(spec, host, devices, clock)
                    .status(clock.nowNs() + spec.timeout().toNanos());
            // A second level that is silent will be missed when the first one is.
            boolean all =
                    !result.words().contains("no answer") && !result.words().contains("exit ");
            boolean ok = all && result.answer() != PowerAnswer.UNKNOWN;
            return new PowerChecked(host, ok, result.answer(), result.words());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PowerChecked(host, false, PowerAnswer.UNKNOWN, "the agent is stopping");
        }
    }

    private Optional<String> wrong(PowerDevice device) {
        Path agent = spec.agents().resolve(device.agent());
        if (!Files.isExecutable(agent)) {
            return Optional.of("there is no program " + agent);
        }
        Set<String> known = parameters(agent);
        if (known.isEmpty()) {
            return Optional.of(device.agent() + " tells no metadata");
        }
        Set<String> asked = new HashSet<>(device.parameters().keySet());
        if (device.hasSecret()) {
            asked.add(device.secretName());
        }
        asked.removeAll(known);
        return asked.isEmpty()
                ? Optional.empty()
                : Optional.of(device.agent() + " has no parameter "
                        + asked.stream().sorted().toList());
    }

    /** The names that the agent's own description lists. */
    private static Set<String> parameters(Path agent) {
        Set<String> names = new HashSet<>();
        ProcessBuilder builder = new ProcessBuilder(agent.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        try {
            Process process = builder.start();
            process.getOutputStream().write("action=metadata\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().close();
            Matcher found = PARAMETER.matcher(
                    new String(process.getInputStream().readNBytes(METADATA_MAX), StandardCharsets.UTF_8));
            while (found.find()) {
                names.add(found.group(1));
            }
            if (!process.waitFor(METADATA_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Set.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return names;
    }
}
