package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.natives.FenceHost.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pause of the agent within its lease costs no VM its life. */
@Timeout(60)
class FenceHelperPausedTest {
    /** Stands for an agent that was started long ago. */
    private static final long OLD = 1;

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path programs;

    private FenceHost host;
    private final String vm = FenceHost.newVm();

    @BeforeEach
    void prepare() throws Exception {
        host = new FenceHost(litter, programs);
    }

    /** Decision 0090. Taken out of helper_run.c this was red. */
    @ParameterizedTest(name = "moved {0} ms, went on {1} ms")
    @CsvSource({"-2000, 0", "-2000, -30000", "-100, -500"})
    void sparesTheVmsOfAnAgentThatIsOrWasPausedWithinItsLease(long movedMs, long awakeMs) throws Exception {
        Process qemu = host.vm("-uuid", vm);
        host.agent(OLD);
        host.page(movedMs, awakeMs, 60_000);
        Answer paused = host.fence(vm);
        assertThat(paused.verdict()).isEqualTo("ambiguous");
        assertThat(paused.reason()).isEqualTo("agent-paused");
        assertThat(host.run().resolve("barrier")).doesNotExist();
        assertThat(qemu.isAlive()).isTrue();
    }

    @ParameterizedTest(name = "moved {0} ms, went on {1} ms, lease {2} ms")
    @CsvSource({"-100, 0, 60000", "-100, -5000, 60000", "-2000, 0, -1", "-100, -500, -1", "0, 0, 60000"})
    void anAgentThatMovesOrHasNoLeaseOrLeavesNoPulseIsNotPaused(long movedMs, long awakeMs, long leaseMs)
            throws Exception {
        Process qemu = host.vm("-uuid", vm);
        host.agent(OLD);
        host.page(movedMs, awakeMs, leaseMs);
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(qemu.waitFor()).isEqualTo(137);
    }

    @Test
    void anAgentThatIsGoneIsNotPaused() throws Exception {
        Process agent = litter.start("true");
        agent.waitFor();
        host.agent(agent.pid());
        host.page(-2_000, 0, 60_000);
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
    }
}
