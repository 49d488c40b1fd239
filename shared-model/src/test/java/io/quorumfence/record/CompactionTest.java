package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Permit;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private final Story cell = Story.ofJoined(3);

    private void fenceAndRejoin(int times) {
        for (int i = 0; i < times; i++) {
            cell.fence(A, B, Rung.TIME, ProofLevel.HOST_GONE);
            long counter = cell.record().host(B).orElseThrow().incarnation().counter() + 1;
            cell.then(new RecordChange.Join(B, life(counter, counter)));
        }
    }

    @Test
    void keepsTheNewestClosedClaims() {
        fenceAndRejoin(3 * Compaction.CLOSED_CLAIMS);

        long last = cell.lastClaim().token().value();
        assertThat(cell.record().claims())
                .hasSize(Compaction.CLOSED_CLAIMS)
                .allMatch(claim -> claim.token().value() > last - Compaction.CLOSED_CLAIMS);
    }

    @Test
    void keepsAProvenClaimWhileItsLifeIsTheNewest() {
        cell.fence(A, C, Rung.SIBLING_SSH, ProofLevel.VMS_GONE);
        FenceToken evidence = cell.lastClaim().token();

        fenceAndRejoin(3 * Compaction.CLOSED_CLAIMS);

        assertThat(cell.record().claim(evidence)).isPresent();
    }

    @Test
    void keepsAnOpenClaim() {
        cell.then(cell.claim(A, C));
        FenceToken open = cell.lastClaim().token();

        fenceAndRejoin(3 * Compaction.CLOSED_CLAIMS);

        assertThat(cell.record().claim(open)).isPresent();
    }

    @Test
    void keepsTheNewestEpochsInOrder() {
        fenceAndRejoin(10);

        assertThat(cell.record().goneHistory()).hasSize(Compaction.EPOCHS);
        assertThat(cell.record().goneHistory().get(Compaction.EPOCHS - 1).epoch())
                .isEqualTo(21);
        assertThat(cell.record().goneHistory().get(0).epoch()).isEqualTo(22L - Compaction.EPOCHS);
    }

    @Test
    void keepsTheNewestEndedPermitsAndEveryOpenOne() {
        for (int i = 0; i < 2 * Compaction.ENDED_PERMITS; i++) {
            cell.then(cell.grantBySaying("r" + i, A, B)).then(cell.end(false));
        }
        cell.then(cell.grantBySaying("open", A, B));

        assertThat(cell.record().permits()).hasSize(Compaction.ENDED_PERMITS + 1);
        assertThat(cell.record().permits().stream().filter(Permit::isOpen)).hasSize(1);
        assertThat(cell.record().permits().get(0).requestId()).isEqualTo("r" + Compaction.ENDED_PERMITS);
    }

    @Test
    void drawsNoNumberTwice() {
        fenceAndRejoin(2 * Compaction.CLOSED_CLAIMS);

        assertThat(cell.lastClaim().token().value()).isEqualTo(2L * Compaction.CLOSED_CLAIMS);
        assertThat(cell.record().nextNumber()).isEqualTo(2L * Compaction.CLOSED_CLAIMS + 1);
    }
}
