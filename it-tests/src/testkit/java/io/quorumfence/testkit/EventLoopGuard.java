package io.quorumfence.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.threadchecker.BlockedThreadEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test during which an event loop was held for longer than the limit (50 ms unless the system property
 * {@code qf.test.eventLoopLimitMs} says otherwise).
 *
 * <pre>{@code
 * @RegisterExtension
 * final EventLoopGuard loops = new EventLoopGuard();
 * ... loops.vertx() ...
 * }</pre>
 *
 * A test that builds its own Vert.x, clustered for example, starts from {@link #options()} and hands the result to
 * {@link #watch}. Time spent loading or initialising classes is not counted: it belongs to the first test that
 * runs, not to the code under test. Called by JUnit's thread and by Vert.x's checker thread; safe for both.
 */
public final class EventLoopGuard implements BeforeEachCallback, AfterEachCallback {
    private static final long LIMIT_MS = Long.getLong("qf.test.eventLoopLimitMs", 50);
    private static final long CHECK_EVERY_MS = 10;
    private static final int STACK_DEPTH = 25;

    /** The worst sighting of each thread's top frames: one long block is seen many times and is reported once. */
    private final Map<String, String> blocked = new ConcurrentHashMap<>();

    private @Nullable Vertx vertx;

    /** The Vert.x of the running test: opened on first use, closed after the test. */
    public Vertx vertx() {
        Vertx known = vertx;
        if (known == null) {
            known = Vertx.vertx(options());
            watch(known);
            vertx = known;
        }
        return known;
    }

    /** Options that make Vert.x's own checker look often enough and complain early enough. */
    public static VertxOptions options() {
        return new VertxOptions()
                .setBlockedThreadCheckInterval(CHECK_EVERY_MS)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(LIMIT_MS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS);
    }

    /** Counts the hits of a Vert.x that the test opened from {@link #options()}; the test closes it. */
    public void watch(Vertx other) {
        ((VertxInternal) other).blockedThreadChecker().setThreadBlockedHandler(this::onBlocked);
    }

    /** What was seen so far, one text a place; for tests of the guard itself. */
    public List<String> hits() {
        return List.copyOf(blocked.values());
    }

    /** Forgets what was seen, for a test that blocks on purpose and has asserted on it. */
    public void forget() {
        blocked.clear();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        blocked.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Vertx opened = vertx;
        vertx = null;
        if (opened != null) {
            opened.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        failIfHeld();
    }

    /** Throws with every place at which an event loop was held since the test began. */
    void failIfHeld() {
        if (!blocked.isEmpty()) {
            throw new AssertionError(
                    "event loop held for more than " + LIMIT_MS + " ms:\n" + String.join("\n", hits()));
        }
    }

    private void onBlocked(BlockedThreadEvent event) {
        // Worker threads are checked by the same timer, against a limit of their own.
        if (event.maxExecTime() > TimeUnit.MILLISECONDS.toNanos(LIMIT_MS)) {
            return;
        }
        StackTraceElement[] stack = event.thread().getStackTrace();
        // An empty stack or an idle selector: the loop was let go between the check and this look.
        if (stack.length == 0 || isLoading(stack) || isIdle(stack)) {
            return;
        }
        String frames = Arrays.stream(stack)
                .limit(STACK_DEPTH)
                .map(frame -> "    at " + frame)
                .collect(Collectors.joining("\n"));
        long heldMs = TimeUnit.NANOSECONDS.toMillis(event.duration());
        String text = event.thread().getName() + " held for " + heldMs + " ms\n" + frames;
        blocked.put(event.thread().getName() + stack[0], text);
    }

    private static boolean isLoading(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getMethodName().equals("<clinit>")
                        || frame.getClassName().equals("java.lang.ClassLoader")
                        || frame.getClassName().equals("java.lang.invoke.MethodHandleNatives"));
    }

    private static boolean isIdle(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(6)
                .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.EPollSelectorImpl"));
    }
}
