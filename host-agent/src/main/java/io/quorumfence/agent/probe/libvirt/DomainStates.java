package io.quorumfence.agent.probe.libvirt;

/** libvirt's state and reason numbers, which are part of its stable interface, in words. */
final class DomainStates {
    static final String PROCESS_ONLY = "process";
    static final String EXITING = "exiting";
    static final String UNKNOWN = "unknown";

    private static final int RUNNING = 1;
    private static final int PAUSED = 3;
    private static final int RUNNING_POSTCOPY = 10;

    private DomainStates() {}

    static String word(int state) {
        return switch (state) {
            case RUNNING -> "running";
            case 2 -> "blocked";
            case PAUSED -> "paused";
            case 4 -> "shutting-down";
            case 5 -> "shut-off";
            case 6 -> "crashed";
            case 7 -> "suspended";
            default -> UNKNOWN;
        };
    }

    /** Whether a start or a migration to here (or, in its last moments, from here) is under way. */
    static boolean isInFlight(int state, int reason) {
        return switch (state) {
            // Paused for a migration (2), starting up (11), post-copy (12), failed post-copy (13).
            case PAUSED -> reason == 2 || (reason >= 11 && reason <= 13);
            case RUNNING -> reason == RUNNING_POSTCOPY;
            default -> false;
        };
    }
}
