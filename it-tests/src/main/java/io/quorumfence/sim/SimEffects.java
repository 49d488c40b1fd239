package io.quorumfence.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.RequestObservation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Carries out the core's commands in the simulated world; every result comes back later as an observation. */
final class SimEffects {
    private record Call(SimHost asker, HostId peer, long work) {}

    private final SimCell cell;
    private final Map<ReplyId, Call> opinions = new HashMap<>();
    private final Map<ReplyId, Call> promises = new HashMap<>();
    private final Map<ReplyId, Consumer<ReplyCommand>> requests = new HashMap<>();
    private long replies;

    SimEffects(SimCell cell) {
        this.cell = cell;
    }

    void carryOut(SimHost host, Command command) {
        if (command instanceof StorageCommand c) {
            storage(host, c);
        } else if (command instanceof PeerCommand c) {
            peer(host, c);
        } else if (command instanceof LocalCommand c) {
            local(host, c);
        } else if (command instanceof ReplyCommand c) {
            reply(host, c);
        }
    }

    /** Asks a host's agent as the gate would; the answer, if one comes, reaches the consumer. */
    void request(
            SimHost host,
            java.util.function.Function<ReplyId, RequestObservation> question,
            Consumer<ReplyCommand> answer) {
        ReplyId id = new ReplyId(++replies);
        requests.put(id, answer);
        host.offer(question.apply(id));
    }

    private void storage(SimHost host, StorageCommand command) {
        long startNs = cell.time.nowNs();
        StorageId id = command.storage();
        host.unfinished.merge(id, 1, Integer::sum);
        long process = host.processes;
        cell.time.after(cell.latency(), () -> land(host, command, startNs, process, host.boots));
    }

    private void land(SimHost host, StorageCommand command, long startNs, long process, long boot) {
        SimFaults.Lane lane = new SimFaults.Lane(host.id, command.storage());
        if (cell.faults.hung.contains(lane)) {
            cell.time.after(cell.millis(50), () -> land(host, command, startNs, process, boot));
            return;
        }
        boolean sameBoot = host.powered && host.boots == boot;
        if (!sameBoot) {
            host.unfinished.merge(command.storage(), -1, Integer::sum);
            return; // the power went before the write reached the storage
        }
        SimStorage storage = cell.storage(command.storage());
        boolean fails = cell.faults.failing.contains(lane);
        if (!fails) {
            storage.land(host.id, command);
        }
        cell.time.after(cell.latency(), () -> {
            host.unfinished.merge(command.storage(), -1, Integer::sum);
            if (host.processes != process) {
                return;
            }
            long endNs = cell.time.nowNs();
            host.offer(
                    fails
                            ? storage.failed(command, IoResult.failure(startNs, endNs, "injected"))
                            : storage.read(host.id, command, IoResult.success(startNs, endNs)));
        });
    }

    private void peer(SimHost host, PeerCommand command) {
        if (command instanceof PeerCommand.SendAckRequest c) {
            for (PlaneId plane : host.config.planes()) {
                send(host, c.request().to(), plane, new PeerObservation.AckRequestArrived(plane, c.request()));
            }
        } else if (command instanceof PeerCommand.SendAck c) {
            send(host, c.ack().to(), c.plane(), new PeerObservation.AckArrived(c.plane(), c.ack()));
        } else if (command instanceof PeerCommand.AskOpinion c) {
            ReplyId id = new ReplyId(++replies);
            opinions.put(id, new Call(host, c.peer(), c.work()));
            call(host, c.peer(), new RequestObservation.OpinionAsked(id, host.id, c.suspect(), c.life()));
        } else if (command instanceof PeerCommand.AskPromise c) {
            ReplyId id = new ReplyId(++replies);
            promises.put(id, new Call(host, c.peer(), c.work()));
            call(host, c.peer(), new RequestObservation.PromiseAsked(id, host.id, c.claim(), c.recordVersion()));
        }
    }

    private void send(SimHost from, HostId to, PlaneId plane, Observation what) {
        if (cell.faults.isCut(from.id, to, plane) || cell.chance(cell.faults.loss)) {
            return;
        }
        cell.time.after(cell.latency(), () -> cell.host(to).offer(what));
    }

