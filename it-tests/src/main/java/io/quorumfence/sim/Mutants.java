package io.quorumfence.sim;

import java.util.List;

/** The guards that the simulator shows to be needed. A mutant that no longer applies fails its test. */
final class Mutants {
    private Mutants() {}

    static List<Mutant> all() {
        return java.util.stream.Stream.of(time(), lease(), declaration(), record(), permits())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Mutant> time() {
        return List.of(
                Mutant.shared(
                        "no-margin",
                        "T_takeover",
                        "config/TakeoverTime.java",
                        "Math.addExact(Math.addExact(span, drift), terms.marginNs())",
                        "Math.addExact(span, drift)"),
                Mutant.shared(
                        "drift-ignored",
                        "T_takeover",
                        "config/TakeoverTime.java",
                        "Math.addExact(Math.addExact(span, drift), terms.marginNs())",
                        "Math.addExact(span, terms.marginNs())"),
                Mutant.shared(
                        "one-watchdog-period",
                        "T_takeover",
                        "config/TakeoverTime.java",
                        "Math.multiplyExact(2L, terms.watchdogNs())",
                        "terms.watchdogNs()"),
                Mutant.core(
                        "age-not-capped",
                        "2",
                        "PromiseRules.java",
                        "long last = Math.max(s.facts.processStartNs(), peer == null ? Timing.NEVER : peer.ackSentNs);",
                        "long last = peer == null ? Timing.NEVER / 2 : peer.ackSentNs;"),
                Mutant.core(
                        "terms-of-another-life",
                        "4",
                        "PromiseRules.java",
                        "Optional<Terms> terms = acked.map(AckRequest::terms);",
                        "Optional<Terms> terms = Optional.ofNullable(peer)"
                                + ".flatMap(p -> Optional.ofNullable(p.lastAcked)).map(AckRequest::terms);"),
                Mutant.core(
                        "unarmed-is-proven",
                        "12",
                        "TimeProof.java",
                        "return t.armed() ? Optional.empty() : Optional.of(",
                        "return true ? Optional.empty() : Optional.of("),
                Mutant.core(
                        "epochs-ignored",
                        "15",
                        "TimeProof.java",
                        ".filter(set -> set.epoch() >= epoch)",
                        ".filter(set -> set.epoch() == record.epoch())"),
                Mutant.core(
                        "one-promise-is-enough",
                        "step 5",
                        "TimeProof.java",
                        ".allMatch(counted -> Quorum.blocks(counted, promised, work.suspect));",
                        ".allMatch(counted -> !counted.isEmpty());"));
    }

    private static List<Mutant> lease() {
        return List.of(
                Mutant.core(
                        "no-latch",
                        "latch",
                        "Latch.java",
                        "if (over && s.config.action().isEnforceable()) {",
                        "if (over && nowNs == 0) {"),
                Mutant.core(
                        "lease-from-completion",
                        "lease",
                        "StorageDesk.java",
                        "lane.cleanStartNs = Math.max(lane.cleanStartNs, lane.opStartedNs);",
                        "lane.cleanStartNs = nowNs;"),
                Mutant.core(
                        "mailbox-not-read",
                        "6",
                        "Rounds.java",
                        "if (binds(s, entry)) {",
                        "if (s.life == null && binds(s, entry)) {"),
                Mutant.core(
                        "promises-forgotten-on-restart",
                        "16",
                        "AgentState.java",
                        "facts.promises().forEach(promise -> promises.bound.put(promise.token(), promise));",
                        ""),
                Mutant.core(
                        "acknowledges-although-bound",
                        "step 5",
                        "Acknowledging.java",
                        "if (bindingToken(s, request) != 0) {",
                        "if (s.life == null && bindingToken(s, request) != 0) {"),
                Mutant.core(
                        "list-from-before-the-latch",
                        "10",
                        "Latch.java",
                        "listed.question() == s.latchQuestion && listed.question() != 0",
                        "listed.question() >= 0"),
                Mutant.core(
                        "starts-unarmed",
                        "12",
                        "PermitDesk.java",
                        "!wait.deciding() && (s.arming.state == Arming.State.ARMED || !s.canArm())",
                        "!wait.deciding()"),
                Mutant.core(
                        "disarms-before-it-is-known",
                        "4",
                        "ArmingRules.java",
                        "} else if (isPublished(s)) {",
                        "} else {"));
    }

    private static List<Mutant> declaration() {
        return List.of(
                Mutant.core(
                        "network-not-asked",
                        "I5",
                        "Suspicion.java",
                        "long seen = peer == null ? Timing.NEVER : peer.lastSignNs();",
                        "long seen = Timing.NEVER;"),
                Mutant.core(
                        "storage-not-asked",
                        "I5",
                        "Suspicion.java",
                        "return silentNs >= limit && storageAge(s, host, life, nowNs) >= limit;",
                        "return silentNs >= limit;"),
                Mutant.core(
                                "no-second-opinion",
                                "step 2",
                                "Declaration.java",
                                "if (work.opinions.containsValue(Opinion.SEEN)) {",
                                "if (work.token != null) {")
                        .andCore("Declaration.java", "if (silent < needed) {", "if (silent < 0) {"),
                Mutant.core(
                        "moved-beat-ignored",
                        "step 4",
                        "Mailing.java",
                        "if (moved && work.stage.ordinal() <= FenceWork.Stage.RAISING.ordinal()) {",
                        "if (moved && work.token == null) {"),
                Mutant.core(
                        "unreadable-is-stale",
                        "I8",
                        "Mailing.java",
                        "if (work == null || slot.unknown()) {",
                        "if (work == null) {"),
                Mutant.core(
                        "mail-to-one-storage",
                        "6",
                        "Mailing.java",
                        "int majority = Quorum.majority(s.lanes.size());",
                        "int majority = 1;"),
                Mutant.core(
                        "silent-before-it-was-born",
                        "2",
                        "AgentState.java",
                        "return born == null ? facts.processStartNs()"
                                + " : Math.max(facts.processStartNs(), born.sinceNs());",
                        "return facts.processStartNs();"),
                Mutant.core(
                        "withdraws-under-the-shell",
                        "8",
                        "Declaration.java",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves && !work.sshRunning",
                        "!s.suspectedNs.containsKey(work.suspect) && !proves"),
                Mutant.core(
                        "still-alive-ignored",
                        "ladder",
                        "Ladder.java",
                        "nowNs > time.opensNs() && !contradicted(s, work, time)",
                        "nowNs > time.opensNs()"));
    }

    private static List<Mutant> record() {
        return List.of(
                Mutant.shared(
                        "vms-gone-leaves-the-counts",
                        "1",
                        "record/ClaimRules.java",
                        "proof.level() == ProofLevel.HOST_GONE",
                        "proof.level() != null"),
                Mutant.shared(
                        "no-storm-guard",
                        "15",
                        "record/ClaimRules.java",
                        "if (recent >= wish.stormLimit()) {",
                        "if (recent < 0) {"),
                Mutant.shared(
                        "second-claim",
                        "I4",
                        "record/ClaimRules.java",
                        "if (standing.isPresent()) {\n                return standing.get().claimer()",
                        "if (standing.isPresent() && standing.get().claimer().equals(claimer)) {\n"
                                + "                return standing.get().claimer()"),
                Mutant.shared(
                        "claimed-claimers",
                        "step 3",
                        "record/ClaimRules.java",
                        "if (!record.isJoined(claimer, claimerLife)\n"
                                + "                    || record.standingClaimOn(claimer, claimerLife).isPresent()) {",
                        "if (!record.isJoined(claimer, claimerLife)) {"),
                Mutant.shared(
                        "accepted-ballot-ignored",
                        "7",
                        "record/Register.java",
                        "CellRecord value = highestAccepted().flatMap(BallotBlock::candidate).orElse(proposal);",
                        "CellRecord value = proposal;"));
    }

    private static List<Mutant> permits() {
        return List.of(
                Mutant.shared(
                                "no-boot-barrier",
                                "boot barrier",
                                "record/PermitRules.java",
                                "record.standingClaimOn(entry.host(), entry.incarnation()).isPresent()"
                                        + " || record.isBarred(entry.host())",
                                "entry.gone()")
                        .andShared(
                                "record/PermitRules.java",
                                "if (record.standingClaimOn(wish.destination(), wish.life()).isPresent()\n"
                                        + "                || record.isBarred(wish.destination())) {",
                                "if (wish.life().counter() < 0) {"),
                Mutant.shared(
                        "word-covers-redeemed",
                        "11",
                        "record/PermitRules.java",
                        "&& permit.stage() == PermitStage.GRANTED",
                        ""),
                Mutant.shared(
                        "permit-elsewhere-ignored",
                        "11",
                        "record/PermitRules.java",
                        "return elsewhere.isEmpty()",
                        "return elsewhere.size() >= 0"),
                Mutant.shared(
                        "proof-of-an-older-life",
                        "3",
                        "record/PermitRules.java",
                        "&& last != null\n                && last.incarnation().equals(claim.get().incarnation());",
                        "&& last != null;"),
                Mutant.core(
                        "list-cut-short-is-absence",
                        "13",
                        "PermitDesk.java",
                        "} else if (!listed.complete()) {",
                        "} else if (listed.question() < 0) {"),
                Mutant.core(
                                "start-under-way-is-absence",
                                "10",
                                "PermitDesk.java",
                                "} else if (listed.inFlight()) {",
                                "} else if (listed.question() < 0) {")
                        .andCore(
                                "PermitDesk.java",
                                "} else if (redeemed.isPresent()) {",
                                "} else if (listed.question() < 0) {"));
    }
}
