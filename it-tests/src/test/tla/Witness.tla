------------------------------ MODULE Witness ------------------------------
(* The storage plane without time: S renews on several storages, each in a cadence of its own (decision 0002); the
   claimer C writes the mailbox and reads the slot. What is shown is the lemma on which the proof by time rests:
   once C has written and read on a majority, and its claim stands, no renewal that S counted or will count began
   after the last change that C saw (`lastSeen`). Lease.tla has the same plane with time and one storage.

   Instead of times, every start carries one bit: whether it is later than what C has seen. A change that C sees
   clears all bits, for it sees it at the end of its read. *)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS Storages, MaxToken,
          Removed   \* rules taken out

VARIABLES
    op,       \* S's lane: "idle", "started" (beat in flight), "landed" (beat on the storage, mailbox not yet read)
    after,    \* the lane's operation began after the last change C saw
    clean,    \* the lane's newest clean operation did
    mail,     \* token that the lane's last mailbox read showed, 0 for none
    renewed,  \* a counted renewal began after the last change C saw
    fresh,    \* S's slot on the storage changed since C read it
    box,      \* token in C's mailbox block on the storage
    late,     \* a mail of an earlier claimer, of a spent token, is still on its way to some storage
    token,    \* newest token of a claim on S; 0 before the first
    open,     \* whether it is CLAIMED
    wrote, read \* where C has written the mailbox and then read the slot, for this token

vars == <<op, after, clean, mail, renewed, fresh, box, late, token, open, wrote, read>>
suspect == <<op, after, clean, mail, renewed>>

Off(rule) == rule \in Removed
Majority(set) == 2 * Cardinality(set) > Cardinality(Storages)
All(value) == [d \in Storages |-> value]

Init == /\ op = All("idle") /\ after = All(FALSE) /\ clean = All(FALSE) /\ mail = All(0) /\ renewed = FALSE
        /\ fresh = All(TRUE) /\ box = All(0) /\ late = TRUE /\ token = 0 /\ open = FALSE /\ wrote = {} /\ read = {}

---------------------------------------------------------------------------
Binds(t) == open /\ t = token /\ t # 0

BeatRound(d) == /\ op[d] = "idle" /\ op' = [op EXCEPT ![d] = "started"] /\ after' = [after EXCEPT ![d] = TRUE]
                /\ UNCHANGED <<clean, mail, renewed, fresh, box, late, token, open, wrote, read>>

BeatLands(d) == /\ op[d] = "started" /\ op' = [op EXCEPT ![d] = "landed"] /\ fresh' = [fresh EXCEPT ![d] = TRUE]
                /\ UNCHANGED <<after, clean, mail, renewed, box, late, token, open, wrote, read>>

(* The renewal counts from the oldest start among the freshest majority; one entry that binds holds it back. *)
Renew(cleanNow, mailNow) ==
    renewed' = (renewed \/ (/\ \A d \in Storages : ~Binds(mailNow[d])
                            /\ Majority({d \in Storages : cleanNow[d]})))

(* The mailbox is read after the beat was acknowledged there. *)
BeatRoundDone(d) ==
    /\ op[d] = "landed" \/ (op[d] = "started" /\ Off("SuspectWriteThenRead"))
    /\ op' = [op EXCEPT ![d] = "idle"] /\ after' = [after EXCEPT ![d] = FALSE]
    /\ mail' = [mail EXCEPT ![d] = IF Off("MailboxRead") THEN 0 ELSE box[d]]
    /\ clean' = [clean EXCEPT ![d] = IF Binds(mail'[d]) /\ ~Off("HeldIsNotClean") THEN @ ELSE after[d]]
    /\ Renew(clean', mail')
    /\ UNCHANGED <<fresh, box, late, token, open, wrote, read>>

(* A row that cannot be read is no clean operation, and says nothing of what it said before. *)
MailboxUnreadable(d) ==
    /\ op[d] = "landed" /\ op' = [op EXCEPT ![d] = "idle"] /\ after' = [after EXCEPT ![d] = FALSE]
    /\ mail' = [mail EXCEPT ![d] = 0]
    /\ UNCHANGED <<clean, renewed, fresh, box, late, token, open, wrote, read>>

(* The lane's process died, or another holds its lock; an operation in flight is awaited before it opens again. *)
LaneShut(d) ==
    /\ op[d] # "started" /\ op' = [op EXCEPT ![d] = "idle"] /\ after' = [after EXCEPT ![d] = FALSE]
    /\ mail' = [mail EXCEPT ![d] = 0]
    /\ UNCHANGED <<clean, renewed, fresh, box, late, token, open, wrote, read>>

---------------------------------------------------------------------------
(* C. What it sees move is evidence of now: nothing that began is later. *)
Saw(d) == /\ fresh' = [fresh EXCEPT ![d] = FALSE]
          /\ IF fresh[d] THEN after' = All(FALSE) /\ clean' = All(FALSE) /\ renewed' = FALSE
             ELSE UNCHANGED <<after, clean, renewed>>
          /\ UNCHANGED <<op, mail>>

BeatsScanned(d) == /\ fresh[d] /\ Saw(d) /\ UNCHANGED <<box, late, token, open, wrote, read>>

ClaimDecided == /\ ~open /\ token < MaxToken /\ token' = token + 1 /\ open' = TRUE /\ wrote' = {} /\ read' = {}
                /\ UNCHANGED <<suspect, fresh, box, late>>

MailWritten(d) == /\ open /\ box' = [box EXCEPT ![d] = token] /\ wrote' = wrote \cup {d}
                  /\ UNCHANGED <<suspect, fresh, late, token, open, read>>

(* On the very storage the mail was acknowledged before the slot is read; one that moved withdraws the claim. *)
MailRoundDone(d) ==
    /\ open /\ d \notin read /\ (d \in wrote \/ Off("SameMajority")) /\ Saw(d)
    /\ IF fresh[d] THEN open' = FALSE /\ read' = {} ELSE open' = open /\ read' = read \cup {d}
    /\ UNCHANGED <<box, late, token, wrote>>

ClaimWithdrawn == /\ open /\ open' = FALSE /\ wrote' = {} /\ read' = {}
                  /\ UNCHANGED <<suspect, fresh, box, late, token>>

(* C's next process knows of no read and no write; its first read of a slot is a change. *)
AgentStarted == /\ wrote' = {} /\ read' = {} /\ fresh' = All(TRUE) /\ UNCHANGED <<suspect, box, late, token, open>>

(* Every claimer has a block of its own, so what another one wrote before changes nothing here. *)
LateMailLands(d) ==
    /\ late /\ late' = FALSE /\ box' = [box EXCEPT ![d] = IF Off("BlockPerClaimer") THEN 0 ELSE @]
    /\ UNCHANGED <<suspect, fresh, token, open, wrote, read>>

Next == \/ ClaimDecided \/ ClaimWithdrawn \/ AgentStarted
        \/ \E d \in Storages : \/ BeatRound(d) \/ BeatLands(d) \/ BeatRoundDone(d) \/ MailboxUnreadable(d)
                               \/ LaneShut(d) \/ BeatsScanned(d) \/ MailWritten(d) \/ MailRoundDone(d)
                               \/ LateMailLands(d)

Spec == Init /\ [][Next]_vars
Same == Permutations(Storages)

---------------------------------------------------------------------------
(* Step 4 is done: where the slot was read, on a majority, the mail had been written before. *)
Mailed == open /\ Majority(read) /\ (Off("SameMajority") => Majority(wrote))
NothingAfterLastSeen == Mailed => ~renewed
=============================================================================