    private void call(SimHost from, HostId to, Observation what) {
        for (PlaneId plane : from.config.planes()) {
            boolean both = !cell.faults.isCut(from.id, to, plane) && !cell.faults.isCut(to, from.id, plane);
            if (both) {
                cell.time.after(cell.latency(), () -> cell.host(to).offer(what));
                return;
            }
        }
    }

    private void reply(SimHost host, ReplyCommand command) {
        Call opinion = opinions.remove(command.reply());
        Call promise = promises.remove(command.reply());
        Consumer<ReplyCommand> request = requests.remove(command.reply());
        if (opinion != null && command instanceof ReplyCommand.ReplyOpinion c) {
            answer(host, opinion, new PeerObservation.OpinionGiven(host.id, opinion.work(), c.opinion()));
        } else if (promise != null && command instanceof ReplyCommand.ReplyPromise c) {
            answer(host, promise, new PeerObservation.PromiseGiven(host.id, promise.work(), c.answer()));
        } else if (request != null) {
            request.accept(command);
        }
    }

    private void answer(SimHost from, Call call, Observation what) {
        for (PlaneId plane : from.config.planes()) {
            if (!cell.faults.isCut(from.id, call.asker().id, plane)) {
                cell.time.after(cell.latency(), () -> call.asker().offer(what));
                return;
            }
        }
    }

    private void local(SimHost host, LocalCommand command) {
        if (command instanceof LocalCommand.SetExpiry c) {
            host.expiryNs = c.expiryNs();
            host.keeperCounter = c.counter();
            host.leaseEndNs = c.leaseEndNs();
        } else if (command instanceof LocalCommand.StoreLatch c) {
            host.agentLatched = Math.max(host.agentLatched, c.counter());
        } else if (command instanceof LocalCommand.StoreIncarnation c) {
            host.storedLife = c.life();
            host.storedJoined = c.joined();
        } else if (command instanceof LocalCommand.StoreRecord c) {
            host.storedRecord = c.record();
        } else if (command instanceof LocalCommand.StopVms) {
            List<VmId> stopped = List.copyOf(host.vms);
            later(host, cell.millis(100), () -> {
                stopped.forEach(vm -> cell.vmGone(host, vm));
                host.offer(new EffectObservation.VmsStopped(true, List.of()));
                host.offer(host.listed(0));
            });
        } else if (command instanceof LocalCommand.ListVms c) {
            later(host, cell.millis(5), () -> host.offer(host.listed(c.question())));
        } else if (command instanceof LocalCommand.StoreBarrier c) {
            host.barriers.add(c.vm());
            later(host, cell.millis(1), () -> host.offer(new EffectObservation.BarrierStored(c.vm(), true)));
        } else if (command instanceof LocalCommand.LiftBarrier c) {
            host.barriers.remove(c.vm());
        } else if (command instanceof LocalCommand.StorePromises c) {
            host.promises = c.promises();
            later(host, cell.millis(1), () -> host.offer(new EffectObservation.PromiseStored(c.newest(), true)));
        } else if (command instanceof LocalCommand.TakeLock c) {
            later(
                    host,
                    cell.millis(20),
                    () -> host.offer(new EffectObservation.LockAnswered(c.work(), LockAnswer.UNAVAILABLE)));
        } else if (command instanceof LocalCommand.FenceBySsh c) {
            ssh(host, c);
        }
    }

    private void later(SimHost host, long delayNs, Runnable action) {
        long process = host.processes;
        cell.time.after(delayNs, () -> {
            if (host.powered && host.processes == process) {
                action.run();
            }
        });
    }

    private void ssh(SimHost host, LocalCommand.FenceBySsh c) {
        long startedNs = cell.time.nowNs();
        SimHost target = cell.host(c.suspect());
        boolean reached = cell.faults.sshReachable.contains(c.suspect()) && target.powered;
        later(host, cell.millis(reached ? 350 : 1_500), () -> {
            SshVerdict verdict = SshVerdict.UNREACHABLE;
            if (reached && target.powered) {
                boolean same = c.life().equals(target.storedLife);
                verdict = same ? SshVerdict.CONFIRMED_DEAD : SshVerdict.AMBIGUOUS;
                if (same) {
                    cell.sshFences++;
                    for (VmId vm : List.copyOf(target.vms)) {
                        cell.vmGone(target, vm);
                    }
                    target.offer(target.listed(0));
                }
            }
            host.offer(new EffectObservation.SshFinished(c.work(), c.attempt(), verdict, startedNs, "simulated"));
        });
    }
}
