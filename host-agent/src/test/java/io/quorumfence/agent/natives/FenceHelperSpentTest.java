package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.natives.FenceHost.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A claim that was taken back costs the host nothing, also when a shell under it comes late. The token is 3. */
@Timeout(60)
class FenceHelperSpentTest {
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

    @Test
    void aTokenBelowTheNumberDoesNothing() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.writeString(host.run().resolve("spent"), "below=4\n");

        Answer answer = host.fence(vm);

        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("spent");
        assertThat(qemu.isAlive()).isTrue();
        assertThat(host.run().resolve("barrier")).doesNotExist();
    }

    @Test
    void theNextClaimIsObeyed() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.writeString(host.run().resolve("spent"), "below=3\n");

        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(qemu.isAlive()).isFalse();
    }

    @Test
    void aNumberThatCannotBeReadRefuses() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.writeString(host.run().resolve("spent"), "below=\n");

        Answer answer = host.fence(vm);

        assertThat(answer.reason()).isEqualTo("spent-unknown");
        assertThat(qemu.isAlive()).isTrue();
    }
}
