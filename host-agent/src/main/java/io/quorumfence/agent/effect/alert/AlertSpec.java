package io.quorumfence.agent.effect.alert;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where alerts go. No receiver: nowhere, and nothing is counted as lost.
 *
 * @param timeout of one attempt
 * @param retryFor how long attempts of one alert are repeated
 * @param firstPause between the first two attempts; each further one is twice as long, at most 30 s
 */
public record AlertSpec(
        String cell,
        String host,
        Optional<URI> webhook,
        Optional<Path> tokenFile,
        List<String> command,
        Duration timeout,
        Duration retryFor,
        Duration firstPause) {
    public AlertSpec {
        command = List.copyOf(command);
    }

    @Override
    public String toString() {
        return "AlertSpec[webhook=" + webhook.map(AlertTarget::shown) + ", command=" + command + "]";
    }
}
