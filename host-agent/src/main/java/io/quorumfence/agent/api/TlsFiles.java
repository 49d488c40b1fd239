package io.quorumfence.agent.api;

import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where the cell's certificate authority and this host's certificate and key (PKCS#8) lie, all PEM. Holds paths only:
 * nothing secret is in this value or in its text.
 */
public record TlsFiles(Path ca, Path certificate, Path key) {
    /** Both ends are ours, and Java 17 has it: nothing older is spoken. */
    public static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

    /** Who is trusted: certificates of the cell's own authority, and no other. */
    public PemTrustOptions trust() {
        return new PemTrustOptions().addCertPath(ca.toString());
    }

    public PemKeyCertOptions identity() {
        return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
    }
}
