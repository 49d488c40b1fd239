package io.quorumfence.coordinator.shell;

import io.quorumfence.coordinator.core.Evidence;
import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.Verdict;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line a decision, with the prefix that both sides of a pre-fence share. */
public final class DecisionLog implements GateListener {
    private static final Logger LOG = LoggerFactory.getLogger("io.quorumfence.decisions");
    private static final Set<String> NO_PEERS = Set.of(Evidence.COORDINATOR, Evidence.RECORD);

    @Override
    public void decided(GateEvent event) {
        if (event instanceof GateEvent.Judged judged) {
            Verdict verdict = judged.verdict();
            LOG.info(
                    "{} {} {} request={} round={} destination={} tookMs={}: {}",
                    prefix(judged.request().question(), verdict),
                    verdict.word(),
                    verdict.code(),
                    judged.request().id(),
                    judged.request().round(),
                    judged.request().question().destination(),
                    judged.tookNs() / 1_000_000,
                    verdict.text());
        }
    }

    /** The peer is whoever's observation stands first behind the verdict. */
    static String prefix(StartQuestion question, Verdict verdict) {
        String peer = verdict.evidence().stream()
                .map(Evidence::who)
                .filter(who -> !NO_PEERS.contains(who))
                .findFirst()
                .orElse("-");
        return "[pre-fence vm=" + question.vm() + " suspect=" + question.lastHost() + " peer=" + peer + "]";
    }
}
