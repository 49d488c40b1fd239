package io.quorumfence.agent.core;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Terms;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import java.util.Arrays;
import java.util.Iterator;

/** The lease's renewals on both planes, and the keeper's expiry that follows them. */
final class Rounds {
    private Rounds() {}

    static void progress(AgentState s, long nowNs, Out out) {
        moveExpiry(s, out); // before anything goes out: a beat never promises what the keeper does not hold yet
        if (s.isShown() && nowNs >= s.lease.nextRoundNs) {
            send(s, nowNs, out);
        }
    }

    private static void send(AgentState s, long nowNs, Out out) {
        s.lease.nextRoundNs = nowNs + s.timing.beatNs();
        long sequence = ++s.sequence;
        s.lease.rounds.put(sequence, new Lease.Round(nowNs, s.arming.termsVersion));
        forgetOldRounds(s);
        int membership = s.record().map(CellRecord::membership).orElse(0);
        long epoch = s.record().map(CellRecord::epoch).orElse(0L);
        Terms terms = s.terms();
        for (PeerView peer : s.peers.values()) {
            out.command(new PeerCommand.SendAckRequest(new AckRequest(
                    s.self(),
                    peer.host,
                    s.requireLife(),
                    s.phase,
                    sequence,
                    peer.nonce,
                    s.register.knownVersion(),
                    membership,
                    epoch,
                    terms)));
        }
        renewByNetwork(s, s.lease.rounds.get(sequence));
    }

    private static void forgetOldRounds(AgentState s) {
        Iterator<Long> oldest = s.lease.rounds.keySet().iterator();
        while (s.lease.rounds.size() > Lease.ROUNDS_KEPT && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }

    static void acked(AgentState s, Ack ack) {
        Lease.Round round = s.lease.rounds.get(ack.sequence());
        boolean mine = s.isJoined() && ack.counter() == s.requireLife().counter();
        boolean sameCell = s.record()
                .filter(record -> record.membership() == ack.membership())
                .isPresent();
        if (round != null && mine && sameCell && ack.kind() == Ack.Kind.ACKNOWLEDGED) {
            round.acked.add(ack.from());
            renewByNetwork(s, round);
        }
    }

    /** The round counts at its SEND time when a majority of the counted hosts acknowledged, this one included. */
    private static void renewByNetwork(AgentState s, Lease.Round round) {
        boolean news = round.sentNs > s.lease.networkNs || round.termsVersion > s.lease.networkTermsVersion;
        if (!news || !s.isJoined() || s.record().isEmpty() || !s.mayCountPeers()) {
            return;
        }
        CellRecord record = s.record().get();
        int counted = 0;
        int acked = 0;
        for (HostId host : record.members()) {
            if (!record.gone().contains(host)) {
                counted++;
                acked += host.equals(s.self()) || round.acked.contains(host) ? 1 : 0;
            }
        }
        if (!record.gone().contains(s.self()) && acked >= Quorum.majority(counted)) {
            s.lease.renewedByNetwork(round.sentNs);
            s.lease.networkTermsVersion = Math.max(s.lease.networkTermsVersion, round.termsVersion);
        }
    }

    /**
     * The storage plane renews at the oldest start among the freshest majority. Each lane has its own cadence: a
     * claim's mailbox majority and this one share a lane on which either this host's mailbox read came after the
     * claimer's write, or the claimer's slot read came after this host's beat (decision 0002).
     */
    static void renewByStorage(AgentState s, long nowNs) {
        // On other storages than the record's a majority meets nobody's (rule 14).
        if (!s.isJoined()
                || isHeld(s)
                || s.record().filter(record -> !s.isOfThisCell(record)).isPresent()) {
            return;
        }
        long[] starts = new long[s.lanes.size()];
        int lanes = 0;
        for (Lane lane : s.lanes.values()) {
            starts[lanes++] = lane.cleanStartNs;
        }
        Arrays.sort(starts);
        long start = starts[lanes - Quorum.majority(lanes)];
        // A start that was not within the lease when it completes is late: the latch has been checked at nowNs already.
        if (start <= nowNs && start > Timing.NEVER) {
            s.lease.renewedByStorage(start);
        }
    }

    /** Whether some mailbox speaks of this life with a token that is not spent. */
    static boolean isHeld(AgentState s) {
        for (Lane lane : s.lanes.values()) {
            for (MailEntry entry : lane.mail) {
                if (binds(s, entry)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean binds(AgentState s, MailEntry entry) {
        if (s.life == null || !entry.binds(s.life)) {
            return false;
        }
        if (s.register.knownVersion() < entry.recordVersion() || s.record().isEmpty()) {
            return true;
        }
        return s.record()
                .get()
                .claim(entry.token())
                .filter(claim -> claim.isOpen() || claim.isProven())
                .isPresent();
    }

    /** A plain store to shared memory each step; the keeper never sees an end earlier than a beat promised (rule 4). */
    private static void moveExpiry(AgentState s, Out out) {
        if (!s.isJoined()) {
            return;
        }
        long expiry = s.arming.bounded() ? s.leaseEndNs() + s.timing.actNs() : LocalCommand.NO_EXPIRY;
        out.command(new LocalCommand.SetExpiry(s.requireLife().counter(), expiry, s.leaseEndNs()));
    }
}
