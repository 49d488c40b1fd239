package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.ID;
import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.GateCommand.AskHost;
import io.quorumfence.coordinator.core.GateCommand.AskPermit;
import io.quorumfence.coordinator.core.GateEvent.Judged;
import io.quorumfence.coordinator.core.GateObservation.HostAnswered;
import io.quorumfence.coordinator.core.GateObservation.PermitAnswered;
import io.quorumfence.coordinator.core.HostAnswer.Said;
import io.quorumfence.coordinator.core.HostAnswer.Word;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Cancelled;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.PermitStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A coordinator that is killed, after any of its steps, with what it had written to its history and without the last
 * line of that, with its last question to an agent carried out or lost: the next one comes to the same permit.
 */
class GateRestartTest {
    private GateBench bench = new GateBench();
    /** What the record holds, over all coordinators. */
    private @Nullable PermitView permit;

    private int permitsMade;
    private int handled;
    private final List<StartRequest> history = new ArrayList<>();

    @ParameterizedTest(name = "byWord={0}")
    @CsvSource({"true", "false"})
    void whereverACoordinatorIsKilledTheNextOneComesToTheOnePermit(boolean byWord) {
        int points = play(byWord, Integer.MAX_VALUE, false, false);
        assertThat(points).isEqualTo(byWord ? 2 : 1);
        for (int point = 0; point <= points; point++) {
            for (int way = 0; way < 4; way++) {
                play(byWord, point, way % 2 == 1, way / 2 == 1);
                assertThat(bench.request().shown())
                        .as("killed at %d, way %d", point, way)
                        .isInstanceOf(Allow.class);
                assertThat(permitsMade).as("killed at %d, way %d", point, way).isEqualTo(1);
            }
        }
    }

    /** Plays to the end, with one kill; the number of commands that were carried out. */
    private int play(boolean byWord, int killAt, boolean lastIsCarriedOut, boolean lastLineIsLost) {
        bench = new GateBench();
        permit = null;
        permitsMade = 0;
        history.clear();
        handled = 0;
        cell(byWord);
        int done = 0;
        boolean killed = false;
        bench.ask();
        for (int round = 0;
                round < 60 && !(bench.request().isClosed() && (killed || killAt == Integer.MAX_VALUE));
                round++) {
            if (!killed && done >= killAt || bench.request().isClosed()) {
                killed = true;
                if (lastIsCarriedOut) {
                    handled = Math.min(handled, bench.said.size());
                    carryOut(false);
                }
                restart(lastLineIsLost);
                bench.ask();
            }
            done += carryOut(true);
            bench.passMs(400).statuses();
            bench.step(new GateObservation.TimePassed());
        }
        return done;
    }

    private void cell(boolean byWord) {
        if (byWord) {
            bench.vmEnded();
        } else {
            bench.powerLost(60_000).record.claim(3, bench.h1, 1, "h3", ClaimStage.PROVEN);
        }
    }

    private void restart(boolean lastLineIsLost) {
        bench.told.stream()
                .filter(Judged.class::isInstance)
                .map(Judged.class::cast)
                .filter(judged -> judged.verdict() instanceof Allow || judged.verdict() instanceof Cancelled)
                .forEach(judged -> history.add(judged.request()));
        if (lastLineIsLost && !history.isEmpty()) {
            history.remove(history.size() - 1);
        }
        bench.told.clear();
        bench.said.clear();
        handled = 0;
        List<StartRequest> remembered = history.stream()
                .map(old -> StartRequest.remembered(ID, old.question(), old.cell(), 1, old.shown(), 0, 5))
                .toList();
        bench.state = GateState.of(
                Policies.judgingAtOnce(), Map.of(GateBench.CELL, List.copyOf(bench.hosts.keySet())), remembered);
    }

    /** Carries out what was said since; an answer to a coordinator that is dead reaches nobody. */
    private int carryOut(boolean answers) {
        int done = 0;
        while (handled < bench.said.size()) {
            GateCommand command = bench.said.get(handled++);
            if (command instanceof AskHost ask) {
                done++;
                if (answers) {
                    bench.step(new HostAnswered(
                            ask.id(),
                            ask.call(),
                            new Said(bench.h1.id, 1, bench.h1.bootId, Word.ABSENT, "behind the barrier")));
                }
            } else if (command instanceof AskPermit ask) {
                done++;
                PermitView given = grant();
                if (answers) {
                    bench.step(new PermitAnswered(ask.id(), ask.call(), new PermitAnswer.Decided(given)));
                }
            }
        }
        return done;
    }

    /** As the record does it: the same request finds its permit. */
    private PermitView grant() {
        PermitView known = permit;
        if (known != null) {
            return known;
        }
        permitsMade++;
        PermitView made = bench.permit(7, "time", PermitStage.GRANTED);
        bench.record.permit(7, ID, VM, "h1", bench.h2, PermitStage.GRANTED);
        permit = made;
        return made;
    }
}
