package io.quorumfence.coordinator.store;

import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.Verdict;
import io.quorumfence.model.CellId;
import org.jspecify.annotations.Nullable;

/** A request with a final verdict, as the history kept it. */
public record Remembered(
        String id,
        StartQuestion question,
        @Nullable CellId cell,
        int round,
        Verdict verdict,
        long tookMs,
        long atWallMs) {}
