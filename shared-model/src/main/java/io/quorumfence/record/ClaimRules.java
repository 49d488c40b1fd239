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
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.Optional;

/** When a claim may be opened, taken over, withdrawn and proven, as a function of the record alone (I4, I6, rule 8). */
final class ClaimRules {
    private ClaimRules() {}

    static ChangeResult open(RecordChange.OpenClaim wish, CellRecord record) {
        if (!record.isJoined(wish.suspect(), wish.life())) {
            return new Rejected(
                    "stale-incarnation", "life " + wish.life().counter() + " of " + wish.suspect() + " is not joined");
        }
        if (isUnfit(wish.claimer(), wish.claimerLife(), wish.suspect(), record)) {
            return unfit(wish.claimer());
        }
        Optional<Claim> standing = record.standingClaimOn(wish.suspect(), wish.life());
        if (standing.isPresent()) {
            boolean own = standing.get().isOpen() && standing.get().claimer().equals(wish.claimer());
            return own
                    ? new Already()
                    : new Rejected(
                            "claimed", "token " + standing.get().token() + " already stands on " + wish.suspect());
        }
        long recent = StormGuard.within(record, wish);
        if (recent >= wish.stormLimit()) {
            return new Rejected(
                    "storm-guard",
                    recent + " claims within the window, limit " + wish.stormLimit() + "; an operator decides");
        }
        CellRecord.Draft draft = record.draft();
        draft.add(new Claim(
                new FenceToken(draft.takeNumber()),
                wish.suspect(),
                wish.life(),
                wish.claimer(),
                wish.claimerLife(),
                ClaimStage.CLAIMED,
                Optional.empty()));
        return new Applied(draft.next());
    }

    /** Whoever is claimed may not claim, so two that suspect each other cannot both win; nobody claims himself. */
    static boolean isUnfit(HostId claimer, Incarnation life, HostId suspect, CellRecord record) {
        return claimer.equals(suspect)
                || !record.isJoined(claimer, life)
                || record.gone().contains(claimer)
                || record.standingClaimOn(claimer, life).isPresent();
    }

    static Rejected unfit(HostId claimer) {
        return new Rejected("claimer-unfit", "claimer " + claimer + " is itself claimed, the suspect, or not joined");
    }

    static ChangeResult takeOver(RecordChange.TakeOver wish, CellRecord record) {
        Optional<Claim> found = record.claim(wish.token());
        if (found.isEmpty() || found.get().stage() != ClaimStage.CLAIMED) {
            return new Rejected("claim-closed", "token " + wish.token() + " is not open for a takeover");
        }
        Claim claim = found.get();
        if (isWorkedOnBy(claim, wish.claimer(), wish.claimerLife())) {
            return new Already();
        }
        if (!claim.claimer().equals(wish.from())) {
            return new Rejected("claimed", "token " + wish.token() + " is worked on by " + claim.claimer());
        }
        if (isUnfit(wish.claimer(), wish.claimerLife(), claim.suspect(), record)) {
            return unfit(wish.claimer());
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(claim.takenOverBy(wish.claimer(), wish.claimerLife()));
        return new Applied(draft.next());
    }

    static boolean isWorkedOnBy(Claim claim, HostId claimer, Incarnation life) {
        return claim.claimer().equals(claimer) && claim.claimerIncarnation().equals(life);
    }

    static ChangeResult withdraw(RecordChange.Withdraw wish, CellRecord record) {
        Optional<Claim> found = record.claim(wish.token());
        if (found.isEmpty() || found.get().stage() == ClaimStage.WITHDRAWN) {
            return new Already();
        }
        Claim claim = found.get();
        boolean mayWithdraw = wish.by().equals(claim.claimer()) || wish.by().equals(claim.suspect());
        if (claim.stage() != ClaimStage.CLAIMED || !mayWithdraw) {
            return new Rejected("claim-closed", "token " + wish.token() + " is " + claim.stage());
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(claim.at(ClaimStage.WITHDRAWN));
        return new Applied(draft.next());
    }

    static ChangeResult prove(RecordChange.Prove wish, CellRecord record) {
        Optional<Claim> found = record.claim(wish.token());
        if (found.isEmpty()) {
            return new Rejected("claim-closed", "token " + wish.token() + " is not in the record");
        }
        Claim claim = found.get();
        if (claim.isProven()) {
            return new Already();
        }
        if (!claim.isOpen() || !isWorkedOnBy(claim, wish.claimer(), wish.claimerLife())) {
            return new Rejected(
                    "claim-closed", "token " + wish.token() + " is " + claim.stage() + " by " + claim.claimer());
        }
        Proof proof = wish.proof();
        if (!proves(proof, claim.stage())) {
            return new Rejected("proof-void", proof.rung().code() + " alone does not prove " + proof.level());
        }
        if (proof.rung() == Rung.TIME && wish.epoch() != record.epoch()) {
            return new Rejected("epoch-moved", "judged under epoch " + wish.epoch() + ", in force " + record.epoch());
        }
        return proven(claim, proof, record);
    }

    /** Rules 1 and 8: a rung proves its own level at most, and power nothing without an intent decided before it. */
    private static boolean proves(Proof proof, ClaimStage at) {
        return switch (proof.rung()) {
            case HOST_SAYS, SIBLING_SSH, PILL, OPERATOR -> proof.level() == ProofLevel.VMS_GONE;
            case REBORN, TIME -> true;
            case POWER -> at == ClaimStage.POWER_INTENT && proof.level() == ProofLevel.HOST_GONE;
        };
    }

    private static ChangeResult proven(Claim claim, Proof proof, CellRecord record) {
        CellRecord.Draft draft = record.draft();
        Claim proven = claim.proven(proof);
        draft.replace(proven);
        MoveRules.leave(proven, record, draft);
        HostEntry entry = record.hosts().get(claim.suspect());
        if (entry != null && entry.incarnation().equals(claim.incarnation()) && proof.level() == ProofLevel.HOST_GONE) {
            draft.put(new HostEntry(entry.host(), entry.incarnation(), true));
            record.permits().stream()
                    .filter(permit -> permit.isOpen() && permit.destination().equals(entry.host()))
                    .forEach(permit -> draft.replace(permit.at(PermitStage.ENDED)));
        }
        return new Applied(draft.next());
    }
}
