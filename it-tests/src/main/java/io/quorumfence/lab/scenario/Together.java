package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.LabException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Does several things at the same moment and waits for all of them. */
final class Together {
    private Together() {}

    static <T> List<T> all(List<Supplier<T>> works) {
        List<CompletableFuture<T>> running = works.stream()
                .map(work -> CompletableFuture.supplyAsync(work, task -> new Thread(task, "step").start()))
                .toList();
        try {
            return running.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LabException cause ? cause : e;
        }
    }
}
