package io.quorumfence.agent.effect.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyPair;
import java.util.Set;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.userauth.keyprovider.KeyPairWrapper;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import org.jspecify.annotations.Nullable;

/**
 * The algorithms and the key of this host, loaded once. Kept in memory, so that a fence needs no local disk, which may
 * be the thing that hangs. A new key needs a restart of the agent.
 */
final class SshAccess {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Path keyFile;
    private FenceAttempt.@Nullable Access loaded;

    SshAccess(Path keyFile) {
        this.keyFile = keyFile;
    }

    /**
     * Loads at the first success; may be tried again after a failure. Blocks on the disk.
     *
     * @throws IOException one line that names the file and not what is in it
     */
    synchronized FenceAttempt.Access get() throws IOException {
        if (loaded == null) {
            Config config = SshAlgorithms.config();
            loaded = new FenceAttempt.Access(config, key(config));
        }
        return loaded;
    }

    private KeyProvider key(Config config) throws IOException {
        for (PosixFilePermission permission : Files.getPosixFilePermissions(keyFile)) {
            if (OTHERS.contains(permission)) {
                throw new IOException("ssh.keyFile " + keyFile + " is open to others than its owner; chmod 600 it");
            }
        }
        try (SSHClient reader = new SSHClient(config)) {
            KeyProvider lazy = reader.loadKeys(keyFile.toString());
            return new KeyPairWrapper(new KeyPair(lazy.getPublic(), lazy.getPrivate()));
        } catch (IOException | RuntimeException e) {
            // Its text is left out: a parser's message may quote what it read.
            throw new IOException("ssh.keyFile " + keyFile + " cannot be read as an unencrypted private key ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}
