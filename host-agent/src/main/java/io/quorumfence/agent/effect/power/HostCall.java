package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One call of all fence devices of a host. An off goes level by level until the agents of a whole level believe that it
 * is done; a status asks all levels at once, and is *off* only when a whole level says so and nobody the opposite.
 */
final class HostCall {
    /** When one level is off, the others have so long to contradict. */
    private static final long CONTRADICT_MS = 1_000;

    private static final long LOOK_MS = 20;

    /** How it ended, and a line for people. */
    record Result(PowerAnswer answer, String words) {}

    private record Asked(int level, PowerDevice device, DeviceCall call, CompletableFuture<DeviceAnswer> answer) {
        boolean is(DeviceAnswer.Kind kind) {
            return answer.isDone() && answer.getNow(DeviceAnswer.notBegun("")).kind() == kind;
        }
    }

    private final PowerSpec spec;
    private final HostId host;
    private final List<List<PowerDevice>> levels;
    private final Executor threads;
    private final NanoClock clock;
    private final List<DeviceCall> calls = new ArrayList<>();
    private boolean stopped;

    HostCall(PowerSpec spec, HostId host, Executor threads, NanoClock clock) {
        this.spec = spec;
        this.host = host;
        this.levels = spec.levels().getOrDefault(host, List.of());
        this.threads = threads;
        this.clock = clock;
    }

    synchronized void stop() {
        stopped = true;
        calls.forEach(DeviceCall::stop);
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private Asked ask(int level, PowerDevice device, PowerAction action, long notAfterNs, long deadlineNs) {
        DeviceCall call =
                new DeviceCall(spec, device, action == PowerAction.OFF ? spec.lockOf(host) : spec.lookOf(host), clock);
        synchronized (this) {
            calls.add(call);
            if (stopped) {
                call.stop();
            }
        }
        return new Asked(
                level,
                device,
                call,
                CompletableFuture.supplyAsync(() -> call.run(action, notAfterNs, deadlineNs), threads));
    }

    Result off(long notAfterNs, long deadlineNs) throws InterruptedException {
        boolean begun = false;
        List<Asked> all = new ArrayList<>();
        for (int level = 0; level < levels.size() && !isStopped(); level++) {
            long now = clock.nowNs();
            int left = levels.size() - level;
            // All but the last have to leave the next one time to begin.
            long until = left > 1 ? Math.min(deadlineNs, notAfterNs) : deadlineNs;
            long share = Math.max(0, until - now) / left;
            List<Asked> asked = new ArrayList<>();
            for (PowerDevice device : levels.get(level)) {
                asked.add(ask(level, device, PowerAction.OFF, notAfterNs, now + share));
            }
            for (Asked one : asked) {
                begun |= answerOf(one).kind() != DeviceAnswer.Kind.NOT_BEGUN;
            }
            all.addAll(asked);
            if (!asked.isEmpty() && asked.stream().allMatch(one -> one.is(DeviceAnswer.Kind.ZERO))) {
                return new Result(PowerAnswer.ACCEPTED, words(PowerAction.OFF, all));
            }
        }
        return new Result(begun ? PowerAnswer.UNKNOWN : PowerAnswer.NOT_STARTED, words(PowerAction.OFF, all));
    }

    Result status(long deadlineNs) throws InterruptedException {
        List<Asked> all = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            for (PowerDevice device : levels.get(level)) {
                all.add(ask(level, device, PowerAction.STATUS, Long.MAX_VALUE, deadlineNs));
            }
        }
        long offNs = Long.MAX_VALUE;
        while (!all.stream().allMatch(one -> one.answer().isDone())) {
            awaitAny(all);
            offNs = isLevelOff(all) ? Math.min(offNs, clock.nowNs()) : offNs;
            if (offNs < Long.MAX_VALUE && clock.nowNs() - offNs > TimeUnit.MILLISECONDS.toNanos(CONTRADICT_MS)) {
                stop();
            }
        }
        boolean on = all.stream().anyMatch(one -> one.is(DeviceAnswer.Kind.ZERO));
        PowerAnswer answer = on ? PowerAnswer.ON : isLevelOff(all) ? PowerAnswer.OFF : PowerAnswer.UNKNOWN;
        return new Result(answer, words(PowerAction.STATUS, all));
    }

    private boolean isLevelOff(List<Asked> all) {
        for (int level = 0; level < levels.size(); level++) {
            int number = level;
            List<Asked> ofIt = all.stream().filter(one -> one.level() == number).toList();
            if (!ofIt.isEmpty() && ofIt.stream().allMatch(one -> one.is(DeviceAnswer.Kind.TWO))) {
                return true;
            }
        }
        return false;
    }

    private static void awaitAny(List<Asked> all) throws InterruptedException {
        try {
            CompletableFuture.allOf(all.stream().map(Asked::answer).toArray(CompletableFuture[]::new))
                    .get(LOOK_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Looked at one by one.
        }
    }

    private static DeviceAnswer answerOf(Asked one) throws InterruptedException {
        try {
            return one.answer().get();
        } catch (ExecutionException e) {
            return new DeviceAnswer(DeviceAnswer.Kind.OTHER, "failed");
        }
    }

    private String words(PowerAction action, List<Asked> all) {
        StringBuilder text = new StringBuilder(action == PowerAction.OFF ? "off " : "status ").append(host);
        for (Asked one : all) {
            DeviceAnswer answer = one.answer().isCompletedExceptionally()
                    ? new DeviceAnswer(DeviceAnswer.Kind.OTHER, "failed")
                    : one.answer().getNow(new DeviceAnswer(DeviceAnswer.Kind.OTHER, "unanswered"));
            boolean clear = action == PowerAction.STATUS && answer.kind() != DeviceAnswer.Kind.OTHER;
            String said = clear && answer.kind() == DeviceAnswer.Kind.ZERO
                    ? "on"
                    : clear && answer.kind() == DeviceAnswer.Kind.TWO ? "off" : answer.words();
            text.append("; level ")
                    .append(one.level() + 1)
                    .append(' ')
                    .append(one.device().agent())
                    .append(": ")
                    .append(said);
        }
        return text.toString();
    }
}
