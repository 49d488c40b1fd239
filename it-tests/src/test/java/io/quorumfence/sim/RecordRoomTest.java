package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.PermitBasis;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The production core with storages of the standard size, asked for more permits than they hold. */
class RecordRoomTest {
    private static final int ASKED = 400;

    private final SimCell cell =
            new SimCell(SimCellTest.configs(2, 1, WatchdogKind.FIFO_LAB, SelfFenceAction.STOP_VMS), 42, false);
    private final List<ReplyCommand> replies = new ArrayList<>();

    private CellRecord record() {
        return AgentFacts.record(cell.agent(cell.host(0).id));
    }

    private void grant(int number) {
        HostId last = cell.host(1).id;
        var basis =
                new PermitBasis.HostSays(last, record().host(last).orElseThrow().incarnation(), Rung.HOST_SAYS);
        cell.calls.call(
                cell.faults.gates(),
                cell.host(0),
                id -> new RequestObservation.GrantAsked(
                        id,
                        new UUID(1, number).toString(),
                        new VmId(new UUID(2, number)),
                        last,
                        cell.host(0).id,
                        basis,
                        60_000),
                reply -> {
                    if (reply != null) {
                        replies.add(reply);
                    }
                });
    }

    private List<String> refusals() {
        return replies.stream()
                .filter(ReplyCommand.ReplyRefused.class::isInstance)
                .map(reply -> ((ReplyCommand.ReplyRefused) reply).code())
                .toList();
    }

    private long permits() {
        return replies.stream()
                .filter(ReplyCommand.ReplyPermit.class::isInstance)
                .count();
    }

    @Test
    void refusesWhatTheBlocksDoNotHoldAndGrantsAgainAfterAnEnd() {
        cell.powerOnAll();
        cell.run(8_000);
        for (int i = 0; i < ASKED; i++) {
            grant(i);
        }
        cell.run(4_000);

        assertThat(refusals()).isNotEmpty().allMatch("record-full"::equals);
        assertThat(permits()).isBetween(250L, 350L);
        assertThat(permits() + refusals().size()).isEqualTo(ASKED);
        assertThat(StorageBlocks.bytesOf(BallotBlock.of(record())))
                .isLessThan(Layout.standard().ballotRoom() / 2);

        long granted = permits();
        List<Permit> open = record().permits();
        for (Permit permit : open.subList(0, 100)) {
            cell.calls.call(
                    cell.faults.gates(),
                    cell.host(0),
                    id -> new RequestObservation.EndAsked(id, permit.id()),
                    reply -> {});
        }
        cell.run(2_000);
        grant(ASKED);
        cell.run(2_000);

        assertThat(permits()).isEqualTo(granted + 1);
        assertThat(cell.oracle.violations).isEmpty();
    }
}
