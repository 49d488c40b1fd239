package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.Beat;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Rung;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import java.util.List;

/** What must be true once the faults have ended and the cell had its time (I7). */
final class Rest {
    private final SimCell cell;

    Rest(SimCell cell) {
        this.cell = cell;
    }

    void judge(Story story) {
        if (story.isHarmless() && (cell.resets > 0 || cell.oracle.fences > 0)) {
            cell.oracle.broken("I5", "a witness saw everybody all the time, and somebody was fenced");
        }
        CellRecord record = cell.oracle.latest();
        if (record == null) {
            cell.oracle.broken("I7", "nobody has read a record");
            return;
        }
        List<SimHost> live =
                cell.hosts().stream().filter(host -> host.agent.isResponsive()).toList();
        live.forEach(host -> lives(host, record));
        if (live.size() >= Quorum.blocking(cell.size())) {
            cell.hosts().stream().filter(host -> !host.powered).forEach(host -> proven(host, record));
        }
    }

    private void lives(SimHost host, CellRecord record) {
        AgentState state = host.agent.state();
        // A host that promised no end may stay claimed by a dead one: nothing can say that its VMs are gone.
        // One in its cooldown, or in shadow mode, has promised none.
        boolean plain = host.config.reaction().equals(Reaction.PLAIN) && !host.handled;
        if (state == null || host.resetting || !plain || !cell.arms(host)) {
            return;
        }
        Incarnation life = host.tmpfs.life;
        if (life == null || !AgentFacts.isJoined(state) || !AgentFacts.leaseLives(state, host.nowNs())) {
            cell.oracle.broken("I7", host.id + " is up, and has no live lease");
        } else if ((record.standingClaimOn(host.id, life).isPresent() || record.isBarred(host.id))
                && !isHeldByTheDark(host, record)) {
            cell.oracle.broken("I7", host.id + " is up, and a claim stands on it");
        }
    }

    private void proven(SimHost dead, CellRecord record) {
        HostEntry entry = record.host(dead.id).orElse(null);
        if (entry == null || !isEndPromised(dead, entry.incarnation()) || wasUnarmedToSomebody(dead)) {
            return;
        }
        boolean proven = record.standingClaimOn(dead.id, entry.incarnation())
                .filter(Claim::isProven)
                .isPresent();
        long counted = record.claims().stream().filter(Rest::countsForStorm).count();
        if (!proven && !isHeldByTheDark(dead, record) && counted < cell.stormLimit(dead)) {
            cell.oracle.broken("I7", dead.id + " is dead, had promised its end, and is not proven");
        }
    }

    /** Rule 4: a claimer goes by the weakest terms it was shown, and it may have heard nothing since the host armed. */
    private boolean wasUnarmedToSomebody(SimHost dead) {
        return cell.hosts().stream()
                .map(host -> host.agent.state())
                .anyMatch(state -> state != null
                        && AgentFacts.known(state)
                                .flatMap(record -> record.host(dead.id))
                                .isPresent()
                        && AgentFacts.outlook(state, dead.id).matches("(unarmed|no-watchdog).*"));
    }

    /** An intent whose holder has no power waits for the holder's next kernel, or for somebody to prove it gone. */
    private boolean isHeldByTheDark(SimHost host, CellRecord record) {
        return record.claims().stream()
                .anyMatch(claim -> claim.suspect().equals(host.id)
                        && claim.stage() == ClaimStage.POWER_INTENT
                        && !cell.host(claim.claimer()).powered
                        && !record.isPowerHolderGone(claim));
    }

    private static boolean countsForStorm(Claim claim) {
        return claim.isOpen()
                || claim.stage() == ClaimStage.ABANDONED
                || claim.proof()
                        .filter(proof -> proof.rung() != Rung.REBORN && proof.rung() != Rung.HOST_SAYS)
                        .isPresent();
    }

    /** Every beat of this life that stands somewhere promises an end, and there is one. */
    private boolean isEndPromised(SimHost host, Incarnation life) {
        List<Beat> beats = cell.storages().stream()
                .flatMap(storage -> storage.beat(host.id).stream())
                .filter(beat -> beat.incarnation().equals(life))
                .toList();
        // Whoever boots later and finds latched beats only has never been shown what it promised, and refuses.
        boolean shown = beats.stream().anyMatch(beat -> beat.phase() == HostPhase.JOINED);
        return shown && beats.stream().allMatch(beat -> beat.terms().isEndEnforced());
    }
}
