package io.quorumfence.agent.probe.net;

/** Why a datagram was dropped. */
public enum DropCause {
    MALFORMED("its bytes do not form a message"),
    VERSION("it is of another layout version"),
    CELL("it belongs to another cell"),
    MAC("its keyed checksum is wrong"),
    STRANGER("it names a sender that is not a member of the cell"),
    MISADDRESSED("it is meant for another host"),
    SOURCE_ADDRESS("the sender it names has another address on this plane");

    private final String text;

    DropCause(String text) {
        this.text = text;
    }

    /** Half a sentence for people. */
    public String text() {
        return text;
    }
}
