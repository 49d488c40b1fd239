------------------------------- MODULE Permit -------------------------------
(* The cell record and what hangs on it: joins, claims and their stages, takeover, power with its intent, the shell,
   rebirth, the boot barrier, and permits from grant to start. One VM. The record is one linearizable value here
   (Register.tla shows that), every decision one step. Time is gone: the rung `time` may be climbed only when an armed
   host is dead (Lease.tla shows that), and at any moment when the keeper holds no expiry. *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Hosts, MaxBoot, MaxClaims, MaxPermits, Rungs, First,
          Steady,   \* hosts that never lose power and never get the VM; where there are such, they are fenced by
                    \* the shell only and the others by power only: keeps three hosts small
          Removed   \* rules taken out

VARIABLES
    up, boot,  \* the machine, and which kernel boot it is in or was in last
    runs,      \* the VM's process is here
    hook,      \* permit that the hook was told is redeemed, its process not yet there; 0 for none
    barrier,   \* start barrier on tmpfs
    arm,       \* "off", "keeper" (expiry set), "published" (and both majorities know)
    joined,    \* record: newest joined incarnation, 0 for none
    gone,      \* record: proven HOST_GONE
    claims,    \* record: the claims, their place is their token
    permits,   \* record: the permits
    said,      \* incarnation of the host whose word "not here" some gate holds, 0 for none
    flying,    \* per claim: whose power command is on its way, or about to be sent by one who is stopped
    shell,     \* per claim: a shell has put the barrier and not yet listed
    stale      \* a fence ended a VM of another incarnation than its claim's

machine == <<up, boot, runs, hook, barrier, arm>>
record == <<joined, gone, claims, permits>>
flight == <<said, flying, shell, stale>>
vars == <<machine, record, flight>>

Off(rule) == rule \in Removed
Claims == 1..Len(claims)
Permits == 1..Len(permits)
Open(k) == claims[k].stage \in {"CLAIMED", "POWER_INTENT"}
Standing(k) == Open(k) \/ claims[k].stage = "PROVEN"
Claimed(h, i) == \E k \in Claims : Standing(k) /\ claims[k].suspect = h /\ i <= claims[k].life
Barred(h) == \E k \in Claims : Open(k) /\ claims[k].suspect = h
Member(h) == up[h] /\ joined[h] = boot[h]
Works(k) == LET c == claims[k].claimer IN Member(c) /\ claims[k].claimerLife = boot[c]
Stage(k, stage) == claims' = [claims EXCEPT ![k].stage = stage]
PermitOpen(p) == permits[p].stage \in {"GRANTED", "REDEEMED"}

(* The VM runs on First, by a permit that was redeemed there. *)
Init ==
    /\ up = [h \in Hosts |-> TRUE] /\ boot = [h \in Hosts |-> 1] /\ runs = [h \in Hosts |-> h = First]
    /\ hook = [h \in Hosts |-> 0] /\ barrier = [h \in Hosts |-> FALSE]
    /\ arm = [h \in Hosts |-> IF h = First THEN "published" ELSE "off"]
    /\ joined = boot /\ gone = [h \in Hosts |-> FALSE] /\ claims = <<>>
    /\ permits = <<[on |-> First, life |-> 1, basis |-> 0, stage |-> "REDEEMED"]>>
    /\ said = [h \in Hosts |-> 0] /\ flying = [k \in 1..MaxClaims |-> {}]
    /\ shell = [k \in 1..MaxClaims |-> FALSE] /\ stale = FALSE

---------------------------------------------------------------------------
(* Machines. *)
Down(h) == /\ up' = [up EXCEPT ![h] = FALSE] /\ runs' = [runs EXCEPT ![h] = FALSE] /\ hook' = [hook EXCEPT ![h] = 0]
           /\ barrier' = [barrier EXCEPT ![h] = FALSE] /\ arm' = [arm EXCEPT ![h] = "off"]

PowerLost(h) == h \notin Steady /\ up[h] /\ Down(h) /\ UNCHANGED <<boot, record, flight>>

HostBoots(h) == /\ ~up[h] /\ boot[h] < MaxBoot /\ up' = [up EXCEPT ![h] = TRUE] /\ boot' = [boot EXCEPT ![h] = @ + 1]
                /\ UNCHANGED <<runs, hook, barrier, arm, record, flight>>

(* A new kernel boot id is the proof that the life before is over: claims on it are proven, its permits end. What a
   power intent started may still be on its way, so that stays open. *)
HostJoined(h) ==
    /\ up[h] /\ joined[h] < boot[h] /\ joined' = [joined EXCEPT ![h] = boot[h]] /\ gone' = [gone EXCEPT ![h] = FALSE]
    /\ claims' = [k \in Claims |-> IF claims[k].stage = "CLAIMED" /\ claims[k].suspect = h
                                   THEN [claims[k] EXCEPT !.stage = "PROVEN", !.level = "HOST_GONE"] ELSE claims[k]]
    /\ permits' = [p \in Permits |-> IF PermitOpen(p) /\ permits[p].on = h
                                     THEN [permits[p] EXCEPT !.stage = "ENDED"] ELSE permits[p]]
    /\ UNCHANGED <<machine, flight>>

