package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.PermitBasis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One start gate with its caller: asks the last host, else looks for a proof, wants a permit, redeems it on the
 * destination and starts the VM there, at its leisure. It believes what it once heard; several of them do not talk.
 */
final class SimGate {
    private final SimCell cell;
    private final int number;
    private final List<VmId> vms;
    /** Where each VM was last started, as this gate's side knows. */
    private final Map<VmId, HostId> home;

    private long attempts;
    /** Callers are slow, repeat themselves, and give up halfway. */
    boolean sloppy;
    /** Goes for every VM that lost its host, each time. */
    boolean eager;

    long permitTtlMs = ExtraPlan.LONG_TTL_MS;

    SimGate(SimCell cell, int number, List<VmId> vms, Map<VmId, HostId> home) {
        this.cell = cell;
        this.number = number;
        this.vms = vms;
        this.home = home;
    }

    private final class Attempt {
        final VmId vm;
        final HostId last;
        final SimHost destination;
        final String requestId = "g" + number + "-" + ++attempts;

        Attempt(VmId vm, HostId last, SimHost destination) {
            this.vm = vm;
            this.last = last;
            this.destination = destination;
        }
    }

    void run(long everyNs) {
        cell.time.after(everyNs / 2 + cell.upTo(everyNs), () -> {
            if (cell.gatesOpen) {
                if (eager) {
                    vms.stream().filter(vm -> cell.oracle.outage(vm) != null).forEach(this::attempt);
                } else {
                    attempt(vms.get(cell.pick(vms.size())));
                }
                run(everyNs);
            }
        });
    }

    void attempt(VmId vm) {
        HostId last = home.getOrDefault(vm, cell.host(0).id);
        boolean mistaken = sloppy && cell.chance(0.05);
        HostId believed = mistaken ? cell.host(cell.pick(cell.size())).id : last;
        absence(new Attempt(vm, believed, somebody()));
    }

    private void ask(
            SimHost host,
            java.util.function.Function<io.quorumfence.model.ReplyId, RequestObservation> question,
            Consumer<@Nullable ReplyCommand> result) {
        cell.calls.call(cell.faults.gates(), host, question, result);
    }

    /** A host to turn to; one that answers, as a rule. */
    private SimHost somebody() {
        SimHost host = cell.host(cell.pick(cell.size()));
        for (int i = 0; i < cell.size() && !sloppy && !host.agent.isResponsive(); i++) {
            host = cell.host((host.index + 1) % cell.size());
        }
        return host;
    }

    private void absence(Attempt a) {
        ask(cell.host(a.last), id -> new RequestObservation.AbsenceAsked(id, a.vm), reply -> {
            if (reply instanceof ReplyCommand.ReplyAbsence says) {
                if (says.answer() == ReplyCommand.Absence.ABSENT) {
                    pause(() -> grant(a, new PermitBasis.HostSays(a.last, says.life(), Rung.HOST_SAYS), 2));
                }
            } else {
                proof(a);
            }
        });
    }

    /** Reads a host's status and looks for the proof there. */
    private void proof(Attempt a) {
        SimHost reader = somebody();
        if (!reader.agent.isResponsive() || cell.faults.isCut(0, cell.faults.gates(), reader.index)) {
            return;
        }
        AgentState state = reader.agent.state();
        Optional<CellRecord> record = state == null ? Optional.empty() : AgentFacts.known(state);
        Optional<Claim> claim = record.flatMap(r -> r.host(a.last)
                .map(HostEntry::incarnation)
                .flatMap(life -> r.standingClaimOn(a.last, life))
                .filter(Claim::isProven));
        claim.ifPresent(proven -> pause(() -> grant(a, new PermitBasis.ProvenClaim(proven.token()), 2)));
    }

    private void grant(Attempt a, PermitBasis basis, int tries) {
        SimHost decider = cell.chance(0.5) ? a.destination : somebody();
        ask(
                decider,
                id -> new RequestObservation.GrantAsked(
                        id, a.requestId, a.vm, a.last, a.destination.id, basis, permitTtlMs),
                reply -> {
                    if (reply instanceof ReplyCommand.ReplyPermit got) {
                        allowed(a, got.permit());
                    } else if (reply == null && tries > 0) {
                        grant(a, basis, tries - 1);
                    }
                });
    }

    private void allowed(Attempt a, Permit permit) {
        cell.allowed(a.vm, permit);
        if (sloppy && cell.chance(0.1)) {
            end(permit);
        }
        pause(() -> redeem(a, permit, 3));
    }

    private void redeem(Attempt a, Permit permit, int tries) {
        ask(a.destination, id -> new RequestObservation.RedeemAsked(id, permit.id(), a.vm), reply -> {
            if (reply instanceof ReplyCommand.ReplyPermit got && got.permit().stage() == PermitStage.REDEEMED) {
                home.put(a.vm, a.destination.id);
                start(a);
            } else if (reply instanceof ReplyCommand.ReplyPermit) {
                cell.trace.note(cell.time.nowNs(), "permit " + permit.id() + " is over");
            } else if (tries > 0) {
                pause(() -> redeem(a, permit, tries - 1));
            } else {
                end(permit);
            }
        });
    }

    private void end(Permit permit) {
        SimHost decider = somebody();
        ask(decider, id -> new RequestObservation.EndAsked(id, permit.id()), reply -> {});
    }

    /** The caller starts the VM on the destination while that is still in the same boot. */
    private void start(Attempt a) {
        int boot = a.destination.boots;
        long wait = sloppy ? cell.longTail() : cell.upTo(200 * SimCell.MILLI);
        cell.time.after(wait, () -> {
            if (a.destination.powered && a.destination.boots == boot) {
                long prepare = sloppy ? cell.longTail() / 4 : cell.upTo(100 * SimCell.MILLI);
                a.destination.vms.start(a.vm, prepare, cell.upTo(300 * SimCell.MILLI));
                if (sloppy && cell.chance(0.2)) {
                    cell.time.after(cell.longTail(), () -> again(a, boot));
                }
            }
        });
    }

    /** The same caller starts it once more on the same permit, after it went down for instance. */
    private void again(Attempt a, int boot) {
        if (a.destination.powered && a.destination.boots == boot) {
            a.destination.vms.start(a.vm, cell.upTo(100 * SimCell.MILLI), cell.upTo(300 * SimCell.MILLI));
        }
    }

    private void pause(Runnable next) {
        cell.time.after(sloppy ? cell.longTail() / 4 : cell.upTo(20 * SimCell.MILLI), next);
    }
}
