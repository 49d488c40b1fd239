package io.quorumfence.agent.effect.alert;

import io.vertx.core.Future;

/** One way to tell somebody. One attempt a call; who retries is {@link AlertDelivery}. Never blocks its caller. */
interface AlertChannel {
    String name();

    /** Ends within the attempt's timeout; a failure's message is one line without a secret. */
    Future<Void> attempt(String json);
}
