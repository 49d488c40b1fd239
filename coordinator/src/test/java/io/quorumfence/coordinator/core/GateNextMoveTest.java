package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.PermitStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row a situation: what the gate does next when nothing objects. The VM ran on h1, the request wants it on h2. */
class GateNextMoveTest {

    static Stream<Arguments> questions() {
        return Stream.of(askedItself(), proven(), notYet()).flatMap(rows -> rows);
    }

    /** The last host answers and does not list the VM: it is asked, whatever the others saw. */
    private static Stream<Arguments> askedItself() {
        return Stream.of(
                question("ask h1", b -> b.vmEnded()),
                question("ask h1", b -> b.vmEnded().h1.phase = AgentPhase.LATCHED),
                question("ask h1", b -> b.vmEnded().h1.vmsComplete = false),
                question("ask h1", b -> {
                    // A permit for the last host itself is how the VM came there.
                    b.vmEnded().record.permit(5, "earlier", VM, "h3", b.h1, PermitStage.REDEEMED);
                }),
                question("ask h1", b -> b.vmEnded().record.permit(5, "old", VM, "h1", b.h3, PermitStage.ENDED)),
                question("ask h1", b -> {
                    // h3's own list is newer than the beat that h2 has of it.
                    b.vmEnded().h2.sees(b.h3).lists(true, VM);
                }),
                question("ask h1", b -> {
                    // h3 is proven gone: its last list means nothing, nor does a missing one.
                    b.vmEnded().silent.add(b.h3.id);
                    b.record.claim(4, b.h3, 1, "h2", ClaimStage.PROVEN);
                    b.h1.sees(b.h3).lists(true, VM);
                    b.h2.sees(b.h3).lists(false);
                }),
                question("ask h1", b -> {
                    // h3 is proven gone: that nobody has a complete list of it does not matter.
                    b.vmEnded().silent.add(b.h3.id);
                    b.record.claim(4, b.h3, 1, "h2", ClaimStage.PROVEN);
                    b.h1.sees(b.h3).lists(false);
                    b.h2.sees(b.h3).lists(false);
                }),
                question("ask h1", b -> {
                    // An old claim on an earlier life of the destination is closed.
                    b.h2.counter = 2;
                    b.vmEnded().record.joined(b.h2).claim(4, b.h2, 1, "h3", ClaimStage.PROVEN);
                }),
                question("ask h1", b -> b.vmEnded().record.claim(4, b.h2, 1, "h3", ClaimStage.WITHDRAWN)),
                question("ask h1", b -> {
                    // A claim on an earlier life of the last host proves nothing of this one.
                    b.h1.counter = 2;
                    b.vmEnded().record.joined(b.h1).claim(4, b.h1, 1, "h3", ClaimStage.PROVEN);
                }),
                question("ask h1", b -> {
                    // Older versions of the record do not count: the newest shows no permit.
                    b.vmEnded().record.permit(5, "other", VM, "h1", b.h3, PermitStage.GRANTED);
                    b.h3.record = b.record.next();
                    b.recordFrozen.add(b.h3.id);
                    b.record.permit(5, "other", VM, "h1", b.h3, PermitStage.ENDED);
                }));
    }

    /** Proven: whether the host answers or not. */
    private static Stream<Arguments> proven() {
        return Stream.of(
                question(
                        "permit by claim 3",
                        b -> b.powerLost(60_000).record.claim(3, b.h1, 1, "h3", ClaimStage.PROVEN)),
                question("permit by claim 3", b -> b.vmEnded().record.claim(3, b.h1, 1, "h3", ClaimStage.PROVEN)));
    }

    /** Not yet. */
    private static Stream<Arguments> notYet() {
        return Stream.of(
                question("awaiting-suspicion", b -> b.powerLost(500)),
                question("awaiting-suspicion", b -> b.silent.add(b.h1.id)),
                question("awaiting-suspicion", b -> b.powerLost(60_000)),
                question("awaiting-suspicion", b -> {
                    b.powerLost(60_000).record.claim(3, b.h1, 1, "h2", ClaimStage.WITHDRAWN);
                }),
                question("awaiting-proof", b -> b.suspectedByAll(9_000)),
                question("awaiting-proof", b -> b.powerLost(60_000).record.claim(3, b.h1, 1, "h2", ClaimStage.CLAIMED)),
                question(
                        "awaiting-proof",
                        b -> b.powerLost(60_000)
                                .h2
                                .sees(b.h1)
                                .aged(3_000L, 3_000L)
                                .works("opinions", "")),
                question("awaiting-proof", b -> {
                    // A claim that is open already is not stopped by the guard.
                    b.suspectedByAll(9_000).record.claim(3, b.h1, 1, "h2", ClaimStage.CLAIMED);
                    b.h3.sees(b.h1).aged(9_000L, 9_000L).suspected().lastRefusal("storm-guard: 1 claims");
                }),
                question("awaiting-proof", b -> {
                    // Still alive, but the watchdog will end it.
                    b.suspectedByAll(9_000);
                    b.h2.sees(b.h1).aged(9_000L, 9_000L).suspected().sshSays("STILL_ALIVE");
                }),
                question("awaiting-proof", b -> GateTruthTableTest.onlySsh(b, true)),
                question("no-time-proof", b -> GateTruthTableTest.onlySsh(b, false)),
                question("awaiting-join", b -> {
                    b.h1.counter = 2;
                    b.vmEnded().h1.phase = AgentPhase.JOINING;
                }),
                question("awaiting-join", b -> b.vmEnded().h1.phase = AgentPhase.STARTING));
    }

    private static Arguments question(String expected, Consumer<GateBench> situation) {
        return Arguments.of(expected, situation);
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("questions")
    void goesOnBy(String expected, Consumer<GateBench> situation) {
        GateBench bench = new GateBench();
        situation.accept(bench);
        bench.ask();
        assertThat(nextMove(bench)).isEqualTo(expected);
        assertThat(bench.verdict().word()).isEqualTo(expected.equals("no-time-proof") ? "REFUSE" : "PENDING");
    }

    private static String nextMove(GateBench bench) {
        if (!bench.said(GateCommand.AskHost.class).isEmpty()) {
            return "ask " + bench.lastSaid(GateCommand.AskHost.class).host();
        }
        if (!bench.said(GateCommand.AskPermit.class).isEmpty()) {
            Basis basis = bench.lastSaid(GateCommand.AskPermit.class).basis();
            return basis instanceof Basis.Proven proven ? "permit by claim " + proven.token() : "permit by word";
        }
        return bench.verdict().code();
    }
}
