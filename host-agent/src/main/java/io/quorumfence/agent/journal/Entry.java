package io.quorumfence.agent.journal;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What waits to be written: the lines of one append.
 *
 * @param flushed completed when they are on disk; nobody waits for the lines of an observation
 */
record Entry(List<Line> lines, boolean needsFlush, CompletableFuture<Void> flushed) {
    int size() {
        return lines.size();
    }

    void fail(String why) {
        flushed.completeExceptionally(new JournalLost(why));
    }
}
