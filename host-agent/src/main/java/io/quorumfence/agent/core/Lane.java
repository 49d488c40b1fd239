package io.quorumfence.agent.core;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.StorageId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One quorum storage as this host uses and sees it. At most one operation is in flight, ever. */
final class Lane {
    /** What the operation in flight is for. */
    enum Purpose {
        BEAT,
        SCAN,
        MAIL,
        BALLOT
    }

    final StorageId id;
    boolean open;
    boolean busy;
    long op;
    long opStartedNs;
    Purpose purpose = Purpose.SCAN;
    long ballotGeneration;
    long beatCounter;
    long beatTermsVersion;

    @Nullable
    FenceToken mailToken;

    @Nullable
    MailStage mailStage;

    /** Start of the newest operation that renewed: write and mailbox read both finished here, clean (rule 6). */
    long cleanStartNs = Timing.NEVER;

    long okTermsVersion;
    /** Whether the beat under way says that this life is cleared, and the claim it has obeyed, 0 if none. */
    boolean beatCleared;

    long beatObeyed;
    /** Counter of the life that took leave here: a cleared beat of it was written, and its mail read after it. */
    long leaveCounter;

    long okObeyed;
    long okEndNs = Timing.NEVER;
    long latencyNs;
    long nextBeatNs = Timing.NEVER;
    long nextScanNs = Timing.NEVER;
    long notBeforeNs = Timing.NEVER;
    boolean mailUnreadable;
    List<MailEntry> mail = List.of();
    final Map<HostId, Sighting> sightings = new HashMap<>();
    String detail = "opening";

    Lane(StorageId id) {
        this.id = id;
    }

    Lane copy() {
        Lane twin = new Lane(id);
        twin.open = open;
        twin.busy = busy;
        twin.op = op;
        twin.opStartedNs = opStartedNs;
        twin.purpose = purpose;
        twin.ballotGeneration = ballotGeneration;
        twin.beatCounter = beatCounter;
        twin.beatTermsVersion = beatTermsVersion;
        twin.mailToken = mailToken;
        twin.mailStage = mailStage;
        twin.cleanStartNs = cleanStartNs;
        twin.okTermsVersion = okTermsVersion;
        twin.beatCleared = beatCleared;
        twin.beatObeyed = beatObeyed;
        twin.leaveCounter = leaveCounter;
        twin.okObeyed = okObeyed;
        twin.okEndNs = okEndNs;
        twin.latencyNs = latencyNs;
        twin.nextBeatNs = nextBeatNs;
        twin.nextScanNs = nextScanNs;
        twin.notBeforeNs = notBeforeNs;
        twin.mailUnreadable = mailUnreadable;
        twin.mail = mail;
        twin.sightings.putAll(sightings);
        twin.detail = detail;
        return twin;
    }

    @Nullable
    Sighting sighting(HostId host) {
        return sightings.get(host);
    }
}
