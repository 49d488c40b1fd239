package io.quorumfence.agent.effect.ssh;

import com.hierynomus.sshj.key.KeyAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.List;
import javax.crypto.KeyAgreement;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Factory;
import net.schmizz.sshj.common.SecurityUtils;
import net.schmizz.sshj.signature.Signature;
import net.schmizz.sshj.transport.cipher.Cipher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what a first fence would have to load. Speaks to nobody: the connection is to a socket that greets and is
 * silent for ever after.
 */
final class SshWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(SshWarmUp.class);

    private static final int KEY_ROOM = 64;
    /** What is used only after the key exchange. */
    private static final List<String> LATER = List.of(
            "transport.NegotiatedAlgorithms",
            "userauth.method.AuthPublickey",
            "userauth.AuthParams",
            "connection.channel.direct.SessionChannel",
            "connection.channel.ChannelInputStream",
            "connection.channel.ChannelOutputStream$DataBuffer",
            "connection.channel.Window$Local",
            "connection.channel.Window$Remote");

    private SshWarmUp() {}

    static void run(FenceAttempt.Access access) {
        try (SSHClient client = new SSHClient(access.config())) {
            sign(access);
            agree();
            encrypt(access);
            for (String name : LATER) {
                Class.forName("net.schmizz.sshj." + name);
            }
            client.setSocketFactory(new OneSocket(new GreetingSocket()));
            client.connect(InetAddress.getLoopbackAddress(), 22);
        } catch (IOException | GeneralSecurityException | ClassNotFoundException | RuntimeException e) {
            // Expected: the greeting is all that ever comes.
            LOG.debug("ssh warm-up ended: {}", e.toString());
        }
    }

    private static void agree() throws GeneralSecurityException {
        KeyPairGenerator generator = SecurityUtils.getKeyPairGenerator("X25519");
        KeyAgreement agreement = SecurityUtils.getKeyAgreement("X25519");
        agreement.init(generator.generateKeyPair().getPrivate());
        agreement.doPhase(generator.generateKeyPair().getPublic(), true);
        agreement.generateSecret();
    }

    private static void encrypt(FenceAttempt.Access access) {
        for (Factory.Named<Cipher> factory : access.config().getCipherFactories()) {
            Cipher cipher = factory.create();
            cipher.init(Cipher.Mode.Encrypt, new byte[KEY_ROOM], new byte[KEY_ROOM]);
        }
    }

    private static void sign(FenceAttempt.Access access) throws IOException {
        for (Factory.Named<KeyAlgorithm> factory : access.config().getKeyAlgorithms()) {
            KeyAlgorithm algorithm = factory.create();
            if (algorithm.getKeyFormat() == access.key().getType()) {
                Signature signature = algorithm.newSignature();
                signature.initSign(access.key().getPrivate());
                signature.update(new byte[] {1});
                signature.encode(signature.sign());
            }
        }
    }

    private static final class GreetingSocket extends Socket {
        @Override
        public void connect(SocketAddress to, int timeoutMs) {
            // Nothing is connected to.
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }
    }
}
