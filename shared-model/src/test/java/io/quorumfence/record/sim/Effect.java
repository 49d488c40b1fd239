package io.quorumfence.record.sim;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;

/** What a record must show after a change was answered as decided; written apart from the rules it checks. */
final class Effect {
    private Effect() {}

    static boolean stands(RecordChange change, CellRecord record) {
        if (change instanceof RecordChange.Join join) {
            return record.isJoined(join.host(), join.life());
        }
        if (change instanceof RecordChange.OpenClaim wish) {
            return record.claims().stream()
                    .anyMatch(claim -> claim.isOpen()
                            && claim.suspect().equals(wish.suspect())
                            && claim.incarnation().equals(wish.life())
                            && claim.claimer().equals(wish.claimer()));
        }
        if (change instanceof RecordChange.TakeOver wish) {
            return record.claim(wish.token())
                    .filter(claim -> claim.claimer().equals(wish.claimer())
                            && claim.claimerIncarnation().equals(wish.claimerLife()))
                    .isPresent();
        }
        if (change instanceof RecordChange.Withdraw wish) {
            return record.claim(wish.token()).map(Claim::stage).orElse(ClaimStage.WITHDRAWN) == ClaimStage.WITHDRAWN;
        }
        if (change instanceof RecordChange.Prove wish) {
            return record.claim(wish.token()).filter(Claim::isProven).isPresent();
        }
        if (change instanceof RecordChange.IntendPower wish) {
            return record.claim(wish.token())
                    .filter(claim -> claim.stage() == ClaimStage.POWER_INTENT
                            && claim.claimer().equals(wish.claimer())
                            && claim.claimerIncarnation().equals(wish.claimerLife()))
                    .isPresent();
        }
        if (change instanceof RecordChange.AbandonPower wish) {
            return record.claim(wish.token()).map(Claim::stage).orElse(ClaimStage.ABANDONED) == ClaimStage.ABANDONED;
        }
        return permitEffect(change, record);
    }

    private static boolean permitEffect(RecordChange change, CellRecord record) {
        if (change instanceof RecordChange.GrantPermit wish) {
            return record.permits().stream()
                    .anyMatch(permit -> permit.isOpen() && permit.requestId().equals(wish.requestId()));
        }
        if (change instanceof RecordChange.RedeemPermit wish) {
            return record.permit(wish.id())
                    .filter(permit -> permit.stage() == PermitStage.REDEEMED)
                    .isPresent();
        }
        RecordChange.EndPermit wish = (RecordChange.EndPermit) change;
        return record.permit(wish.id()).map(Permit::stage).orElse(PermitStage.ENDED) == PermitStage.ENDED;
    }
}
