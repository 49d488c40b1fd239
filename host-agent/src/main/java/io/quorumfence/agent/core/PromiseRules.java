package io.quorumfence.agent.core;

import io.quorumfence.model.AckRequest;
import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.Promise;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.RequestObservation.OpinionAsked;
import io.quorumfence.model.observation.RequestObservation.PromiseAsked;
import io.quorumfence.record.CellRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Second opinions and promises for other claimers. A promise binds from the step that decides it, is on tmpfs before it
 * is sent (rule 16), and is released only when the record shows its token spent.
 */
final class PromiseRules {
    private PromiseRules() {}

    static void opinion(AgentState s, OpinionAsked asked, long nowNs, Out out) {
        out.command(new ReplyCommand.ReplyOpinion(asked.reply(), judge(s, asked.suspect(), asked.life(), nowNs)));
    }

    static Opinion judge(AgentState s, HostId suspect, Incarnation life, long nowNs) {
        if (isSeen(s, suspect, life, nowNs)) {
            return Opinion.SEEN;
        }
        long limit = Suspicion.suspectNs(s, suspect);
        boolean watchedTooShort = Suspicion.networkAge(s, suspect, nowNs) < limit
                || Suspicion.storageAge(s, suspect, life, nowNs) < limit;
        if (watchedTooShort) {
            return Opinion.UNFIT; // a young process has seen nothing yet, neither life nor silence
        }
        return Suspicion.unfit(s, suspect, nowNs).isPresent() ? Opinion.UNFIT : Opinion.SILENT;
    }

    static void asked(AgentState s, PromiseAsked asked, long nowNs, Out out) {
        if (s.record().isEmpty() || s.register.knownVersion() < asked.recordVersion()) {
            RecordDesk.heardOf(s, asked.recordVersion());
            s.promises.waiting.put(asked.reply(), asked);
            return;
        }
        decide(s, asked, nowNs, out);
    }

    /** Lets go on what waited for a record version. */
    static void progress(AgentState s, long nowNs, Out out) {
        if (s.promises.waiting.isEmpty()) {
            return;
        }
        List<PromiseAsked> ready = s.promises.waiting.values().stream()
                .filter(asked -> s.register.knownVersion() >= asked.recordVersion())
                .toList();
        for (PromiseAsked asked : ready) {
            s.promises.waiting.remove(asked.reply());
            decide(s, asked, nowNs, out);
        }
    }

    private static void decide(AgentState s, PromiseAsked asked, long nowNs, Out out) {
        Claim wanted = asked.claim();
        CellRecord record = s.record().orElseThrow();
        Optional<Claim> claim = record.claim(wanted.token()).filter(Claim::isOpen);
        boolean genuine = claim.isPresent()
                && claim.get().suspect().equals(wanted.suspect())
                && claim.get().incarnation().equals(wanted.incarnation())
                && claim.get().claimer().equals(asked.asker())
                && !wanted.suspect().equals(s.self());
        boolean counts = s.life != null && record.isJoined(s.self(), s.life);
        if (!genuine || !counts) {
            reply(asked.reply(), PromiseAnswer.of(PromiseAnswer.Kind.REFUSED), out);
            return;
        }
        if (s.config.reaction().shadow()) {
            out.event(new JournalEvent.WouldHave(
                    s.self(), "promise claim " + wanted.token() + " on " + wanted.suspect(), "mode is shadow"));
            reply(asked.reply(), PromiseAnswer.of(PromiseAnswer.Kind.REFUSED), out);
            return;
        }
        // A promise younger than the suspicion time is no promise but a sign of life (rule 16).
        boolean bound = s.promises.bound.containsKey(wanted.token());
        if (!bound && isSeen(s, wanted.suspect(), wanted.incarnation(), nowNs)) {
            reply(asked.reply(), PromiseAnswer.of(PromiseAnswer.Kind.SEEN), out);
            return;
        }
        bind(s, wanted, asked.recordVersion(), out);
        s.promises
                .storing
                .computeIfAbsent(wanted.token(), token -> new LinkedHashMap<>())
                .put(asked.reply(), asked);
    }

    private static boolean isSeen(AgentState s, HostId suspect, Incarnation life, long nowNs) {
        long limit = Suspicion.suspectNs(s, suspect);
        PeerView peer = s.peers.get(suspect);
        boolean heard = peer != null && nowNs - peer.lastSignNs() < limit;
        boolean beats = s.lanes.values().stream()
                .map(lane -> lane.sighting(suspect))
                .anyMatch(sighting -> sighting != null && sighting.moved() && nowNs - sighting.seenNs(life) < limit);
        return heard || beats;
    }

    /** The claimer is bound like everybody else in its blocking set. */
    static void bindSelf(AgentState s, Claim claim, long recordVersion, Out out) {
        bind(s, claim, recordVersion, out);
    }

    private static void bind(AgentState s, Claim claim, long recordVersion, Out out) {
        Promise promise =
                new Promise(claim.token(), claim.suspect(), claim.incarnation().counter(), recordVersion);
        s.promises.bound.put(claim.token(), promise);
        out.command(new LocalCommand.StorePromises(List.copyOf(s.promises.bound.values()), claim.token()));
    }

    static void stored(AgentState s, EffectObservation.PromiseStored stored, long nowNs, Out out) {
        Map<ReplyId, PromiseAsked> asked = s.promises.storing.remove(stored.token());
        if (asked == null) {
            return;
        }
        for (PromiseAsked one : asked.values()) {
            if (stored.ok()) {
                send(s, one, nowNs, out);
            } else {
                reply(one.reply(), PromiseAnswer.of(PromiseAnswer.Kind.REFUSED), out);
            }
        }
    }

    private static void send(AgentState s, PromiseAsked asked, long nowNs, Out out) {
        FenceToken token = asked.claim().token();
        HostId suspect = asked.claim().suspect();
        PeerView peer = s.peers.get(suspect);
        // Rule 2: what an earlier process of this host acknowledged is unknown, so the age is at most this one's.
        long last = Math.max(s.facts.processStartNs(), peer == null ? Timing.NEVER : peer.ackSentNs);
        long age = nowNs - last;
        // Of another life it knows terms and epochs, and they say nothing of this one.
        Incarnation life = asked.claim().incarnation();
        Optional<AckRequest> acked = Optional.ofNullable(peer)
                .flatMap(view -> Optional.ofNullable(view.lastAcked))
                .filter(request -> request.incarnation().equals(life));
        Optional<AckRequest> shown = Optional.ofNullable(peer)
                .flatMap(view -> Optional.ofNullable(view.request))
                .filter(request -> request.incarnation().equals(life));
        Optional<Terms> terms = acked.map(AckRequest::terms);
        long epoch = shown.map(AckRequest::epoch).orElse(0L);
        out.event(new JournalEvent.PromiseMade(token, suspect, age));
        reply(asked.reply(), new PromiseAnswer(PromiseAnswer.Kind.PROMISED, age, terms, epoch), out);
    }

    private static void reply(ReplyId to, PromiseAnswer answer, Out out) {
        out.command(new ReplyCommand.ReplyPromise(to, answer));
    }
}
