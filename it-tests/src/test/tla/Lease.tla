------------------------------- MODULE Lease -------------------------------
(* The lease of one host S against time: both planes, the keeper, the latch, the claim with its mailbox and its
   promises, takeover of the claim, and the proof by time. One storage; the order of reads and writes over several
   storages is Witness.tla. What the record decides is one step here; the register is Register.tla.

   Every time is an age: ticks since something, measured by the clock of whoever keeps it and cut off where it no
   longer matters, so a run may be of any length. S has one clock, the other hosts share one; the two may drift apart
   by Drift ticks at most between any two moments. A pause is a host that takes no step; a late completion is one that comes after any
   number of ticks. *)
EXTENDS Naturals, Integers, FiniteSets

CONSTANTS Others,   \* the siblings of S
          TSelf, TWd, TSuspect, Drift,
    Keeper,   \* FALSE: no keeper, S stops at the very end of its lease (TWd is 0 then); for cells of three hosts
          Removed   \* rules taken out

VARIABLES
    lane,     \* S's lane: "idle", "started" (beat in flight), "landed" (beat on the storage, mailbox not yet read)
    start,    \* age of the start of the lane's operation
    lease,    \* age of S's last renewal: the expiry in the keeper's memory is TSelf after it
    round,    \* age of S's open round of requests, None if there is none
    acks,     \* who acknowledged it
    latched,  \* the agent's latch
    stopped,  \* the keeper's latch: it saw the expiry
    checked,  \* the keeper stands between its check and its feed
    fed,      \* age of the last feed
    runs,     \* S's protected VMs can still write
    lapsed,   \* age of the moment the lease first ended, None before; a ghost that only I3 reads
    fresh,    \* per sibling: S's slot changed since it read it
    seen,     \* per sibling: age of the end of the first read that showed the slot as it is
    told,     \* per sibling: the age of its last acknowledgement of S, as it would say in a promise
    bound,    \* siblings that are bound by the open claim
    boxes,    \* siblings whose mail for S with the open token is on the storage
    claim,    \* "none", "CLAIMED", "PROVEN" by time
    claimer, work, promised, evidence, raised, drift

suspectVars == <<lane, start, lease, round, acks, latched>>
keeperVars == <<stopped, checked, fed, runs, lapsed>>
viewVars == <<fresh, seen, told>>
claimVars == <<bound, boxes, claim, claimer, work, promised, evidence, raised>>
vars == <<suspectVars, keeperVars, viewVars, claimVars, drift>>

Off(rule) == rule \in Removed
None == -1
Nobody == "nobody"
Wait == TSelf + (IF Off("TwoWatchdogTimes") THEN 1 ELSE 2) * TWd + (IF Off("Margin") THEN 0 ELSE Drift)
Cap == Wait
Older(age, cap) == IF age = None THEN None ELSE IF age < cap THEN age + 1 ELSE cap
Younger(a, b) == IF a < b THEN a ELSE b

Hosts == Cardinality(Others) + 1
Majority == Hosts \div 2 + 1
Blocking == (Hosts + 1) \div 2

Init ==
    /\ lane = "idle" /\ start = 0 /\ lease = 0 /\ round = None /\ acks = {} /\ latched = FALSE
    /\ stopped = FALSE /\ checked = FALSE /\ fed = 0 /\ runs = TRUE /\ lapsed = None
    /\ fresh = [o \in Others |-> TRUE] /\ seen = [o \in Others |-> 0] /\ told = [o \in Others |-> 0]
    /\ bound = {} /\ boxes = {} /\ claim = "none" /\ claimer = Nobody /\ work = "none" /\ promised = {}
    /\ evidence = 0 /\ raised = FALSE /\ drift \in 0..Drift

---------------------------------------------------------------------------
(* Time. The watchdog is hardware: S's clock cannot pass fed + TWd while S runs. *)
SuspectTick ==
    /\ (runs /\ Keeper) => fed < TWd
    /\ start' = IF lane = "idle" THEN 0 ELSE Older(start, TSelf)
    /\ lease' = Older(lease, TSelf)
    /\ round' = Older(round, TSelf)
    /\ fed' = IF runs /\ Keeper THEN fed + 1 ELSE 0
    /\ runs' = (runs /\ (Keeper \/ lease' < TSelf))
    /\ lapsed' = IF ~runs' THEN None
                 ELSE IF lapsed = None /\ lease' >= TSelf THEN 0 ELSE Older(lapsed, 2 * TWd)

