package io.quorumfence.agent.effect.alert;

import io.quorumfence.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;

/** The address of a webhook. User, path and query may be a secret, so only the rest is ever shown. */
public final class AlertTarget {
    private AlertTarget() {}

    /** @throws ConfigException that does not quote the address */
    public static URI parse(String key, String text) {
        try {
            URI url = new URI(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Falls through: its message quotes the address.
        }
        throw new ConfigException(key + ": must be http://HOST[:PORT]/... or https://...");
    }

    /** Scheme, host and port. */
    public static String shown(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        boolean more = url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || (url.getRawPath() != null && url.getRawPath().length() > 1);
        return url.getScheme() + "://" + url.getHost() + port + (more ? "/..." : "");
    }
}
