package io.quorumfence.agent.effect.power;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One fence device of one host.
 *
 * @param agent name of a fence agent's program, without a directory
 * @param parameters as the agent's metadata names them; no secret among them
 * @param secretName the parameter that takes the secret
 * @param secretFile where the secret is read from at each call
 * @param secretCommand prints it; empty for none
 */
public record PowerDevice(
        String agent,
        Map<String, String> parameters,
        String secretName,
        Optional<Path> secretFile,
        List<String> secretCommand) {
    public PowerDevice {
        parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
        secretCommand = List.copyOf(secretCommand);
    }

    boolean hasSecret() {
        return secretFile.isPresent() || !secretCommand.isEmpty();
    }
}
