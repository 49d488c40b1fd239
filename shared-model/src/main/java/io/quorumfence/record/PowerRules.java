package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.Optional;

/**
 * When a power intent may be opened, and who may end it (rules 8 and 9). A power command reaches whatever life the
 * suspect has by then, so as long as one may be under way the claim stays its holder's, and the suspect barred.
 */
final class PowerRules {
    private PowerRules() {}

    static ChangeResult intend(RecordChange.IntendPower wish, CellRecord record) {
        Optional<Claim> found = record.claim(wish.token());
        if (found.isEmpty()
                || !found.get().isOpen()
                || !ClaimRules.isWorkedOnBy(found.get(), wish.claimer(), wish.claimerLife())) {
            return new Rejected("claim-closed", "token " + wish.token() + " is not open and " + wish.claimer() + "'s");
        }
        Claim claim = found.get();
        if (claim.stage() == ClaimStage.POWER_INTENT) {
            return new Already();
        }
        if (ClaimRules.isUnfit(wish.claimer(), wish.claimerLife(), claim.suspect(), record)) {
            return ClaimRules.unfit(wish.claimer());
        }
        if (!record.isJoined(claim.suspect(), claim.incarnation())) {
            return new Rejected("stale-incarnation", claim.suspect() + " lives anew: nothing is to be switched off");
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(claim.at(ClaimStage.POWER_INTENT));
        return new Applied(draft.next());
    }

    static ChangeResult abandon(RecordChange.AbandonPower wish, CellRecord record) {
        Optional<Claim> found = record.claim(wish.token());
        if (found.isEmpty() || found.get().stage() == ClaimStage.ABANDONED) {
            return new Already();
        }
        Claim claim = found.get();
        if (claim.stage() != ClaimStage.POWER_INTENT) {
            return new Rejected("claim-closed", "token " + wish.token() + " is " + claim.stage());
        }
        // The same kernel can tell that its commands have ended; a dead one has none.
        boolean own = claim.claimer().equals(wish.by())
                && claim.claimerIncarnation().bootId().equals(wish.life().bootId());
        boolean successor = record.isJoined(wish.by(), wish.life()) && isHolderGone(claim, record);
        if (!own && !successor) {
            return new Rejected(
                    "power-intent",
                    "token " + wish.token() + " may have a power command under way by " + claim.claimer());
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(claim.at(ClaimStage.ABANDONED));
        return new Applied(draft.next());
    }

    /** Whether the kernel that may have a command of this claim under way is proven to run no more. */
    static boolean isHolderGone(Claim claim, CellRecord record) {
        HostId holder = claim.claimer();
        Incarnation life = claim.claimerIncarnation();
        HostEntry entry = record.hosts().get(holder);
        if (entry == null) {
            return false;
        }
        boolean sameKernel = entry.incarnation().bootId().equals(life.bootId());
        return sameKernel ? entry.gone() : entry.incarnation().isLaterThan(life);
    }

    /** A new kernel of the holder joined, and joins only after the flight time of its earlier one's commands (H15b). */
    static void releaseIntents(RecordChange.Join wish, CellRecord record, CellRecord.Draft draft) {
        record.claims().stream()
                .filter(claim -> claim.stage() == ClaimStage.POWER_INTENT
                        && claim.claimer().equals(wish.host())
                        && wish.life().isRebornFrom(claim.claimerIncarnation()))
                .forEach(claim -> draft.replace(claim.at(ClaimStage.ABANDONED)));
    }
}
