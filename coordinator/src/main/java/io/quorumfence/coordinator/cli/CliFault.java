package io.quorumfence.coordinator.cli;

/** The command cannot be carried out: one clear line and an exit code. */
final class CliFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exit;

    CliFault(int exit, String line) {
        super(line, null, false, false);
        this.exit = exit;
    }

    int exit() {
        return exit;
    }
}
