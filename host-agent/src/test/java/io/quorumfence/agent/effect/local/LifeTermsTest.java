package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Profile;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.LocalCommand.StoreIncarnation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an armed life has promised outlives a change of its configuration (rule 4, H4). */
class LifeTermsTest {
    private static final UUID BOOT = new UUID(1, 2);

    private Path run;
    private TmpfsState state;

    @BeforeEach
    void open() throws Exception {
        run = Files.createTempDirectory(Path.of("/dev/shm"), "qf-terms");
        state = TmpfsState.open(run, BOOT, observation -> {});
    }

    @AfterEach
    void remove() throws Exception {
        state.close();
        try (var files = Files.walk(run)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void anArmedLifeGoesOnUnderTheTermsItPromised() throws Exception {
        lived();
        CellConfig before = config(Profile.FAST, SelfFenceAction.STOP_VMS);
        assertThat(state.holdTerms(before, page(5_000))).isEqualTo(before);

        CellConfig edited = config(Profile.PATIENT, SelfFenceAction.LOG_ONLY);
        assertThat(state.holdTerms(edited, page(5_000))).isEqualTo(before);
        assertThat(state.holdTerms(edited, page(5_000)))
                .as("and the one after it too")
                .isEqualTo(before);
    }

    @Test
    void aLifeThatPromisedNoEndTakesTheNewOnes() throws Exception {
        lived();
        state.holdTerms(config(Profile.FAST, SelfFenceAction.LOG_ONLY), page(LocalCommand.NO_EXPIRY));
        CellConfig edited = config(Profile.NORMAL, SelfFenceAction.STOP_VMS);
        assertThat(state.holdTerms(edited, page(LocalCommand.NO_EXPIRY))).isEqualTo(edited);
    }

    @Test
    void aPageOfAnotherLifeLeavesThePromiseUnknown() throws Exception {
        lived();
        CellConfig before = config(Profile.FAST, SelfFenceAction.STOP_VMS);
        state.holdTerms(before, page(5_000));
        KeeperWords other = new KeeperWords(1, 1, 1, LocalCommand.NO_EXPIRY, 9, 0, 2_000, true, 0, 0);
        assertThat(state.holdTerms(config(Profile.PATIENT, SelfFenceAction.NONE), other))
                .isEqualTo(before);
    }

    @Test
    void textThatWasCutShortIsNotRead() {
        String text = LifeTerms.of(config(Profile.FAST, SelfFenceAction.REBOOT)).text();
        assertThat(LifeTerms.read(text).action()).isEqualTo(SelfFenceAction.REBOOT);
        assertThatThrownBy(() -> LifeTerms.read(text.substring(0, text.lastIndexOf(' '))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A joined life of this boot, as an earlier process left it. */
    private void lived() throws Exception {
        state.storeIncarnation(new StoreIncarnation(new Incarnation(3, BOOT), true));
        Path stored = run.resolve(TmpfsState.INCARNATION);
        for (long end = System.nanoTime() + 10_000_000_000L; !Files.exists(stored); ) {
            assertThat(System.nanoTime()).as("it is stored").isLessThan(end);
            Thread.onSpinWait();
        }
        state.close();
        state = TmpfsState.open(run, BOOT, observation -> {});
        assertThat(state.load(page(5_000)).life()).isPresent();
    }

    private static KeeperWords page(long expiryNs) {
        return new KeeperWords(1, 1, 1, expiryNs, 3, 0, 2_000, true, 0, 4_000);
    }

    private static CellConfig config(Profile profile, SelfFenceAction action) {
        return new CellConfig(
                new CellId("test"),
                new HostId("h1"),
                List.of(),
                List.of(),
                List.of(),
                profile.deadlines(),
                1_000,
                Duration.ofSeconds(1),
                action,
                WatchdogKind.DEVICE,
                0,
                Duration.ofMinutes(10));
    }
}
