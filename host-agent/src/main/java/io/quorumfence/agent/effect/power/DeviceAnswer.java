package io.quorumfence.agent.effect.power;

/** How one call of one device ended; nothing of it runs any more. */
record DeviceAnswer(Kind kind, String words) {
    /** What the agent's end says. */
    enum Kind {
        /** It never began: too late, not to be had, or its secret was not. */
        NOT_BEGUN,
        /** Exit 0: for a status, power is on; for an off, the agent believes that it is done. */
        ZERO,
        /** Exit 2: for a status, power is off. */
        TWO,
        /** Anything else. */
        OTHER
    }

    static DeviceAnswer notBegun(String why) {
        return new DeviceAnswer(Kind.NOT_BEGUN, why);
    }

    /** Of the one line that qf-power prints. */
    static DeviceAnswer of(String line) {
        return switch (line) {
            case "exit 0" -> new DeviceAnswer(Kind.ZERO, line);
            case "exit 2" -> new DeviceAnswer(Kind.TWO, line);
            case "late" -> notBegun("not begun: too late");
            case "unavailable" -> notBegun("its program cannot be run");
            case "killed" -> new DeviceAnswer(Kind.OTHER, "no answer in time, killed");
            default -> new DeviceAnswer(Kind.OTHER, line.matches("(exit|signal) \\d{1,3}") ? line : "no clear end");
        };
    }
}
