package io.quorumfence.model.event;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.Proof;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import java.util.List;

/** What was decided. One transition, one event; nothing per beat. */
public sealed interface JournalEvent {

    record AgentStarted(HostId host, Incarnation life, boolean resumed) implements JournalEvent {}

    record HostJoined(HostId host, Incarnation life, long recordVersion) implements JournalEvent {}

    record LeaseLost(HostId host, long counter, long leaseEndNs) implements JournalEvent {}

    /**
     * Half or three quarters of the lease are used up without a renewal.
     *
     * @param then what happens at its end
     * @param planes who renewed last, and what each storage is doing
     */
    record LeaseWarned(HostId host, long counter, int percent, long remainingMs, String then, String planes)
            implements JournalEvent {}

    record LeaseSafeAgain(HostId host, long counter, int percent) implements JournalEvent {}

    record SelfFenceStarted(HostId host, long counter, String action) implements JournalEvent {}

    record SelfFenceEnded(HostId host, long counter, boolean verifiedGone, List<VmId> survivors)
            implements JournalEvent {}

    /** Poison pill: told to end its VMs, this latched life has, and verified it; its beats say so from here on. */
    record ExecuteObeyed(HostId host, long counter, FenceToken token) implements JournalEvent {}

    /** A host that joined after a fenced life waits for an operator before it takes VMs. */
    record ReleaseAwaited(HostId host, String why) implements JournalEvent {}

    record HostReleased(HostId host, String caller, String by, String why) implements JournalEvent {}

    /** An operator said that this life is dead; what is decided with it is a proof of rung operator. */
    record DeathConfirmed(HostId host, Incarnation life, String caller, String by, String why, boolean overridesStorm)
            implements JournalEvent {}

    record ConfirmationDropped(HostId host, Incarnation life, String by, String code, String why)
            implements JournalEvent {}

    record HostSuspected(HostId suspect, Incarnation life, long storageSilentNs, long networkSilentNs)
            implements JournalEvent {}

    record SuspicionCleared(HostId suspect, String why) implements JournalEvent {}

    record AttemptEnded(HostId suspect, String code, String why) implements JournalEvent {}

    record ClaimDecided(FenceToken token, HostId suspect, Incarnation life) implements JournalEvent {}

    record ClaimTakenOver(FenceToken token, HostId suspect, HostId from) implements JournalEvent {}

    record ClaimWithdrawn(FenceToken token, HostId suspect, String why) implements JournalEvent {}

    record MailboxRaised(FenceToken token, HostId suspect, String stage) implements JournalEvent {}

    record PromiseReceived(FenceToken token, HostId peer, long ageNs) implements JournalEvent {}

    record PromiseMade(FenceToken token, HostId suspect, long ageNs) implements JournalEvent {}

    record SshAttempted(FenceToken token, HostId suspect, SshVerdict verdict, String evidence)
            implements JournalEvent {}

    /** This claimer's own shell reached nobody, so that of a sibling is asked for. */
    record SiblingAsked(FenceToken token, HostId suspect, HostId sibling, long attempt) implements JournalEvent {}

    record SiblingAnswered(FenceToken token, HostId suspect, HostId sibling, String answer, String detail)
            implements JournalEvent {}

    /** This host sends its shell under another one's claim. */
    record ShellLent(FenceToken token, HostId suspect, HostId claimer) implements JournalEvent {}

    /** From here on an off of this suspect may be under way. */
    record PowerIntended(FenceToken token, HostId suspect) implements JournalEvent {}

    record PowerAsked(FenceToken token, HostId suspect, long attempt) implements JournalEvent {}

    record PowerTried(FenceToken token, HostId suspect, PowerAction action, PowerAnswer answer, String evidence)
            implements JournalEvent {}

    /** No off of this claim is under way any more; the record says so. */
    record PowerAbandoned(FenceToken token, HostId suspect) implements JournalEvent {}

    record AbsenceProven(FenceToken token, HostId suspect, Incarnation life, Proof proof) implements JournalEvent {}

    record ClaimSeen(FenceToken token, HostId suspect, Incarnation life, String stage) implements JournalEvent {}

    record PermitDecided(Permit permit) implements JournalEvent {}

    /** The hook was told that the VM may start under this claim. */
    record StartAdmitted(VmId vm, long claim, String how) implements JournalEvent {}

    record StartRefused(VmId vm, String code, String detail) implements JournalEvent {}

    /** A VM that ran here already is claimed for this host. */
    record RunningClaimed(VmId vm, long claim) implements JournalEvent {}

    record StartForced(VmId vm, String what) implements JournalEvent {}

    /** Somebody changed whether a VM is protected. */
    record ClassDecided(VmId vm, String vmClass, String caller, String by, String why) implements JournalEvent {}

    /** This life treats the VM as protected again, and the record knows it. */
    record ProtectionHeard(VmId vm, long turn) implements JournalEvent {}

    record RequestRefused(String request, String code, String detail) implements JournalEvent {}

    record HostSaid(VmId vm, String answer, String detail) implements JournalEvent {}

    record StorageDropped(StorageId storage, String why) implements JournalEvent {}

    record AlertRaised(String code, String text) implements JournalEvent {}

    record AlertCleared(String code) implements JournalEvent {}

    /** What guards this host; {@code lastResetByWatchdog} tells why it booted. */
    record WatchdogFound(HostId host, String identity, long askedMs, boolean nowayout, boolean lastResetByWatchdog)
            implements JournalEvent {}

    record WatchdogMissing(HostId host, String why) implements JournalEvent {}

    record ArmedChanged(boolean armed, String why) implements JournalEvent {}

    record HostActionDone(HostId host, String action, boolean ok, String detail) implements JournalEvent {}

    /** In shadow mode, in a cooldown or with the reaction off: what was not done. */
    record WouldHave(HostId host, String what, String why) implements JournalEvent {}

    record ReactionChanged(HostId host, boolean on, String by) implements JournalEvent {}

    record AlertUndelivered(String code, String detail) implements JournalEvent {}
}
