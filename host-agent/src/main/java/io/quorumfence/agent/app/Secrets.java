package io.quorumfence.agent.app;

import io.quorumfence.model.HostId;
import io.quorumfence.wire.MacKey;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the key files before anything uses them, so that a wrong one is one line at start and not a host that nobody
 * understands. Paths are named, contents never.
 */
final class Secrets {
    private static final int DNS = 2;

    private Secrets() {}

    /** The MAC keys of the cell: the one to write with, and those that are accepted beside it. */
    static MacKeys macKeys(AgentConfig.Security security) {
        MacKey writing = macKey("security.macKeyFile", security.macKey());
        List<MacKey> accepted = security.acceptedMacKeys().stream()
                .map(file -> macKey("security.acceptedMacKeyFiles", file))
                .toList();
        try {
            return new MacKeys(writing, accepted);
        } catch (IllegalArgumentException e) {
            throw new StartException("security.acceptedMacKeyFiles: " + e.getMessage(), e);
        }
    }

    private static MacKey macKey(String key, Path file) {
        try {
            return MacKey.ofHex(Files.readString(file));
        } catch (IOException e) {
            throw unreadable(key, file);
        } catch (IllegalArgumentException e) {
            throw new StartException(key + ": " + file + ": " + e.getMessage(), e);
        }
    }

    /** The one key in a file that no agent.yaml names. */
    static MacKeys macKeyIn(Path file) {
        return MacKeys.of(macKey("--key-file", file));
    }

    /**
     * Everything that security names, for the host. Returns what is wrong only by the calendar: an agent that would not
     * start again for it would cost the VMs their lease, while beats and datagrams need no certificate.
     */
    static List<String> check(AgentConfig.Security security, HostId host) {
        List<String> warnings = new ArrayList<>();
        macKeys(security);
        certificate("security.tls.ca", security.tlsCa(), warnings);
        List<String> names = names(certificate("security.tls.certificate", security.tlsCertificate(), warnings));
        if (names.stream().noneMatch(host.value()::equalsIgnoreCase)) {
            throw new StartException("security.tls.certificate: " + security.tlsCertificate() + " is for " + names
                    + ", not for this host, which is '" + host + "'; its DNS name must be the host id");
        }
        privateKey(security.tlsKey());
        return warnings;
    }

    private static void privateKey(Path file) {
        try {
            if (!Files.readString(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN PRIVATE KEY-----")) {
                throw new StartException("security.tls.key: " + file + " is no private key in PKCS#8 PEM form; openssl"
                        + " pkcs8 -topk8 -nocrypt makes it one");
            }
        } catch (IOException e) {
            throw unreadable("security.tls.key", file);
        }
    }

    private static X509Certificate certificate(String key, Path file, List<String> warnings) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate found =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            whyNotNow(found)
                    .ifPresent(why -> warnings.add(key + ": the certificate in " + file + " " + why
                            + "; until then peers and coordinators cannot ask this host anything"));
            return found;
        } catch (CertificateException e) {
            throw new StartException(key + ": " + file + " holds no certificate in PEM form");
        } catch (IOException e) {
            throw unreadable(key, file);
        }
    }

    private static Optional<String> whyNotNow(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of("has expired; give this host a new one");
        } catch (CertificateNotYetValidException e) {
            return Optional.of("is not valid yet; look at this host's clock");
        }
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.get(0).equals(DNS)) {
                    names.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateException e) {
            return List.of(); // names that cannot be read name nobody
        }
        return names;
    }

    private static StartException unreadable(String key, Path file) {
        boolean there = Files.exists(file);
        return new StartException(key + ": " + file
                + (there
                        ? " cannot be read by this user; the agent runs as root"
                        : " is not there; the comments of" + " agent.yaml say how to make it"));
    }
}
