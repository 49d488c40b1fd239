package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.Optional;
import java.util.Set;

/**
 * One decision to be written. Validity is a function of the record it is applied to, so every reader agrees; every
 * change is idempotent, so a proposer whose value was decided by somebody else finds it {@link Already} true.
 */
public sealed interface RecordChange {

    ChangeResult applyTo(CellRecord record);

    /** A new life of a host enters the record. A new kernel boot id is also the proof that the old life is gone. */
    record Join(HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            if (!record.members().contains(host)) {
                return new Rejected("unknown-host", "host " + host + " is not a member of cell " + record.cell());
            }
            HostEntry before = record.hosts().get(host);
            if (before != null && before.incarnation().equals(life) && !before.gone()) {
                return new Already();
            }
            if (before != null && !life.isLaterThan(before.incarnation())) {
                return new Rejected(
                        "stale-incarnation",
                        "host " + host + " life " + life.counter() + " is not after "
                                + before.incarnation().counter());
            }
            CellRecord.Draft draft = record.draft();
            if (before != null) {
                closeClaims(record, draft, before.incarnation());
            }
            draft.put(new HostEntry(host, life, false));
            return new Applied(draft.next());
        }

        /**
         * A later life joins only after a new kernel boot, or after the latched one verified its VMs gone; either way
         * no VM of the old life is left.
         */
        private void closeClaims(CellRecord record, CellRecord.Draft draft, Incarnation old) {
            boolean reborn = life.isRebornFrom(old);
            Proof proof = reborn
                    ? new Proof(Rung.REBORN, ProofLevel.HOST_GONE, host + " joined with kernel boot " + life.bootId())
                    : new Proof(Rung.HOST_SAYS, ProofLevel.VMS_GONE, host + " latched, verified its VMs gone, joined");
            record.claims().stream()
                    .filter(claim -> claim.stage() == ClaimStage.CLAIMED && claim.binds(host, old))
                    .forEach(claim -> draft.replace(claim.proven(proof)));
            // Rule 11: a redeemed permit ends when its destination's life is gone.
            record.permits().stream()
                    .filter(permit -> permit.isOpen() && permit.destination().equals(host))
                    .filter(permit -> life.isRebornFrom(permit.destinationIncarnation()))
                    .forEach(permit -> draft.replace(permit.at(PermitStage.ENDED)));
        }
    }

    /**
     * (S, i) is claimed.
     *
     * @param aged tokens older than the storm window on the claimer's own clock; unknown ages are not in it (rule 15)
     * @param stormLimit claims allowed within the window
     */
    record OpenClaim(
            HostId suspect,
            Incarnation life,
            HostId claimer,
            Incarnation claimerLife,
            Set<FenceToken> aged,
            int stormLimit)
            implements RecordChange {
        public OpenClaim {
            aged = Set.copyOf(aged);
        }

        @Override
        public ChangeResult applyTo(CellRecord record) {
            if (!record.isJoined(suspect, life)) {
                return new Rejected(
                        "stale-incarnation", "life " + life.counter() + " of " + suspect + " is not joined");
            }
            if (!record.isJoined(claimer, claimerLife)
                    || record.standingClaimOn(claimer, claimerLife).isPresent()) {
                return new Rejected("claimer-unfit", "claimer " + claimer + " is itself claimed or not joined");
            }
            Optional<Claim> standing = record.standingClaimOn(suspect, life);
            if (standing.isPresent()) {
                return standing.get().claimer().equals(claimer)
                                && standing.get().isOpen()
                        ? new Already()
                        : new Rejected("claimed", "token " + standing.get().token() + " already stands on " + suspect);
            }
            long recent = record.claims().stream().filter(this::countsForStorm).count();
            if (recent >= stormLimit) {
                return new Rejected(
                        "storm-guard",
                        recent + " claims within the window, limit " + stormLimit + "; an operator decides");
            }
            CellRecord.Draft draft = record.draft();
            draft.add(new Claim(
                    new FenceToken(draft.takeNumber()),
                    suspect,
                    life,
                    claimer,
                    claimerLife,
                    ClaimStage.CLAIMED,
                    Optional.empty()));
            return new Applied(draft.next());
        }

        private boolean countsForStorm(Claim claim) {
            boolean touchedNobody = claim.stage() == ClaimStage.WITHDRAWN
                    || claim.proof()
                            .filter(p -> p.rung() == Rung.REBORN || p.rung() == Rung.HOST_SAYS)
                            .isPresent();
            return !touchedNobody && !aged.contains(claim.token());
        }
    }

    /** A survivor goes on with an open claim under its own token; never over an open power intent (rule 8). */
    record TakeOver(FenceToken token, HostId from, HostId claimer, Incarnation claimerLife) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            Optional<Claim> found = record.claim(token);
            if (found.isEmpty() || found.get().stage() != ClaimStage.CLAIMED) {
                return new Rejected("claim-closed", "token " + token + " is not open for a takeover");
            }
            Claim claim = found.get();
            if (claim.claimer().equals(claimer) && claim.claimerIncarnation().equals(claimerLife)) {
                return new Already();
            }
            if (!claim.claimer().equals(from)) {
                return new Rejected("claimed", "token " + token + " is worked on by " + claim.claimer());
            }
            if (!record.isJoined(claimer, claimerLife)
                    || record.standingClaimOn(claimer, claimerLife).isPresent()
                    || claimer.equals(claim.suspect())) {
                return new Rejected("claimer-unfit", "claimer " + claimer + " is itself claimed or not joined");
            }
            CellRecord.Draft draft = record.draft();
            draft.replace(claim.takenOverBy(claimer, claimerLife));
            return new Applied(draft.next());
        }
    }

    /** The claim is spent: the suspect was seen, or the suspect itself withdraws it while its lease lives. */
    record Withdraw(FenceToken token, HostId by) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            Optional<Claim> found = record.claim(token);
            if (found.isEmpty() || found.get().stage() == ClaimStage.WITHDRAWN) {
                return new Already();
            }
            Claim claim = found.get();
            boolean mayWithdraw = by.equals(claim.claimer()) || by.equals(claim.suspect());
            if (claim.stage() != ClaimStage.CLAIMED || !mayWithdraw) {
                return new Rejected("claim-closed", "token " + token + " is " + claim.stage());
            }
            CellRecord.Draft draft = record.draft();
            draft.replace(claim.at(ClaimStage.WITHDRAWN));
            return new Applied(draft.next());
        }
    }

    /**
     * Absence is proven.
     *
     * @param epoch the gone-set version the proof was judged under; another one voids it (decision 0003)
     */
    record Prove(FenceToken token, HostId claimer, Incarnation claimerLife, long epoch, Proof proof)
            implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            Optional<Claim> found = record.claim(token);
            if (found.isEmpty()) {
                return new Rejected("claim-closed", "token " + token + " is not in the record");
            }
            Claim claim = found.get();
            if (claim.isProven()) {
                return new Already();
            }
            if (claim.stage() != ClaimStage.CLAIMED
                    || !claim.claimer().equals(claimer)
                    || !claim.claimerIncarnation().equals(claimerLife)) {
                return new Rejected(
                        "claim-closed", "token " + token + " is " + claim.stage() + " by " + claim.claimer());
            }
            if (proof.rung() == Rung.TIME && epoch != record.epoch()) {
                return new Rejected("epoch-moved", "judged under epoch " + epoch + ", in force " + record.epoch());
            }
            CellRecord.Draft draft = record.draft();
            draft.replace(claim.proven(proof));
            HostEntry entry = record.hosts().get(claim.suspect());
            if (entry != null
                    && entry.incarnation().equals(claim.incarnation())
                    && proof.level() == ProofLevel.HOST_GONE) {
                draft.put(new HostEntry(entry.host(), entry.incarnation(), true));
                endPermitsOn(record, draft, entry);
            }
            return new Applied(draft.next());
        }

        private static void endPermitsOn(CellRecord record, CellRecord.Draft draft, HostEntry entry) {
            record.permits().stream()
                    .filter(permit -> permit.isOpen() && permit.destination().equals(entry.host()))
                    .forEach(permit -> draft.replace(permit.at(PermitStage.ENDED)));
        }
    }

    /** One VM may start on one host, once; see {@link PermitRules}. */
    record GrantPermit(String requestId, VmId vm, HostId lastHost, HostId destination, PermitBasis basis, long ttlMs)
            implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.grant(this, record);
        }
    }

    /** The destination takes its permit, right before the start. */
    record RedeemPermit(long id, HostId destination, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.redeem(this, record);
        }
    }

    /** The permit is over: cancelled, or its VM was verified gone behind the destination's barrier. */
    record EndPermit(long id, boolean verifiedAbsent) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.end(this, record);
        }
    }
}
