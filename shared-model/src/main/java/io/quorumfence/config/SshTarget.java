package io.quorumfence.config;

import java.util.List;

/**
 * Where a sibling reaches a host for a fence.
 *
 * @param addresses tried all; silence on every one is unreachable
 * @param hostKey pinned public key, in OpenSSH's one-line form
 */
public record SshTarget(List<String> addresses, int port, String user, String hostKey) {
    public SshTarget {
        addresses = List.copyOf(addresses);
    }
}
