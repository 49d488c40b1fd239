package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.GateBench.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.model.CellId;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One row a situation: what the cell looks like when the request is asked, and what the first answer is. A row that
 * ends in a question names the question instead. The VM ran on h1, the request wants it on h2.
 */
class GateTruthTableTest {

    static Stream<Arguments> refusals() {
        return Stream.of(refusals1(), refusals2(), refusals3(), refusals4()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> refusals1() {
        return Stream.of(
                // The last host's own word, and what others see of it.
                row("host-alive", "vm-present: host h1 lists VM", b -> {}),
                row("host-alive", "vm-present", b -> b.record.claim(3, b.h1, 1, "h2", ClaimStage.PROVEN)),
                // Somewhere else.
                row(
                        "vm-seen-elsewhere",
                        "on host h3 by h3",
                        b -> b.vmEnded().h3.vms.add(VM)),
                row(
                        "vm-seen-elsewhere",
                        "on host h2 by h2",
                        b -> b.vmEnded().h2.vms.add(VM)),
                row("vm-seen-elsewhere", "on host h3 by h2", b -> {
                    b.vmEnded().silent.add(b.h3.id);
                    b.h2.sees(b.h3).lists(true, VM);
                }),
                row("vm-seen-elsewhere", "on host h3 by h2", b -> {
                    b.powerLost(60_000).silent.add(b.h3.id);
                    b.h2.sees(b.h3).lists(true, VM);
                }),
                row("vm-seen-elsewhere", "on host h3 by h1", b -> {
                    b.vmEnded().silent.add(b.h3.id);
                    b.h1.sees(b.h3).lists(false, VM);
                }),
                row("vm-seen-elsewhere", "on host h3 by h2", b -> {
                    // Proven gone is its first life; a second one beats and lists the VM.
                    b.vmEnded().silent.add(b.h3.id);
                    b.record.claim(3, b.h3, 1, "h2", ClaimStage.PROVEN);
                    b.h2.sees(b.h3).life(2, HostDouble.boot("h3", 2)).lists(true, VM);
                }),
                // Perhaps somewhere else.
                row("silent-host-may-have-it", "host h3 may have VM", b -> {
                    b.vmEnded().silent.add(b.h3.id);
                    b.h1.sees(b.h3).lists(false);
                    b.h2.sees(b.h3).lists(false);
                }),
                row("silent-host-may-have-it", "h3", b -> {
                    // The list in hand is of an earlier life than the one that joined.
                    b.h3.counter = 2;
                    b.record.joined(b.h3);
                    b.vmEnded().silent.add(b.h3.id);
                    b.h1.sees(b.h3).life(1, b.h3.bootId);
                    b.h2.sees(b.h3).life(1, b.h3.bootId);
                }),
                row("silent-host-may-have-it", "h3", b -> {
                    // The fresher observer has no complete list; the older one's does not help.
                    b.vmEnded().silent.add(b.h3.id);
                    b.h1.sees(b.h3).aged(9_000L, null);
                    b.h2.sees(b.h3).aged(1_000L, null).lists(false);
                }));
    }

    private static Stream<Arguments> refusals2() {
        return Stream.of(
                row("silent-host-may-have-it", "nobody has a list", b -> {
                    b.vmEnded().silent.add(b.h3.id);
                    b.h1.views.remove(b.h3.id);
                    b.h2.views.remove(b.h3.id);
                }),
                row("silent-host-may-have-it", "host h4 may have VM", b -> {
                    // A member of the record that is not configured here.
                    b.vmEnded().record.members.add(new HostId("h4"));
                }),
                row("silent-host-may-have-it", "cannot list", b -> b.vmEnded().h3.vmsComplete = false),
                // Permits of others.
                row(
                        "permit-exists",
                        "permit 5 for host h3 is GRANTED (request other)",
                        b -> b.vmEnded().record.permit(5, "other", VM, "h1", b.h3, PermitStage.GRANTED)),
                row(
                        "permit-exists",
                        "permit 5 for host h2 is REDEEMED (request other)",
                        b -> b.vmEnded().record.permit(5, "other", VM, "h1", b.h2, PermitStage.REDEEMED)),
                row(
                        "permit-exists",
                        "not for this request's hosts",
                        b -> b.vmEnded().record.permit(5, GateBench.ID, VM, "h1", b.h3, PermitStage.GRANTED)),
                row(
                        "permit-exists",
                        "not for this request's hosts",
                        b -> b.vmEnded().record.permit(5, GateBench.ID, VM, "h3", b.h2, PermitStage.GRANTED)),
                row(
                        "permit-ended",
                        "permit 5 for host h2 is ENDED",
                        b -> b.vmEnded().record.permit(5, GateBench.ID, VM, "h1", b.h2, PermitStage.ENDED)),
                // The destination.
                row(
                        "destination-unfit",
                        "does not answer",
                        b -> b.vmEnded().silent.add(b.h2.id)),
                row("destination-unfit", "JOINING", b -> b.vmEnded().h2.phase = AgentPhase.JOINING),
                row("destination-unfit", "LATCHED", b -> b.vmEnded().h2.phase = AgentPhase.LATCHED),
                row("destination-unfit", "lease", b -> b.vmEnded().h2.leaseLive = false),
                row("destination-unfit", "keeper", b -> b.vmEnded().h2.latched = true),
                row("destination-unfit", "life 2 has not joined: the record shows life 1", b -> {
                    b.h2.counter = 2;
                    b.vmEnded();
                }),
                row(
                        "destination-unfit",
                        "claim 4 on it is CLAIMED",
                        b -> b.vmEnded().record.claim(4, b.h2, 1, "h3", ClaimStage.CLAIMED)));
    }

    private static Stream<Arguments> refusals3() {
        return Stream.of(
                row(
                        "destination-unfit",
                        "claim 4 on it is PROVEN",
                        b -> b.vmEnded().record.claim(4, b.h2, 1, "h3", ClaimStage.PROVEN)),
                row("boot-barrier", "claim 4 on life 1 of host h2 is still POWER_INTENT", b -> {
                    b.h2.counter = 2;
                    b.vmEnded().record.joined(b.h2).claim(4, b.h2, 1, "h3", ClaimStage.POWER_INTENT);
                }),
                // Nobody to ask, or nothing to read.
                row("no-agents", "no agent of cell lab1 answers", b -> b.silent.addAll(b.hosts.keySet())),
                row(
                        "no-record",
                        "none of them has read",
                        b -> b.vmEnded().recordFrozen.addAll(b.hosts.keySet())),
                row(
                        "agent-too-old",
                        "host h3 answers, but not usably: HTTP 404",
                        b -> b.vmEnded().unreadable.put(b.h3.id, new Unreadable("HTTP 404 on /v1/status", true, 0, 0))),
                row(
                        "ambiguous",
                        "host h1 answers, but not usably: status version 2",
                        b -> b.unreadable.put(b.h1.id, new Unreadable("status version 2", false, 0, 0))),
                // Silent, and nothing can prove it.
                row("no-time-proof", "time proves nothing for it: no watchdog", b -> {
                    b.suspectedByAll(9_000);
                    b.h2.sees(b.h1).aged(9_000L, 9_000L).suspected().time(false, "no watchdog", null);
                    b.h3.sees(b.h1).aged(9_000L, 9_000L).suspected().time(false, "no watchdog", null);
                }),
                row("no-time-proof", "no agent has seen a beat of host h1", b -> {
                    b.suspectedByAll(9_000).record.claim(3, b.h1, 1, "h2", ClaimStage.CLAIMED);
                    b.h2.views.remove(b.h1.id);
                    b.h3.views.remove(b.h1.id);
                }),
                row("still-alive", "found the VM's process alive on host h1", b -> {
                    b.suspectedByAll(9_000);
                    b.h2.sees(b.h1)
                            .aged(9_000L, 9_000L)
                            .suspected()
                            .time(false, "no watchdog", null)
                            .sshSays("STILL_ALIVE");
                    b.h3.sees(b.h1).aged(9_000L, 9_000L).suspected().time(false, "no watchdog", null);
                }));
    }

    private static Stream<Arguments> refusals4() {
        return Stream.of(
                row("no-time-proof", "no watchdog; ssh ended as UNREACHABLE", b -> {
                    onlySsh(b, true);
                    b.h2.sees(b.h1)
                            .aged(9_000L, 9_000L)
                            .suspected()
                            .time(false, "no watchdog", null)
                            .ssh(true)
                            .sshSays("UNREACHABLE");
                }),
                row("storm-guard", "storm guard is shut", b -> {
                    b.suspectedByAll(9_000);
                    b.h2.sees(b.h1)
                            .aged(9_000L, 9_000L)
                            .suspected()
                            .lastRefusal("storm-guard: 1 claims within the window, limit 1");
                }));
    }

    private static Arguments row(String code, String text, Consumer<GateBench> situation) {
        return Arguments.of(code, text, situation);
    }

    @Test
    void everyRefusalSaysWhatWouldChangeIt() {
        assertThat(Reason.values()).allSatisfy(reason -> {
            assertThat(reason.wouldChange()).isNotBlank();
            assertThat(Reason.ofCode(reason.code(), Reason.AMBIGUOUS)).isEqualTo(reason);
        });
    }

    static Stream<Arguments> questions() {
        return Stream.of(questions1(), questions2()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> questions1() {
        return Stream.of(
                // The last host answers and does not list the VM: it is asked, whatever the others saw.
                question("ask h1", b -> b.vmEnded()),
                question("ask h1", b -> b.vmEnded().h1.phase = AgentPhase.LATCHED),
                question("ask h1", b -> b.vmEnded().h1.vmsComplete = false),
                question("ask h1", b -> {
                    // A permit for the last host itself is how the VM came there.
                    b.vmEnded().record.permit(5, "earlier", VM, "h3", b.h1, PermitStage.REDEEMED);
                }),
                question("ask h1", b -> b.vmEnded().record.permit(5, "old", VM, "h1", b.h3, PermitStage.ENDED)),
                question("ask h1", b -> {
                    // h3's own list is newer than the beat that h2 has of it.
                    b.vmEnded().h2.sees(b.h3).lists(true, VM);
                }),
                question("ask h1", b -> {
                    // h3 is proven gone: its last list means nothing, nor does a missing one.
                    b.vmEnded().silent.add(b.h3.id);
                    b.record.claim(4, b.h3, 1, "h2", ClaimStage.PROVEN);
                    b.h1.sees(b.h3).lists(true, VM);
                    b.h2.sees(b.h3).lists(false);
                }),
                question("ask h1", b -> {
                    // An old claim on an earlier life of the destination is closed.
                    b.h2.counter = 2;
                    b.vmEnded().record.joined(b.h2).claim(4, b.h2, 1, "h3", ClaimStage.PROVEN);
                }),
                question("ask h1", b -> b.vmEnded().record.claim(4, b.h2, 1, "h3", ClaimStage.WITHDRAWN)),
                question("ask h1", b -> {
                    // A claim on an earlier life of the last host proves nothing of this one.
                    b.h1.counter = 2;
                    b.vmEnded().record.joined(b.h1).claim(4, b.h1, 1, "h3", ClaimStage.PROVEN);
                }),
                question("ask h1", b -> {
                    // Older versions of the record do not count: the newest shows no permit.
                    b.vmEnded().record.permit(5, "other", VM, "h1", b.h3, PermitStage.GRANTED);
                    b.h3.record = b.record.next();
                    b.recordFrozen.add(b.h3.id);
                    b.record.permit(5, "other", VM, "h1", b.h3, PermitStage.ENDED);
                }),
                // Proven: whether the host answers or not.
                question(
                        "permit by claim 3",
                        b -> b.powerLost(60_000).record.claim(3, b.h1, 1, "h3", ClaimStage.PROVEN)),
                question("permit by claim 3", b -> b.vmEnded().record.claim(3, b.h1, 1, "h3", ClaimStage.PROVEN)),
                // Not yet.
                question("awaiting-suspicion", b -> b.powerLost(500)),
                question("awaiting-suspicion", b -> b.silent.add(b.h1.id)),
                question("awaiting-suspicion", b -> b.powerLost(60_000)),
                question("awaiting-suspicion", b -> {
                    b.powerLost(60_000).record.claim(3, b.h1, 1, "h2", ClaimStage.WITHDRAWN);
                }));
    }

    private static Stream<Arguments> questions2() {
        return Stream.of(
                question("awaiting-proof", b -> b.suspectedByAll(9_000)),
                question("awaiting-proof", b -> b.powerLost(60_000).record.claim(3, b.h1, 1, "h2", ClaimStage.CLAIMED)),
                question(
                        "awaiting-proof",
                        b -> b.powerLost(60_000)
                                .h2
                                .sees(b.h1)
                                .aged(3_000L, 3_000L)
                                .works("opinions", "")),
                question("awaiting-proof", b -> {
                    // A claim that is open already is not stopped by the guard.
                    b.suspectedByAll(9_000).record.claim(3, b.h1, 1, "h2", ClaimStage.CLAIMED);
                    b.h3.sees(b.h1).aged(9_000L, 9_000L).suspected().lastRefusal("storm-guard: 1 claims");
                }),
                question("awaiting-proof", b -> {
                    // Still alive, but the watchdog will end it.
                    b.suspectedByAll(9_000);
                    b.h2.sees(b.h1).aged(9_000L, 9_000L).suspected().sshSays("STILL_ALIVE");
                }),
                question("awaiting-proof", b -> onlySsh(b, true)),
                question("no-time-proof", b -> onlySsh(b, false)),
                question("awaiting-join", b -> {
                    b.h1.counter = 2;
                    b.vmEnded().h1.phase = AgentPhase.JOINING;
                }),
                question("awaiting-join", b -> b.vmEnded().h1.phase = AgentPhase.STARTING));
    }

    private static void onlySsh(GateBench b, boolean possible) {
        b.suspectedByAll(9_000);
        b.h2.sees(b.h1)
                .aged(9_000L, 9_000L)
                .suspected()
                .time(false, "no watchdog", null)
                .ssh(possible);
        b.h3.sees(b.h1)
                .aged(9_000L, 9_000L)
                .suspected()
                .time(false, "no watchdog", null)
                .ssh(false);
    }

    private static Arguments question(String expected, Consumer<GateBench> situation) {
        return Arguments.of(expected, situation);
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("questions")
    void goesOnBy(String expected, Consumer<GateBench> situation) {
        GateBench bench = new GateBench();
        situation.accept(bench);
        bench.ask();
        assertThat(nextMove(bench)).isEqualTo(expected);
        assertThat(bench.verdict().word()).isEqualTo(expected.equals("no-time-proof") ? "REFUSE" : "PENDING");
    }

    private static String nextMove(GateBench bench) {
        if (!bench.said(GateCommand.AskHost.class).isEmpty()) {
            return "ask " + bench.lastSaid(GateCommand.AskHost.class).host();
        }
        if (!bench.said(GateCommand.AskPermit.class).isEmpty()) {
            Basis basis = bench.lastSaid(GateCommand.AskPermit.class).basis();
            return basis instanceof Basis.Proven proven ? "permit by claim " + proven.token() : "permit by word";
        }
        return bench.verdict().code();
    }

    @Test
    void aStrangerIsNamed() {
        GateBench bench = new GateBench().vmEnded();
        for (StartQuestion question : List.of(
                new StartQuestion(VM, new HostId("h9"), bench.h2.id, List.of(), null),
                new StartQuestion(VM, bench.h1.id, new HostId("h9"), List.of(), null),
                new StartQuestion(VM, bench.h1.id, bench.h2.id, List.of(new HostId("h9")), null))) {
            GateBench fresh = new GateBench().vmEnded().ask(GateBench.ID, question);
            assertThat(fresh.verdict().code()).isEqualTo("unknown-host");
            assertThat(fresh.text()).contains("h9");
        }
    }

    @Test
    void anUnknownCellIsNamed() {
        GateBench bench = new GateBench().vmEnded();
        bench.ask(GateBench.ID, new StartQuestion(VM, bench.h1.id, bench.h2.id, List.of(), new CellId("attic")));
        assertThat(bench.verdict().code()).isEqualTo("cell-unknown");
        assertThat(bench.text()).contains("attic");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void refuses(String code, String text, Consumer<GateBench> situation) {
        GateBench bench = new GateBench();
        situation.accept(bench);
        bench.ask();
        assertThat(bench.verdict().word() + " " + bench.verdict().code()).isEqualTo("REFUSE " + code);
        assertThat(bench.text()).contains(text);
        assertThat(bench.said(GateCommand.AskPermit.class)).isEmpty();
        assertThat(bench.said(GateCommand.AskHost.class)).isEmpty();
    }
}
