package io.quorumfence.agent.effect.ssh;

/**
 * How one address answered.
 *
 * @param code short and our own words
 * @param said the remote words, for the audit only; empty unless the command was run
 * @param error an exception's text, for the audit only
 */
record AddressResult(String address, Kind kind, String code, String said, String error) {

    /** How far it came. */
    enum Kind {
        /** Nothing came back at all. */
        SILENT,
        /** Something answered, but it is no answer to the question. */
        UNCLEAR,
        /** Logged in, and another address had been quicker: nothing was sent. */
        LOST,
        /** A whole answer was read. */
        ANSWERED
    }

    static AddressResult silent(String address, String code, String error) {
        return new AddressResult(address, Kind.SILENT, code, "", error);
    }

    static AddressResult unclear(String address, String code, String said, String error) {
        return new AddressResult(address, Kind.UNCLEAR, code, said, error);
    }

    /** For the evidence: the address and the code. */
    String brief() {
        return address + " " + code;
    }
}
