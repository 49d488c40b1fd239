package io.quorumfence.agent.effect.ssh;

import io.quorumfence.model.HostId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import org.jspecify.annotations.Nullable;

/** Accepts exactly the one host key that the configuration gives; there is no trust on first use. */
final class HostKeyPin implements HostKeyVerifier {
    private final String type;
    private final byte[] encoded;
    /** Fingerprint of another key that was shown, empty for the pinned one, null while none was shown. */
    private volatile @Nullable String stranger;

    private HostKeyPin(String type, byte[] encoded) {
        this.type = type;
        this.encoded = encoded;
    }

    /**
     * Reads an OpenSSH public key line.
     *
     * @throws IllegalArgumentException one clear line that names the host
     */
    static HostKeyPin of(HostId host, String line) {
        String[] words = line.strip().split("\\s+", -1);
        try {
            if (words.length < 2) {
                throw new IllegalArgumentException("too short");
            }
            byte[] encoded = Base64.getDecoder().decode(words[1]);
            PublicKey key = new Buffer.PlainBuffer(encoded).readPublicKey();
            byte[] again = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
            if (!words[0].equals(new Buffer.PlainBuffer(encoded).readString()) || !Arrays.equals(encoded, again)) {
                throw new IllegalArgumentException("the type does not fit the key");
            }
            return new HostKeyPin(words[0], encoded);
        } catch (SSHException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "ssh.hostKey of " + host + " is not one OpenSSH public key line (ssh-ed25519 AAAA...): "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
        byte[] shown = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
        boolean same = Arrays.equals(encoded, shown);
        stranger = same ? "" : fingerprint(shown);
        return same;
    }

    /** Makes the server show the key that is pinned, if it has several. */
    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
        return type.equals("ssh-rsa") ? List.of("rsa-sha2-512", "rsa-sha2-256") : List.of(type);
    }

    /** Whether another key than the pinned one was shown. */
    boolean hasRefused() {
        String seen = stranger;
        return seen != null && !seen.isEmpty();
    }

    /** Nothing while the server showed no key; then one line that names both keys, empty if it was the pinned one. */
    Optional<String> trouble() {
        String seen = stranger;
        return Optional.ofNullable(seen)
                .map(shown -> shown.isEmpty() ? "" : "key " + shown + " instead of the pinned " + fingerprint(encoded));
    }

    /** As ssh-keygen -l prints it. */
    private static String fingerprint(byte[] key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
