package io.quorumfence.agent.core;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Promise;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.observation.RequestObservation.PromiseAsked;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Promises this host is bound by, and the ones it was asked for. */
final class PromiseWork {
    final Map<FenceToken, Promise> bound = new LinkedHashMap<>();
    /** Asked, but the claim's record version is not applied here yet. */
    final Map<ReplyId, PromiseAsked> waiting = new LinkedHashMap<>();
    /** Bound, but not on tmpfs yet; sent after that. */
    final Map<FenceToken, Map<ReplyId, PromiseAsked>> storing = new HashMap<>();
    /** False when the promises of an earlier process of this boot could not be read. */
    boolean intact = true;

    PromiseWork copy() {
        PromiseWork twin = new PromiseWork();
        twin.bound.putAll(bound);
        twin.waiting.putAll(waiting);
        storing.forEach((token, asked) -> twin.storing.put(token, new LinkedHashMap<>(asked)));
        twin.intact = intact;
        return twin;
    }
}
