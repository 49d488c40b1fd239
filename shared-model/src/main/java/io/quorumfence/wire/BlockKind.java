package io.quorumfence.wire;

/** What a block holds. */
enum BlockKind {
    HEADER(1),
    BEAT(2),
    MAIL(3),
    BALLOT(4);

    private final int code;

    BlockKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
