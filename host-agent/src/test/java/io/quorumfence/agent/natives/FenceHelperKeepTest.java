package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.natives.FenceHost.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the fence helper leaves alone when it ends all others (decision 0042). */
@Timeout(60)
class FenceHelperKeepTest {
    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path programs;

    private FenceHost host;
    private final String vm = FenceHost.newVm();
    private final String kept = FenceHost.newVm();

    @BeforeEach
    void prepare() throws Exception {
        host = new FenceHost(litter, programs);
    }

    @Test
    void endsAllOthersAndSaysNothingOfTheKept() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: a PID namespace needs root");
        Path alive = programs.resolve("alive");
        Path qemu = programs.resolve("qemu-system-test");
        String script = qemu + " -uuid " + vm + " >&2 & " + qemu + " -uuid " + kept + " >&2 & "
                + "until [ $(cat /proc/*/comm | grep -c ^qemu-system-tes) = 2 ]; do :; done; "
                + "echo '" + FenceHost.line(7, "all keep=" + kept) + "' | " + String.join(" ", host.command())
                + "; for p in $(grep -l ^qemu-system-tes /proc/[0-9]*/comm); do "
                + "tr '\\0' ' ' < ${p%comm}cmdline; done > "
                + alive;
        Process world =
                litter.start("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", script);
        Answer answer = FenceHost.answer(world);

        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.json().get("vms")).hasSize(1);
        assertThat(answer.detail(vm)).isEqualTo("killed");
        assertThat(alive).content().contains("uuid " + kept).doesNotContain("uuid " + vm);
    }

    @Test
    void refusesALineThatItDoesNotUnderstand() throws Exception {
        String[] wrong = {
            "all keep=", "all keep=all", "all keep=" + kept + ",", vm + " keep=" + kept, "all spare=" + kept
        };
        for (String vms : wrong) {
            Litter.Result refused = host.refused(FenceHost.line(FenceHost.COUNTER, vms) + "\n");
            assertThat(refused.code()).as(vms).isEqualTo(64);
        }
    }
}
