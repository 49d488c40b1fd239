package io.quorumfence.config;

/** A setting that cannot be; the message is one line: key, value, limit, what to do. Never holds a secret. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
