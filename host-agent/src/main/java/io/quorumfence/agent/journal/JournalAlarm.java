package io.quorumfence.agent.journal;

/**
 * Told when the journal cannot do its work and when it can again. Called from the journal's thread or from an
 * appender's; must not block.
 */
public interface JournalAlarm {
    /** Events were dropped; the journal has a gap. */
    String LOST = "journal-lost";
    /** A write or a flush fails or does not come back. */
    String STUCK = "journal-stuck";
    /** The file ended in the middle of a line when the agent started. */
    String TORN = "journal-torn";

    void raised(String code, String text);

    void cleared(String code);
}