OthersTick ==
    /\ seen' = [o \in Others |-> Older(seen[o], Cap)]
    /\ told' = [o \in Others |-> Older(told[o], Cap)]
    /\ evidence' = IF claim = "CLAIMED" THEN Older(evidence, Cap) ELSE 0

Untimed == UNCHANGED <<lane, acks, latched, stopped, checked, fresh, bound, boxes, claim, claimer, work, promised,
                       raised>>

Tick ==
    /\ Untimed
    /\ \/ SuspectTick /\ OthersTick /\ drift' = drift
       \/ drift < Drift /\ SuspectTick /\ drift' = drift + 1 /\ UNCHANGED <<seen, told, evidence>>
       \/ drift > 0 /\ OthersTick /\ drift' = drift - 1 /\ UNCHANGED <<start, lease, round, fed, runs, lapsed>>

---------------------------------------------------------------------------
(* S: the core compares the lease with the clock before anything else, so a late completion finds it latched. *)
Live == runs /\ ~latched /\ (Off("Latch") \/ lease < TSelf)

LeaseLost == /\ runs /\ ~latched /\ ~Off("Latch") /\ lease >= TSelf /\ latched' = TRUE
             /\ UNCHANGED <<lane, start, lease, round, acks, keeperVars, viewVars, claimVars, drift>>

Renewed(age) == lease' = Younger(lease, IF Off("RenewalAtStart") THEN 0 ELSE age)

BeatRound == /\ Live /\ lane = "idle" /\ lane' = "started" /\ start' = 0
             /\ UNCHANGED <<lease, round, acks, latched, keeperVars, viewVars, claimVars, drift>>

(* May land after S is dead: the fabric had it already. *)
BeatLands == /\ lane = "started" /\ lane' = "landed" /\ fresh' = [o \in Others |-> TRUE]
             /\ UNCHANGED <<start, lease, round, acks, latched, keeperVars, seen, told, claimVars, drift>>

(* The mailbox is read after the beat was acknowledged; a spent token has left `boxes`. *)
BeatRoundDone ==
    /\ Live /\ lane = "landed" /\ lane' = "idle" /\ start' = 0
    /\ IF boxes = {} \/ Off("MailboxRead") THEN Renewed(start) ELSE UNCHANGED lease
    /\ UNCHANGED <<round, acks, latched, keeperVars, viewVars, claimVars, drift>>

SendAckRequest == /\ Live /\ round' = 0 /\ acks' = {}
                  /\ UNCHANGED <<lane, start, lease, latched, keeperVars, viewVars, claimVars, drift>>

(* Who applied or promised a claim answers FENCED. Sending and arrival are one step: only the send time counts. *)
AckArrived(o) ==
    /\ Live /\ round # None /\ o \notin bound /\ o \notin acks
    /\ acks' = acks \cup {o}
    /\ told' = [told EXCEPT ![o] = 0]
    /\ IF Cardinality(acks) + 2 >= Majority THEN Renewed(round) ELSE UNCHANGED lease
    /\ UNCHANGED <<lane, start, round, latched, keeperVars, fresh, seen, claimVars, drift>>

(* A new process of S's agent: the lease is in the keeper's memory, and an expired one is latched. *)
AgentStarted ==
    /\ runs /\ round' = None /\ acks' = {} /\ lane' = (IF lane = "started" THEN "started" ELSE "idle")
    /\ start' = (IF lane = "started" THEN start ELSE 0)
    /\ latched' = (IF Off("ExpiredIsLatched") THEN FALSE ELSE latched \/ lease >= TSelf)
    /\ lease' = (IF Off("ExpiredIsLatched") THEN 0 ELSE lease)
    /\ UNCHANGED <<keeperVars, viewVars, claimVars, drift>>

