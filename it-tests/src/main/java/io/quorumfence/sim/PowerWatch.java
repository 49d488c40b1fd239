package io.quorumfence.sim;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the oracle knows of power: nobody is switched off without an intent in the record, nor after its end. */
final class PowerWatch {
    private final SimCell cell;
    private final Oracle oracle;
    /** When each host's newest life joined, by its own word. */
    private final Map<HostId, Long> joinedNs = new HashMap<>();

    PowerWatch(SimCell cell, Oracle oracle) {
        this.cell = cell;
        this.oracle = oracle;
    }

    void joined(HostId host) {
        joinedNs.put(host, cell.time.nowNs());
    }

    private Optional<Claim> claim(FenceToken token) {
        CellRecord record = oracle.latest();
        return record == null ? Optional.empty() : record.claim(token);
    }

    private boolean isHeld(FenceToken token, SimHost by) {
        return claim(token)
                .filter(claim -> claim.stage() == ClaimStage.POWER_INTENT
                        && claim.claimer().equals(by.id))
                .isPresent();
    }

    /** A process is about to ask a device. */
    void begins(SimHost by, LocalCommand.RunPower command) {
        SimHost target = cell.host(command.suspect());
        if (!isHeld(command.token(), by)) {
            oracle.broken("POWER", by.id + " switches " + target.id + " off, and the record shows no intent of it");
        }
        if (!by.keeper.isBounded()) {
            oracle.broken("POWER", by.id + " switches " + target.id + " off, and its own keeper has no expiry");
        }
        Incarnation life = target.tmpfs.life;
        boolean later = target.tmpfs.joined
                && life != null
                && claim(command.token())
                        .filter(claim -> life.isLaterThan(claim.incarnation()))
                        .isPresent();
        long fresh = by.config.deadlines().suspect().toNanos() + 500 * SimCell.MILLI;
        if (later && cell.time.nowNs() - joinedNs.getOrDefault(target.id, cell.time.nowNs()) > fresh) {
            oracle.broken("I5", by.id + " begins to switch " + target.id + " off, which has long joined anew");
        }
    }

    /**
     * What the life before left alone, the next one of the same boot has from its first moment; an off that is under
     * way ends it, as it would have without the join. A boot in between left nothing, and nothing starts before that.
     */
    private boolean isNew(VmId vm, FenceToken token, Incarnation life) {
        CellRecord record = oracle.latest();
        boolean reborn = claim(token)
                .filter(claim -> life.isRebornFrom(claim.incarnation()))
                .isPresent();
        return reborn || record == null || record.exemption(vm).isEmpty();
    }

    /** An off reaches the host, whatever life it has by now. */
    void works(SimHost by, SimHost target, FenceToken token) {
        if (!isHeld(token, by)) {
            oracle.broken("POWER", "an off of " + target.id + " by " + by.id + " works after its intent has ended");
        }
        if (!target.powered) {
            return;
        }
        Incarnation life = target.tmpfs.life;
        if (life == null
                || claim(token).filter(claim -> claim.binds(target.id, life)).isPresent()) {
            oracle.switchedOff(by, target);
        } else if (target.vms.all().stream().anyMatch(vm -> isNew(vm, token, life))) {
            oracle.falseFences++;
            oracle.broken("I5", by.id + " switches off a later life of " + target.id + ", which runs VMs");
        }
    }
}
