package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.status.AgentPhase;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A host that booted anew and beats, and that only the coordinator cannot reach. */
class GateRebornTest {
    private GateBench bench = new GateBench();

    @Test
    void aRebornHostThatOnlyTheCoordinatorCannotReachIsJudgedByItsBeats() {
        rebornOutOfReach().ask();
        assertThat(bench.said(GateCommand.AskPermit.class))
                .as("a list from before the question says nothing")
                .isEmpty();
        beatsGoOn();
        assertThat(rungAsked()).isEqualTo("reborn");
        bench.permitDecided("reborn");
        assertThat(bench.verdict().code()).isEqualTo("reborn");
        assertThat(bench.verdict().evidence().toString()).contains("life 2");
    }

    @Test
    void aRebornHostOutOfReachThatMayHaveTheVmIsRefused() {
        List<Consumer<HostDouble.View>> notClean = List.of(
                view -> view.lists(true, VM),
                view -> view.lists(false),
                view -> view.phase(AgentPhase.JOINING),
                view -> view.life(1, HostDouble.boot("h1", 1)));
        for (Consumer<HostDouble.View> seen : notClean) {
            bench = new GateBench();
            rebornOutOfReach();
            bench.ask();
            bench.passMs(600);
            seen.accept(bench.h2.sees(bench.h1));
            seen.accept(bench.h3.sees(bench.h1));
            bench.runMs(100);
            assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
            assertThat(bench.verdict().word()).isNotEqualTo("ALLOW");
        }
    }

    /** Its beats are seen advancing after the question. */
    private void beatsGoOn() {
        bench.passMs(600);
        bench.h2.sees(bench.h1);
        bench.h3.sees(bench.h1);
        bench.runMs(100);
    }

    private GateBench rebornOutOfReach() {
        bench.statuses();
        bench.h1.counter = 2;
        bench.h1.bootId = HostDouble.boot("h1", 2);
        bench.record.joined(bench.h1);
        bench.vmEnded().passMs(1_000).silent.add(bench.h1.id);
        bench.h2.sees(bench.h1);
        bench.h3.sees(bench.h1);
        return bench;
    }

    private String rungAsked() {
        return ((Basis.HostWord) bench.lastSaid(GateCommand.AskPermit.class).basis())
                .rung()
                .code();
    }
}
