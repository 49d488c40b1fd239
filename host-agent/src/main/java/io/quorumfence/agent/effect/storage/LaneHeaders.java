package io.quorumfence.agent.effect.storage;

import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Whether the storage is still the one that was opened. Looked at before every write, for a path can come to lead to
 * another disk, and with every read. Confined to the lane's thread.
 */
final class LaneHeaders {
    private final HeaderCodec codec;
    private final LaneScope scope;
    private final StorageHeader opened;

    LaneHeaders(HeaderCodec codec, LaneScope scope, StorageHeader opened) {
        this.codec = codec;
        this.scope = scope;
        this.opened = opened;
    }

    /**
     * One line when this read does not count.
     *
     * @throws LaneShutException when the storage was initialised again or restored (rule 19)
     */
    Optional<String> whyUnfit(ByteBuffer pair) throws LaneShutException {
        HeaderRead read = codec.open(pair);
        if (!(read instanceof HeaderRead.Found found)) {
            return Optional.of(whyNone(read));
        }
        StorageHeader header = found.header();
        boolean same = header.cell().equals(opened.cell()) && header.storage().equals(opened.storage());
        if (same && header.initEpoch() != opened.initEpoch()) {
            throw LaneShutException.forGood("init epoch " + header.initEpoch() + ", was " + opened.initEpoch()
                    + " when this agent opened it: initialised again or restored from a copy; restart the agent to"
                    + " use it again");
        }
        return header.whyUnfit(
                scope.cell(), scope.storage().id(), scope.members().size());
    }

    static String whyNone(HeaderRead read) {
        if (read instanceof HeaderRead.OtherFormat other) {
            return other.detail();
        } else if (read instanceof HeaderRead.Broken broken) {
            return broken.detail();
        }
        return read instanceof HeaderRead.Alien
                ? "holds data that is not Quorumfence's; check the storage's path"
                : "no header: the storage was never initialised; run storage-init";
    }
}
