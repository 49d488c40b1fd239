package io.quorumfence.agent.effect.ssh;

import java.util.List;
import java.util.Set;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.common.Factory;
import net.schmizz.sshj.common.LoggerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** sshj's configuration without what is broken or weak, and without its logger, which repeats remote words. */
final class SshAlgorithms {
    private static final Set<String> KEY_EXCHANGE = Set.of(
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "ext-info-c");
    private static final Set<String> KEYS = Set.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256");
    private static final Set<String> CIPHERS = Set.of(
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "chacha20-poly1305@openssh.com",
            "aes128-ctr",
            "aes192-ctr",
            "aes256-ctr");
    private static final Set<String> MACS =
            Set.of("hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com");

    private SshAlgorithms() {}

    /** Takes some 100 ms the first time; the result may be shared by all connections. */
    static Config config() {
        DefaultConfig config = new DefaultConfig();
        config.setKeyExchangeFactories(only(KEY_EXCHANGE, config.getKeyExchangeFactories()));
        config.setKeyAlgorithms(only(KEYS, config.getKeyAlgorithms()));
        config.setCipherFactories(only(CIPHERS, config.getCipherFactories()));
        config.setMACFactories(only(MACS, config.getMACFactories()));
        config.setLoggerFactory(new Silence());
        return config;
    }

    private static <T> List<Factory.Named<T>> only(Set<String> names, List<Factory.Named<T>> all) {
        List<Factory.Named<T>> kept = all.stream()
                .filter(factory -> names.contains(factory.getName()))
                .toList();
        if (kept.isEmpty()) {
            throw new IllegalStateException("this sshj has none of " + names);
        }
        return kept;
    }

    private static final class Silence implements LoggerFactory {
        @Override
        public Logger getLogger(String name) {
            return NOPLogger.NOP_LOGGER;
        }

        @Override
        public Logger getLogger(Class<?> type) {
            return NOPLogger.NOP_LOGGER;
        }
    }
}
