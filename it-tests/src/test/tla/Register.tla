------------------------------ MODULE Register ------------------------------
(* The cell record as a register over the quorum storages: Disk Paxos, one block per host and storage that is used
   again for every version. A block for version v + 1 carries what was decided as version v (rule 7). Writes may hang
   and land late; while one hangs, its host writes nothing else to that block (one outstanding write). A restarted
   agent has lost everything that is not in its blocks on a majority. *)
EXTENDS Naturals, FiniteSets

CONSTANTS Hosts,      \* 1..n; a host proposes its own number in every version
          Storages, Versions, MaxBallot, MaxRestarts, MaxLate,
          Removed     \* rules taken out

VARIABLES disk, block, pc, wrote, read, found, decided, late, restarts
vars == <<disk, block, pc, wrote, read, found, decided, late, restarts>>

Off(rule) == rule \in Removed
Empty(version, before) == [version |-> version, mbal |-> 0, bal |-> 0, value |-> 0, before |-> before]
Zero == Empty(1, 0)
Majority(set) == 2 * Cardinality(set) > Cardinality(Storages)
Ballots(p) == {b \in 1..MaxBallot : b % Cardinality(Hosts) = p % Cardinality(Hosts)}

Init == /\ disk = [d \in Storages |-> [p \in Hosts |-> Zero]] /\ block = [p \in Hosts |-> Zero]
        /\ pc = [p \in Hosts |-> "idle"] /\ wrote = [p \in Hosts |-> {}] /\ read = [p \in Hosts |-> {}]
        /\ found = [p \in Hosts |-> {}] /\ decided = {} /\ late = {} /\ restarts = 0

Fresh(p) == /\ wrote' = [wrote EXCEPT ![p] = {}] /\ read' = [read EXCEPT ![p] = {}] /\ found' = [found EXCEPT ![p] = {}]

Proposed(p) ==
    /\ \E b \in Ballots(p) : /\ b > block[p].mbal /\ \A c \in Ballots(p) : c > block[p].mbal => b <= c
                             /\ block' = [block EXCEPT ![p].mbal = b]
    /\ pc[p] # "done" /\ pc' = [pc EXCEPT ![p] = "phase1"] /\ Fresh(p) /\ UNCHANGED <<disk, decided, late, restarts>>

Active(p) == pc[p] \in {"phase1", "phase2"}
Hangs(p, d) == \E x \in late : x.storage = d /\ x.host = p

BallotWritten(p, d) ==
    /\ Active(p) /\ d \notin wrote[p] /\ (Off("OneOutstanding") \/ ~Hangs(p, d))
    /\ disk' = [disk EXCEPT ![d][p] = block[p]] /\ wrote' = [wrote EXCEPT ![p] = @ \cup {d}]
    /\ UNCHANGED <<block, pc, read, found, decided, late, restarts>>

WriteHangs(p, d) ==
    /\ Active(p) /\ d \notin wrote[p] /\ Cardinality(late) < MaxLate /\ ~Hangs(p, d)
    /\ late' = late \cup {[storage |-> d, host |-> p, block |-> block[p]]}
    /\ UNCHANGED <<disk, block, pc, wrote, read, found, decided, restarts>>

LateWriteLands ==
    /\ \E x \in late : disk' = [disk EXCEPT ![x.storage][x.host] = x.block] /\ late' = late \ {x}
    /\ UNCHANGED <<block, pc, wrote, read, found, decided, restarts>>

(* A later version tells what was decided as the one before it; a higher ballot ends the own one. *)
BallotsRead(p, d, q) ==
    /\ Active(p) /\ d \in wrote[p] /\ q # p /\ <<d, q>> \notin read[p]
    /\ LET x == disk[d][q]
           same == x.version = block[p].version
       IN IF x.version > block[p].version /\ ~Off("CarriesDecided")
          THEN /\ decided' = decided \cup {<<x.version - 1, x.before>>}
               /\ block' = [block EXCEPT ![p] = Empty(x.version, x.before)] /\ pc' = [pc EXCEPT ![p] = "idle"] /\ Fresh(p)
          ELSE IF same /\ x.mbal > block[p].mbal
          THEN pc' = [pc EXCEPT ![p] = "idle"] /\ Fresh(p) /\ UNCHANGED <<block, decided>>
          ELSE /\ read' = [read EXCEPT ![p] = @ \cup {<<d, q>>}]
               /\ found' = [found EXCEPT ![p] = IF same THEN @ \cup {x} ELSE @]
               /\ UNCHANGED <<block, pc, wrote, decided>>
    /\ UNCHANGED <<disk, late, restarts>>

Full(p) == Majority({d \in wrote[p] : \A q \in Hosts \ {p} : <<d, q>> \in read[p]})

PhaseOneDone(p) ==
    /\ pc[p] = "phase1" /\ Full(p)
    /\ LET accepted == {x \in found[p] \cup {block[p]} : x.value # 0}
           value == IF accepted = {} \/ Off("AdoptAccepted") THEN p
                    ELSE (CHOOSE x \in accepted : \A y \in accepted : y.bal <= x.bal).value
       IN block' = [block EXCEPT ![p].bal = block[p].mbal, ![p].value = value]
    /\ pc' = [pc EXCEPT ![p] = "phase2"] /\ Fresh(p) /\ UNCHANGED <<disk, decided, late, restarts>>

Decided(p) ==
    /\ pc[p] = "phase2" /\ Full(p) /\ decided' = decided \cup {<<block[p].version, block[p].value>>}
    /\ IF block[p].version < Versions
       THEN /\ block' = [block EXCEPT ![p] = Empty(@.version + 1, @.value)] /\ pc' = [pc EXCEPT ![p] = "idle"]
       ELSE block' = block /\ pc' = [pc EXCEPT ![p] = "done"]
    /\ Fresh(p) /\ UNCHANGED <<disk, late, restarts>>

NotAfter(y, x) == \/ y.version < x.version
                  \/ y.version = x.version /\ (y.mbal < x.mbal \/ (y.mbal = x.mbal /\ y.bal <= x.bal))

(* What hangs from the process before keeps its lane shut (`late` holds the block), so it is still outstanding. *)
AgentStarted(p) ==
    /\ restarts < MaxRestarts /\ restarts' = restarts + 1 /\ pc' = [pc EXCEPT ![p] = "idle"] /\ Fresh(p)
    /\ \E m \in SUBSET {d \in Storages : Off("OneOutstanding") \/ ~Hangs(p, d)} :
         /\ Majority(m)
         /\ LET own == {disk[d][p] : d \in m}
            IN block' = [block EXCEPT ![p] = CHOOSE x \in own : \A y \in own : NotAfter(y, x)]
    /\ UNCHANGED <<disk, decided, late>>

Next == \/ LateWriteLands
        \/ \E p \in Hosts : \/ Proposed(p) \/ PhaseOneDone(p) \/ Decided(p) \/ AgentStarted(p)
                            \/ \E d \in Storages : \/ BallotWritten(p, d) \/ WriteHangs(p, d)
                                                   \/ \E q \in Hosts : BallotsRead(p, d, q)
Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
(* One value a version: what I4 and the order of all decisions rest on. *)
Agreement == \A x, y \in decided : x[1] = y[1] => x[2] = y[2]
=============================================================================
