package io.quorumfence.agent.shell;

import io.quorumfence.model.IoResult;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.Slot;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.StorageObservation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the core is told of a command that was not carried out because its events could not be kept. Without this a full
 * disk would hold a lane for ever, and with it the lease.
 */
public final class Undone {
    private Undone() {}

    /** What the core takes in instead of the result. */
    public static Optional<Observation> observationOf(Command command, String why, long nowNs) {
        IoResult failure = IoResult.failure(nowNs, nowNs, why);
        if (command instanceof StorageCommand.BallotRound c) {
            return Optional.of(new StorageObservation.BallotsRead(c.storage(), c.op(), failure, false, Map.of()));
        } else if (command instanceof StorageCommand.ReadBallots c) {
            return Optional.of(new StorageObservation.BallotsRead(c.storage(), c.op(), failure, false, Map.of()));
        } else if (command instanceof StorageCommand.MailRound c) {
            return Optional.of(new StorageObservation.MailRoundDone(c.storage(), c.op(), failure, Slot.unreadable()));
        } else if (command instanceof StorageCommand.BeatRound c) {
            return Optional.of(new StorageObservation.BeatRoundDone(c.storage(), c.op(), failure, List.of(), Map.of()));
        } else if (command instanceof StorageCommand.ScanBeats c) {
            return Optional.of(new StorageObservation.BeatsScanned(c.storage(), c.op(), failure, Map.of()));
        } else if (command instanceof PeerCommand.AskPromise c) {
            return Optional.of(new PeerObservation.PeerCallFailed(c.peer(), c.work(), why));
        } else if (command instanceof PeerCommand.AskShell c) {
            return Optional.of(new PeerObservation.ShellCallFailed(c.peer(), c.work(), c.attempt(), why));
        } else if (command instanceof LocalCommand.StorePromises c) {
            return Optional.of(new EffectObservation.PromiseStored(c.newest(), false));
        } else if (command instanceof LocalCommand.StoreBarrier c) {
            return Optional.of(new EffectObservation.BarrierStored(c.vm(), false));
        } else if (command instanceof LocalCommand.FenceBySsh c) {
            return Optional.of(new EffectObservation.SshFinished(
                    c.work(), c.attempt(), SshVerdict.AMBIGUOUS, nowNs, "not tried: " + why, Set.of()));
        } else if (command instanceof LocalCommand.RunPower c) {
            return Optional.of(new EffectObservation.PowerAnswered(
                    c.work(), c.attempt(), c.action(), PowerAnswer.NOT_STARTED, "not tried: " + why));
        }
        return Optional.empty();
    }

    /** A reply that may not be given becomes a refusal. */
    public static Optional<ReplyCommand> replyOf(Command command, String why) {
        return command instanceof ReplyCommand reply
                ? Optional.of(new ReplyCommand.ReplyRefused(reply.reply(), "journal-unavailable", why, true))
                : Optional.empty();
    }
}