(* Terms: the keeper first, then out; back only with nothing here or on its way. *)
Needed(h) == runs[h] \/ hook[h] # 0 \/ \E p \in Permits : permits[p].stage = "REDEEMED" /\ permits[p].on = h
ArmedChanged(h) ==
    /\ Member(h) /\ h \notin Steady
    /\ \/ arm[h] = "off" /\ arm' = [arm EXCEPT ![h] = "keeper"]
       \/ arm[h] = "keeper" /\ arm' = [arm EXCEPT ![h] = "published"]
       \/ arm[h] = "published" /\ ~Needed(h) /\ arm' = [arm EXCEPT ![h] = "keeper"]
       \/ arm[h] = "keeper" /\ ~Needed(h) /\ arm' = [arm EXCEPT ![h] = "off"]
    /\ UNCHANGED <<up, boot, runs, hook, barrier, record, flight>>

---------------------------------------------------------------------------
(* Claims. *)
Fit(c, s) == c # s /\ Member(c) /\ ~gone[c] /\ (Off("ClaimedMayNotClaim") \/ ~Claimed(c, boot[c]))

ClaimDecided(c, s) ==
    /\ Len(claims) < MaxClaims /\ Fit(c, s)
    /\ \E life \in IF Off("OnlyJoinedLives") THEN 1..joined[s] ELSE {joined[s]} :
         /\ ~\E k \in Claims : Standing(k) /\ claims[k].suspect = s /\ claims[k].life = life
         /\ claims' = Append(claims, [suspect |-> s, life |-> life, claimer |-> c, claimerLife |-> boot[c],
                                      stage |-> "CLAIMED", level |-> "NONE"])
    /\ UNCHANGED <<machine, joined, gone, permits, flight>>

ClaimWithdrawn(k) ==
    /\ claims[k].stage = "CLAIMED" /\ (Works(k) \/ (Member(claims[k].suspect) /\ boot[claims[k].suspect] = claims[k].life))
    /\ Stage(k, "WITHDRAWN") /\ UNCHANGED <<machine, joined, gone, permits, flight>>

(* An open intent passes on only when its holder's life is proven to be over, machine and all, and its command has
   had its flight time: a holder that is merely without VMs may still send it. *)
HolderOver(k) == \E j \in Claims :
    /\ claims[j].stage = "PROVEN" /\ claims[j].suspect = claims[k].claimer /\ claims[k].claimerLife <= claims[j].life
    /\ Off("TwoLevels") \/ (claims[j].level = "HOST_GONE" /\ claims[k].claimer \notin flying[k])
MayPass(k) == \/ claims[k].stage = "CLAIMED"
              \/ claims[k].stage = "POWER_INTENT" /\ (HolderOver(k) \/ Off("IntentNotTakenOver"))

ClaimTakenOver(c, k) ==
    /\ MayPass(k) /\ claims[k].claimer # c /\ Fit(c, claims[k].suspect)
    /\ claims' = [claims EXCEPT ![k].claimer = c, ![k].claimerLife = boot[c]]
    /\ UNCHANGED <<machine, joined, gone, permits, flight>>

Proven(k, level) ==
    /\ claims' = [claims EXCEPT ![k].stage = "PROVEN", ![k].level = level]
    /\ gone' = [gone EXCEPT ![claims[k].suspect] = @ \/ (level = "HOST_GONE" /\ joined[claims[k].suspect] = claims[k].life)]
    /\ UNCHANGED <<joined, permits>>

Dead(k) == ~up[claims[k].suspect] \/ boot[claims[k].suspect] # claims[k].life

(* A keeper that holds an expiry has ended the host by then; a host without one is not proven by time. *)
ProvenByTime(k) ==
    /\ "time" \in Rungs /\ claims[k].stage = "CLAIMED" /\ Works(k)
    /\ Dead(k) \/ (Off("UnarmedIsUnproven") /\ arm[claims[k].suspect] = "off")
    /\ Proven(k, "HOST_GONE") /\ UNCHANGED <<machine, flight>>

(* The shell: barrier, then list, kill and verify; boot id and kill in one command. *)
FenceBySsh(k) ==
    /\ "ssh" \in Rungs /\ (Steady = {} \/ claims[k].suspect \in Steady) /\ claims[k].stage = "CLAIMED" /\ Works(k) /\ ~shell[k] /\ up[claims[k].suspect]
    /\ shell' = [shell EXCEPT ![k] = TRUE]
    /\ barrier' = [barrier EXCEPT ![claims[k].suspect] = @ \/ (~Off("StartBarrier") /\ ~Dead(k))]
    /\ UNCHANGED <<up, boot, runs, hook, arm, record, said, flying, stale>>

