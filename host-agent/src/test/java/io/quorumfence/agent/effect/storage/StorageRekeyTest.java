package io.quorumfence.agent.effect.storage;

import static io.quorumfence.agent.effect.storage.StorageBench.H1;
import static io.quorumfence.agent.effect.storage.StorageBench.H2;
import static io.quorumfence.agent.effect.storage.StorageBench.H3;
import static io.quorumfence.agent.effect.storage.StorageBench.S1;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Slot;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.wire.MacKey;
import io.quorumfence.wire.MacKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cell changes its MAC key while its agents run, one host after the other. */
class StorageRekeyTest {
    private static final MacKey OLD = MacKey.ofHex("5a".repeat(32));
    private static final MacKey NEW = MacKey.ofHex("a5".repeat(32));
    private static final MacKeys STILL_OLD = new MacKeys(OLD, List.of(NEW));
    private static final MacKeys NOW_NEW = new MacKeys(NEW, List.of(OLD));
    private static final MailEntry MAIL = new MailEntry(H1, H2, 1, new FenceToken(5), MailStage.HOLD, 2);

    @TempDir
    private Path directory;

    private StorageBench bench;

    @BeforeEach
    void format() throws Exception {
        bench = new StorageBench(directory);
        bench.format(S1);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aKeyIsChangedHostByHostAndNothingIsLost() throws Exception {
        StorageAgent claimer = start(H1, STILL_OLD);
        claimer.lanes.execute(new StorageCommand.MailRound(S1, 7, H2, MAIL));
        claimer.await(StorageObservation.MailRoundDone.class);
        claimer.close();

        // One after the other with the new key, while the rest still writes with the old one.
        StorageAgent last = start(H3, STILL_OLD);
        beats(start(H1, NOW_NEW));
        StorageAgent suspect = start(H2, NOW_NEW);
        assertThat(beats(suspect).mail()).containsExactly(Slot.of(MAIL));
        assertThat(last.goodBeat(S1).beats()).doesNotContainValue(Slot.unreadable());
        StorageRekey.Outcome tooEarly = rekey(NOW_NEW);
        assertThat(tooEarly.waiting()).hasSize(2);
        assertThat(tooEarly.waiting().get(0)).contains("host h3 are under an older key");
        assertThat(tooEarly.waiting().get(1)).contains("the header follows");
        assertThat(last.goodBeat(S1).beats()).doesNotContainValue(Slot.unreadable());

        last.close();
        beats(start(H3, NOW_NEW));
        StorageRekey.Outcome done = rekey(NOW_NEW);
        assertThat(done.waiting()).isEmpty();
        assertThat(done.written()).isEqualTo(2);
        assertThat(rekey(NOW_NEW)).isEqualTo(new StorageRekey.Outcome(0, List.of()));

        // The old key can go: who knows only the new one reads all there is, mail and records included.
        suspect.close();
        StorageAgent only = start(H2, MacKeys.of(NEW));
        assertThat(beats(only).mail()).containsExactly(Slot.of(MAIL));
        only.lanes.execute(new StorageCommand.ReadBallots(S1, 9));
        assertThat(only.await(StorageObservation.BallotsRead.class).blocks()).doesNotContainValue(Slot.unreadable());
        assertThat(rekey(MacKeys.of(NEW)).waiting()).isEmpty();
    }

    @Test
    void anAgentWithoutTheNewKeyCannotReadWhatIsUnderIt() throws Exception {
        StorageAgent knows = start(H1, NOW_NEW);
        beats(knows);
        StorageAgent other = bench.agent(H2, "h2", MacKeys.of(OLD), S1).opened(S1);
        assertThat(other.goodBeat(S1).beats().get(H1)).isEqualTo(Slot.unreadable());
    }

    private StorageAgent start(HostId host, MacKeys keys) {
        return bench.agent(host, host.value(), keys, S1).opened(S1);
    }

    /** Both copies of a beat. */
    private static StorageObservation.BeatRoundDone beats(StorageAgent agent) {
        agent.goodBeat(S1);
        return agent.goodBeat(S1);
    }

    private StorageRekey.Outcome rekey(MacKeys keys) throws StorageInitException {
        return new StorageRekey(bench.config(H1, S1), keys, StorageBench.NATIVES, bench.run("rekey"))
                .change(bench.config(H1, S1).storages().get(0));
    }
}
