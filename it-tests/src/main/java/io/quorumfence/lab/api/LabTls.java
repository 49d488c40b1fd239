package io.quorumfence.lab.api;

import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Mutual TLS towards the agents: the lab's certificate here, and on the other side a certificate of the host meant. */
final class LabTls {
    private static final char[] NO_PASSWORD = new char[0];

    private final Path dir;

    LabTls(Path dir) {
        this.dir = dir;
    }

    /** Trusts a certificate of the lab's authority whose DNS name is the host's id, only; the address is a relay's. */
    SSLContext towards(String host) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys().getKeyManagers(), new TrustManager[] {new NamedPeer(authority(), host)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new LabException("cannot use the lab's TLS files in " + dir + ": " + e.getMessage(), e);
        }
    }

    private KeyManagerFactory keys() throws GeneralSecurityException, IOException {
        String pem = Files.readString(dir.resolve("coordinator-lab.key"));
        String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("lab", key, NO_PASSWORD, new X509Certificate[] {certificate("coordinator-lab.pem")});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory;
    }

    private X509ExtendedTrustManager authority() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setCertificateEntry("ca", certificate("ca.pem"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    private X509Certificate certificate(String file) throws GeneralSecurityException, IOException {
        try (var in = Files.newInputStream(dir.resolve(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** The chain is judged by the authority without an address, the name by us: a relay's address says nothing. */
    private static final class NamedPeer extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager authority;
        private final String host;

        NamedPeer(X509ExtendedTrustManager authority, String host) {
            this.authority = authority;
            this.host = host;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authority.checkServerTrusted(chain, type);
            Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
            if (names == null || names.stream().noneMatch(name -> host.equals(name.get(1)))) {
                throw new CertificateException("the peer is not " + host);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("the lab is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("the lab is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("the lab is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authority.getAcceptedIssuers();
        }
    }
}
