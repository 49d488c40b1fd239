package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.coordinator.core.status.RecordView.Exempt;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import java.util.ArrayList;
import java.util.List;

/** Reads the cell record out of a status, and a permit out of an answer. Pure; any thread. */
final class RecordReader {
    private RecordReader() {}

    static RecordView read(AnswerFields fields) throws UnreadableAnswer {
        List<RecordHost> hosts = new ArrayList<>();
        for (AnswerFields host : fields.objects("hosts")) {
            hosts.add(new RecordHost(
                    host.host("host"), host.number("counter"), host.uuidOrNull("bootId"), host.flag("gone")));
        }
        List<ClaimView> claims = new ArrayList<>();
        for (AnswerFields claim : fields.objects("claims")) {
            claims.add(claim(claim));
        }
        List<PermitView> permits = new ArrayList<>();
        for (AnswerFields permit : fields.objects("permits")) {
            permits.add(permit(permit));
        }
        List<Exempt> exempt = new ArrayList<>();
        if (fields.has("exemptions")) { // an older agent knows of none
            for (AnswerFields entry : fields.objects("exemptions")) {
                exempt.add(new Exempt(
                        entry.vm("vm"),
                        entry.text("class"),
                        entry.text("by"),
                        entry.text("why"),
                        entry.hosts("awaited").stream().map(HostId::value).toList()));
            }
        }
        return new RecordView(fields.number("version"), fields.hosts("members"), hosts, claims, permits, exempt);
    }

    private static ClaimView claim(AnswerFields fields) throws UnreadableAnswer {
        long token = fields.number("token");
        if (token <= 0) {
            throw new UnreadableAnswer("a claim has token " + token);
        }
        return new ClaimView(
                new FenceToken(token),
                fields.host("suspect"),
                fields.number("counter"),
                fields.has("claimer") ? fields.host("claimer") : null,
                fields.choice("stage", ClaimStage.class),
                fields.textOrNull("rung"),
                fields.textOrNull("level"),
                fields.textOr("evidence", ""));
    }

    static PermitView permit(AnswerFields fields) throws UnreadableAnswer {
        return new PermitView(
                fields.number("id"),
                fields.text("requestId"),
                fields.vm("vm"),
                fields.host("lastHost"),
                fields.host("destination"),
                fields.number("destinationCounter"),
                fields.choice("stage", PermitStage.class),
                fields.text("rung"));
    }
}
