package io.quorumfence.coordinator.config;

/** The configuration cannot be used: one clear line that names the file and the key. */
public final class ConfigFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigFault(String line) {
        super(line, null, false, false);
    }
}