(* The command runs on the suspect, whatever became of its claimer; the answer counts only for a claim still open. *)
SshFinished(k) ==
    /\ shell[k] /\ shell' = [shell EXCEPT ![k] = FALSE]
    /\ LET s == claims[k].suspect
           hit == up[s] /\ (Off("KillByIncarnation") \/ ~Dead(k))
       IN /\ runs' = [runs EXCEPT ![s] = @ /\ ~hit]
          /\ stale' = (stale \/ (hit /\ Dead(k) /\ runs[s]))
          /\ IF hit /\ claims[k].stage = "CLAIMED" /\ Works(k) THEN Proven(k, "VMS_GONE") ELSE UNCHANGED record
    /\ UNCHANGED <<up, boot, hook, barrier, arm, said, flying>>

PowerIntended(k) == /\ "power" \in Rungs /\ claims[k].suspect \notin Steady /\ claims[k].stage = "CLAIMED" /\ Works(k) /\ Stage(k, "POWER_INTENT")
                    /\ UNCHANGED <<machine, joined, gone, permits, flight>>

(* No incarnation can bind a power command. *)
PowerSent(k) ==
    /\ claims[k].stage = "POWER_INTENT" /\ Works(k) /\ flying' = [flying EXCEPT ![k] = @ \cup {claims[k].claimer}]
    /\ UNCHANGED <<machine, record, said, shell, stale>>

PowerLanded(k) ==
    /\ \E c \in flying[k] : flying' = [flying EXCEPT ![k] = @ \ {c}]
    /\ LET s == claims[k].suspect IN
         IF up[s] THEN Down(s) /\ stale' = (stale \/ (boot[s] # claims[k].life /\ runs[s]))
         ELSE UNCHANGED <<up, runs, hook, barrier, arm, stale>>
    /\ UNCHANGED <<boot, record, said, shell>>

Landed(k) == claims[k].claimer \notin flying[k]

(* Off, seen by a second status call, after the fence agent's process and the command's flight time are over. *)
ProvenByPower(k) ==
    /\ claims[k].stage = "POWER_INTENT" /\ Works(k) /\ Dead(k) /\ (Landed(k) \/ Off("FlightTime"))
    /\ Proven(k, "HOST_GONE") /\ UNCHANGED <<machine, flight>>

(* ABANDONED is written when no child that could still send is left: children hold the process lock. *)
ClaimAbandoned(k) ==
    /\ claims[k].stage = "POWER_INTENT" /\ Works(k) /\ (Landed(k) \/ Off("ChildHoldsLock"))
    /\ Stage(k, "ABANDONED") /\ UNCHANGED <<machine, joined, gone, permits, flight>>

(* The holder joined anew: its old life is over, and with it, after the flight time, its intents. *)
IntentReleased(k) ==
    /\ claims[k].stage = "POWER_INTENT" /\ joined[claims[k].claimer] > claims[k].claimerLife
    /\ (Landed(k) \/ Off("FlightTime"))
    /\ Stage(k, "ABANDONED") /\ UNCHANGED <<machine, joined, gone, permits, flight>>

---------------------------------------------------------------------------
(* Permits. *)
HostSaid(h) ==
    /\ "host-says" \in Rungs /\ h \notin Steady /\ Member(h) /\ said[h] # boot[h] /\ ~runs[h]
    /\ ~\E p \in Permits : permits[p].stage = "REDEEMED" /\ permits[p].on = h /\ permits[p].life = boot[h]
    /\ said' = [said EXCEPT ![h] = boot[h]]
    /\ barrier' = [barrier EXCEPT ![h] = TRUE]
    /\ UNCHANGED <<up, boot, runs, hook, arm, record, flying, shell, stale>>

Free(h) == /\ joined[h] > 0 /\ ~gone[h] /\ ~Claimed(h, joined[h]) /\ h \notin Steady
           /\ (Off("BootBarrier") \/ ~Barred(h))

Granted(d, last, basis) ==
    /\ Len(permits) < MaxPermits /\ Free(d)
    /\ \A p \in Permits : PermitOpen(p) /\ permits[p].on # last => Off("HeldBySomebody")
    /\ permits' = Append([p \in Permits |-> IF PermitOpen(p) /\ permits[p].on = last
                                            THEN [permits[p] EXCEPT !.stage = "ENDED"] ELSE permits[p]],
                         [on |-> d, life |-> joined[d], basis |-> basis, stage |-> "GRANTED"])
    /\ UNCHANGED <<machine, joined, gone, claims, flight>>

