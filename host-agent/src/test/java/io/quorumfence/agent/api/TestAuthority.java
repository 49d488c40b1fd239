package io.quorumfence.agent.api;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A cell's certificate authority, made for one test, writing PEM files below a directory of the test. */
public final class TestAuthority {
    private static final X500Principal ISSUER = new X500Principal("CN=test cell");

    private final AtomicLong serials = new AtomicLong(1);
    private final Path directory;
    private final KeyPair keys;
    private final Path file;

    public TestAuthority(Path directory) throws Exception {
        this.directory = directory;
        this.keys = keyPair();
        this.file = directory.resolve("ca.pem");
        write(file, certificate(ISSUER, null, keys, true));
    }

    /** Files of a host: common name and DNS name are its id. */
    public TlsFiles host(String id) throws Exception {
        return files(id, "CN=" + id, id);
    }

    /** Files of anybody. */
    public TlsFiles files(String fileName, String distinguishedName, String dnsName) throws Exception {
        KeyPair own = keyPair();
        Path certificate = directory.resolve(fileName + ".pem");
        Path key = directory.resolve(fileName + ".key");
        write(certificate, certificate(new X500Principal(distinguishedName), dnsName, own, false));
        write(key, new JcaPKCS8Generator(own.getPrivate(), null));
        return new TlsFiles(file, certificate, key);
    }

    private X509Certificate certificate(X500Principal subject, @Nullable String dnsName, KeyPair own, boolean authority)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                ISSUER,
                BigInteger.valueOf(serials.getAndIncrement()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.HOURS)),
                subject,
                own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (dnsName != null) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void write(Path target, Object value) throws IOException {
        try (Writer out = Files.newBufferedWriter(target);
                JcaPEMWriter pem = new JcaPEMWriter(out)) {
            pem.writeObject(value);
        }
    }
}