(* A claimed host whose lease lives withdraws the claim itself, until the mailbox says execute. *)
Spent == /\ claim' = "none" /\ bound' = {} /\ boxes' = {} /\ work' = "none" /\ promised' = {} /\ claimer' = Nobody
         /\ evidence' = 0 /\ raised' = FALSE

SelfDefence == /\ Live /\ claim = "CLAIMED" /\ ~raised /\ Spent /\ UNCHANGED <<suspectVars, keeperVars, viewVars, drift>>

---------------------------------------------------------------------------
(* The keeper: check and feed are two steps, and it may be stopped between them. *)
KeeperChecked ==
    /\ Keeper /\ runs /\ ~stopped /\ ~checked
    /\ IF lease < TSelf THEN checked' = TRUE /\ stopped' = stopped
       ELSE checked' = FALSE /\ stopped' = ~Off("KeeperLatch")
    /\ UNCHANGED <<fed, runs, lapsed, suspectVars, viewVars, claimVars, drift>>

KeeperFed == /\ runs /\ checked /\ checked' = FALSE /\ fed' = 0
             /\ UNCHANGED <<stopped, runs, lapsed, suspectVars, viewVars, claimVars, drift>>

HostReset == /\ Keeper /\ runs /\ fed >= TWd /\ runs' = FALSE /\ checked' = FALSE /\ stopped' = FALSE /\ fed' = 0
             /\ lapsed' = None /\ UNCHANGED <<suspectVars, viewVars, claimVars, drift>>

---------------------------------------------------------------------------
(* The siblings. *)
Looked(o) == /\ fresh' = [fresh EXCEPT ![o] = FALSE]
             /\ seen' = [seen EXCEPT ![o] = IF fresh[o] THEN 0 ELSE @]

(* Before the raise a beat that moved withdraws the claim; after it the claimer may also wait on. *)
BeatsScanned(o) ==
    /\ fresh[o] /\ Looked(o)
    /\ IF claimer # o \/ claim # "CLAIMED" THEN UNCHANGED claimVars
       ELSE IF raised THEN evidence' = 0 /\ UNCHANGED <<bound, boxes, claim, claimer, work, promised, raised>>
       ELSE Spent
    /\ UNCHANGED <<suspectVars, keeperVars, told, drift>>

Silent(o) == seen[o] >= TSuspect /\ told[o] >= TSuspect

Begin(o) ==
    /\ claimer' = o /\ work' = "claimed" /\ promised' = {o} /\ bound' = bound \cup {o}
    /\ evidence' = Younger(seen[o], told[o])

ClaimDecided(o) ==
    /\ claim = "none" /\ (Silent(o) \/ Off("SuspectOnlySilent"))
    /\ claim' = "CLAIMED" /\ Begin(o)
    /\ UNCHANGED <<boxes, raised, suspectVars, keeperVars, viewVars, drift>>

