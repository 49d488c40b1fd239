package io.quorumfence.coordinator.config;

import io.quorumfence.coordinator.agents.TlsFiles;
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

/** Looks at the TLS files before they are used, so that a wrong one is one line at start and not a silent cell. */
final class TlsCheck {
    private TlsCheck() {}

    static void of(TlsFiles files) {
        certificate("security.tls.ca", files.ca());
        certificate("security.tls.certificate", files.certificate());
        try {
            String key = Files.readString(files.key(), StandardCharsets.US_ASCII);
            if (!key.contains("-----BEGIN PRIVATE KEY-----")) {
                throw new ConfigFault("security.tls.key: " + files.key() + " is not a private key in PKCS8 PEM form");
            }
        } catch (IOException e) {
            throw new ConfigFault("security.tls.key: " + files.key() + " cannot be read as PEM text");
        }
    }

    private static void certificate(String key, Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            X509Certificate found =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            found.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new ConfigFault(key + ": the certificate in " + path + " has expired");
        } catch (CertificateNotYetValidException e) {
            throw new ConfigFault(key + ": the certificate in " + path + " is not valid yet; check this host's clock");
        } catch (CertificateException | IOException e) {
            throw new ConfigFault(key + ": " + path + " holds no certificate in PEM form");
        }
    }
}