PermitGrantedOnClaim(d, k) ==
    /\ claims[k].stage = "PROVEN" /\ joined[claims[k].suspect] = claims[k].life /\ d # claims[k].suspect
    /\ Granted(d, claims[k].suspect, k)

PermitGrantedOnWord(d, last) ==
    /\ said[last] # 0 /\ said[last] = joined[last]
    /\ \A p \in Permits : ~(permits[p].stage = "REDEEMED" /\ permits[p].on = last /\ permits[p].life = joined[last])
    /\ Granted(d, last, 0)

BasisHolds(p) == IF permits[p].basis = 0 THEN TRUE
                 ELSE LET k == permits[p].basis IN joined[claims[k].suspect] = claims[k].life

PermitRedeemed(h, p) ==
    /\ permits[p].stage = "GRANTED" /\ permits[p].on = h /\ Member(h) /\ permits[p].life = boot[h]
    /\ (Off("ClaimedMayNotStart") \/ ~Claimed(h, boot[h])) /\ (Off("BootBarrier") \/ ~Barred(h))
    /\ (Off("ProofStillHolds") \/ BasisHolds(p))
    /\ (Off("ArmedBeforeStart") \/ arm[h] = "published")
    /\ permits' = [permits EXCEPT ![p].stage = "REDEEMED"]
    /\ hook' = [hook EXCEPT ![h] = p] /\ barrier' = [barrier EXCEPT ![h] = FALSE]
    /\ UNCHANGED <<up, boot, runs, arm, joined, gone, claims, flight>>

(* The hook's last look before the process starts, at any time later. *)
VmStarted(h) ==
    /\ up[h] /\ hook[h] # 0 /\ hook' = [hook EXCEPT ![h] = 0]
    /\ runs' = [runs EXCEPT ![h] = @ \/ ~barrier[h]]
    /\ UNCHANGED <<up, boot, barrier, arm, record, flight>>

(* Expiry or cancel: only what was not redeemed. *)
PermitEnded(p) ==
    /\ permits[p].stage = "GRANTED" \/ (Off("EndsInRecord") /\ permits[p].stage = "REDEEMED" /\ ~runs[permits[p].on])
    /\ permits' = [permits EXCEPT ![p].stage = "ENDED"]
    /\ UNCHANGED <<machine, joined, gone, claims, flight>>

(* The VM ended, and its host, behind the barrier, saw that in a complete list with nothing in flight. *)
VmStopped(h) ==
    /\ Member(h) /\ runs[h] /\ runs' = [runs EXCEPT ![h] = FALSE] /\ barrier' = [barrier EXCEPT ![h] = TRUE]
    /\ permits' = [p \in Permits |-> IF permits[p].stage = "REDEEMED" /\ permits[p].on = h
                                     THEN [permits[p] EXCEPT !.stage = "ENDED"] ELSE permits[p]]
    /\ UNCHANGED <<up, boot, hook, arm, joined, gone, claims, flight>>

Next ==
    \/ \E h \in Hosts : \/ PowerLost(h) \/ HostBoots(h) \/ HostJoined(h) \/ ArmedChanged(h) \/ HostSaid(h)
                        \/ VmStarted(h) \/ VmStopped(h)
                        \/ \E s \in Hosts : ClaimDecided(h, s) \/ PermitGrantedOnWord(h, s)
                        \/ \E k \in Claims : ClaimTakenOver(h, k) \/ PermitGrantedOnClaim(h, k)
                        \/ \E p \in Permits : PermitRedeemed(h, p)
    \/ \E k \in Claims : \/ ClaimWithdrawn(k) \/ ProvenByTime(k) \/ FenceBySsh(k) \/ SshFinished(k)
                         \/ PowerIntended(k) \/ PowerSent(k) \/ PowerLanded(k) \/ ProvenByPower(k)
                         \/ ClaimAbandoned(k) \/ IntentReleased(k)
    \/ \E p \in Permits : PermitEnded(p)

Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
(* I1 *)
NeverTwice == Cardinality({h \in Hosts : runs[h]}) <= 1
(* I4 *)
OneClaim == \A j, k \in Claims :
    (j # k /\ Standing(j) /\ Standing(k) /\ claims[j].suspect = claims[k].suspect) => claims[j].life # claims[k].life
(* I5, as far as fences reach: none ends a VM of another life than the one that was claimed. *)
NoStaleKill == ~stale
(* Two that suspect each other cannot both be fenced. *)
NoMutualFence == \A j, k \in Claims :
    ~(/\ Standing(j) /\ Standing(k) /\ claims[j].suspect = claims[k].claimer /\ claims[j].life = claims[k].claimerLife
      /\ claims[k].suspect = claims[j].claimer /\ claims[k].life = claims[j].claimerLife)
=============================================================================
