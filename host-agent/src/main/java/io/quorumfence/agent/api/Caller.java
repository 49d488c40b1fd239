package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, by the common name of the client certificate that the TLS layer has verified against the cell's authority.
 * A certificate without exactly one common name is nobody's. Pure; any thread.
 */
record Caller(String name, boolean member) {
    /** What a route asks of its caller. */
    enum Right {
        /** Any certificate of the cell. */
        READ,
        /** The coordinator or a member. */
        GATE,
        /** A member. */
        PEER
    }

    private static final String COORDINATOR = "coordinator";

    static Optional<Caller> of(@Nullable SSLSession session, Set<HostId> members) {
        return commonName(session)
                .map(name -> new Caller(
                        name, members.stream().anyMatch(host -> host.value().equals(name))));
    }

    boolean may(Right right) {
        return switch (right) {
            case READ -> true;
            case GATE -> member || name.startsWith(COORDINATOR);
            case PEER -> member;
        };
    }

    /** The member's id; call it only where {@link Right#PEER} was checked. */
    HostId host() {
        if (!member) {
            throw new IllegalStateException("caller " + name + " is not a member");
        }
        return new HostId(name);
    }

    private static Optional<String> commonName(@Nullable SSLSession session) {
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate first = session.getPeerCertificates()[0];
            return first instanceof X509Certificate certificate
                    ? commonName(certificate.getSubjectX500Principal().getName())
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    static Optional<String> commonName(String distinguishedName) {
        List<String> found = new ArrayList<>();
        try {
            for (Rdn rdn : new LdapName(distinguishedName).getRdns()) {
                Attribute names = rdn.toAttributes().get("CN");
                for (int i = 0; names != null && i < names.size(); i++) {
                    found.add(String.valueOf(names.get(i)));
                }
            }
        } catch (InvalidNameException e) {
            return Optional.empty();
        } catch (NamingException e) {
            throw new IllegalStateException("reading an attribute in memory failed", e);
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
