package io.quorumfence.agent.effect.ssh;

import io.quorumfence.config.SshTarget;
import io.quorumfence.model.HostId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How siblings are reached.
 *
 * @param keyFile the private key; its content is never logged
 * @param connectTimeout for the TCP connection; the key exchange and the login get as much again
 * @param commandTimeout from the login to the whole answer
 * @param auditFile where the remote words go, readable by its owner only
 */
public record SshFenceSpec(
        Map<HostId, SshTarget> targets,
        Path keyFile,
        Duration connectTimeout,
        Duration commandTimeout,
        Path auditFile) {
    private static final int ADDRESSES_MAX = 8;

    public SshFenceSpec {
        targets = Map.copyOf(targets);
        targets.forEach((host, target) -> {
            HostKeyPin.of(host, target.hostKey());
            if (target.addresses().isEmpty() || target.addresses().size() > ADDRESSES_MAX) {
                throw new IllegalArgumentException("ssh.addresses of " + host + ": 1 to " + ADDRESSES_MAX
                        + " addresses are possible, not " + target.addresses().size());
            }
        });
    }

    Duration handshakeLimit() {
        return connectTimeout.multipliedBy(2);
    }
}
