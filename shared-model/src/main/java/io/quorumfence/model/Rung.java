package io.quorumfence.model;

/** A way to prove absence. */
public enum Rung {
    HOST_SAYS("host-says"),
    REBORN("reborn"),
    SIBLING_SSH("sibling-ssh"),
    POWER("power"),
    PILL("poison-pill"),
    TIME("time"),
    OPERATOR("operator");

    private final String code;

    Rung(String code) {
        this.code = code;
    }

    /** The stable name used in REST, logs and docs. */
    public String code() {
        return code;
    }

    /** The rung of a stable name. */
    public static Rung ofCode(String code) {
        for (Rung rung : values()) {
            if (rung.code.equals(code)) {
                return rung;
            }
        }
        throw new IllegalArgumentException("no rung is called '" + code + "'");
    }
}