(* A survivor, or its own claimer's next process, goes on under the same token and redoes steps 4 and 5. *)
ClaimTakenOver(o) ==
    /\ claim = "CLAIMED" /\ (claimer # o \/ work = "none") /\ (Silent(o) \/ Off("SuspectOnlySilent"))
    /\ IF Off("TakeoverRedoes")
       THEN /\ claimer' = o /\ bound' = bound \cup {o} /\ evidence' = Younger(seen[o], told[o])
            /\ UNCHANGED <<work, promised>>
       ELSE Begin(o)
    /\ UNCHANGED <<boxes, claim, raised, suspectVars, keeperVars, viewVars, drift>>

MailWritten(o) ==
    /\ claim = "CLAIMED" /\ claimer = o /\ work = (IF Off("WriteThenRead") THEN "read" ELSE "claimed")
    /\ boxes' = boxes \cup {o} /\ work' = (IF Off("WriteThenRead") THEN "mailed" ELSE "written")
    /\ UNCHANGED <<bound, claim, claimer, promised, evidence, raised, suspectVars, keeperVars, viewVars, drift>>

(* The slot, read after the mail was acknowledged: one that moved withdraws the claim. *)
MailRoundDone(o) ==
    /\ claim = "CLAIMED" /\ claimer = o /\ work = (IF Off("WriteThenRead") THEN "claimed" ELSE "written")
    /\ LET unseen == Off("SlotRead")
           next == IF Off("WriteThenRead") THEN "read" ELSE "mailed"
       IN IF fresh[o] /\ ~unseen
          THEN Looked(o) /\ Spent
          ELSE /\ work' = next /\ UNCHANGED <<fresh, seen, bound, boxes, claim, claimer, promised, evidence, raised>>
    /\ UNCHANGED <<told, suspectVars, keeperVars, drift>>

(* What a promiser saw within the suspicion time is no promise but a sign of life. *)
PromiseReceived(o) ==
    /\ claim = "CLAIMED" /\ work = "mailed" /\ o \notin promised
    /\ IF o \notin bound /\ ~Off("YoungPromiseIsSeen") /\ ~Silent(o)
       THEN Spent /\ UNCHANGED viewVars
       ELSE /\ promised' = promised \cup {o} /\ bound' = bound \cup {o}
            /\ evidence' = (IF Off("AgeOfPromise") THEN evidence ELSE Younger(evidence, told[o]))
            /\ UNCHANGED <<boxes, claim, claimer, work, raised, viewVars>>
    /\ UNCHANGED <<suspectVars, keeperVars, drift>>

Blocked == Off("Promises") \/ Cardinality(promised) >= Blocking

MailboxRaised ==
    /\ claim = "CLAIMED" /\ work = "mailed" /\ ~raised /\ Blocked /\ raised' = TRUE
    /\ UNCHANGED <<bound, boxes, claim, claimer, work, promised, evidence, suspectVars, keeperVars, viewVars, drift>>

ClaimWithdrawn == /\ claim = "CLAIMED" /\ Spent /\ UNCHANGED <<suspectVars, keeperVars, viewVars, drift>>

AbsenceProven ==
    /\ claim = "CLAIMED" /\ work = "mailed" /\ Blocked /\ raised /\ evidence >= Wait /\ claim' = "PROVEN"
    /\ UNCHANGED <<bound, boxes, claimer, work, promised, evidence, raised, suspectVars, keeperVars, viewVars, drift>>

(* A sibling's agent starts anew. Its promises are on tmpfs, and the record tells it of the claim before it
   acknowledges; what its predecessor acknowledged is unknown, so its ages begin now; a first read is a change. *)
SiblingStarted(o) ==
    /\ claim # "PROVEN"
    /\ told' = [told EXCEPT ![o] = IF Off("AgeFromProcessStart") THEN Cap ELSE 0]
    /\ fresh' = [fresh EXCEPT ![o] = ~Off("FirstReadIsChange")]
    /\ seen' = [seen EXCEPT ![o] = IF Off("FirstReadIsChange") THEN Cap ELSE 0]
    /\ bound' = IF Off("PromiseSurvives") THEN bound \ {o} ELSE bound
    /\ IF claimer = o THEN evidence' = 0 /\ work' = "none" /\ promised' = {}
       ELSE UNCHANGED <<evidence, work, promised>>
    /\ UNCHANGED <<boxes, claim, claimer, raised, suspectVars, keeperVars, drift>>

Next ==
    \/ Tick \/ LeaseLost \/ BeatRound \/ BeatLands \/ BeatRoundDone \/ SendAckRequest \/ AgentStarted \/ SelfDefence
    \/ KeeperChecked \/ KeeperFed \/ HostReset \/ MailboxRaised \/ ClaimWithdrawn \/ AbsenceProven
    \/ \E o \in Others : \/ AckArrived(o) \/ BeatsScanned(o) \/ ClaimDecided(o) \/ ClaimTakenOver(o) \/ MailWritten(o)
                         \/ MailRoundDone(o) \/ PromiseReceived(o) \/ SiblingStarted(o)

Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
(* I1 as far as time goes: what is proven by time does not run. *)
ProvenIsGone == claim = "PROVEN" => ~runs
(* I3: whom no witness saw for TSelf, stops. *)
StopsByItself == runs => lapsed < 2 * TWd
(* I5: the mailbox is never raised against a host whose renewal counted within the suspicion time. *)
SeenIsNotFenced == [][~raised /\ raised' => lease >= TSuspect - Drift]_vars
=============================================================================
