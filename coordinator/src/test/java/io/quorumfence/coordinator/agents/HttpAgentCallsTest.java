package io.quorumfence.coordinator.agents;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.AgentReport.Silent;
import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.Basis;
import io.quorumfence.coordinator.core.HostAnswer;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.fake.FakeCell;
import io.quorumfence.coordinator.fake.TestAuthority;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.coordinator.fake.Warmup;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The web client against fake agents over real mutual TLS. */
class HttpAgentCallsTest {
    private static final VmId VM = VmId.of("11111111-2222-3333-4444-555555555555");
    private static final AgentLimits QUICK = new AgentLimits(900, 900, 900, 4);

    @TempDir
    static Path directory;

    private static final Vertx VERTX = Vertx.vertx();

    private TestAuthority authority;
    private FakeCell cell;
    private Context context;

    @BeforeAll
    static void warmUp() {
        Warmup.tls(directory);
    }

    @BeforeEach
    void start() {
        authority = new TestAuthority(directory);
        cell = FakeCell.start(VERTX, authority, "h1", "h2");
        context = VERTX.getOrCreateContext();
    }

    @AfterEach
    void stop() {
        cell.close();
    }

    @AfterAll
    static void closeVertx() {
        Waits.on(VERTX.close());
    }

    private AgentCalls calls(TlsFiles files) {
        return new HttpAgentCalls(VERTX, files, QUICK, System::nanoTime);
    }

    private <T> T on(Supplier<Future<T>> call) {
        Promise<T> done = Promise.promise();
        context.runOnContext(now -> call.get().onComplete(done));
        return Waits.on(done.future());
    }

    private AgentReport status(String host) {
        AgentCalls calls = calls(authority.files("coordinator"));
        return on(() -> calls.status(cell.address(host)));
    }

    @Test
    void readsTheStatusOfAHostThatItsCertificateNames() {
        cell.run("h1", VM);
        AgentReport report = status("h1");
        assertThat(report).isInstanceOfSatisfying(Answered.class, answer -> {
            assertThat(answer.status().host()).isEqualTo(new HostId("h1"));
            assertThat(answer.status().own().find(VM)).isPresent();
            assertThat(answer.status().viewOf(new HostId("h2"))).isPresent();
            assertThat(answer.endedNs()).isGreaterThanOrEqualTo(answer.startedNs());
        });
    }

    @Test
    void aCertificateOfAnotherHostIsNobody() {
        AgentAddress wrong = new AgentAddress(
                FakeCell.CELL, new HostId("h2"), "127.0.0.1", cell.agent("h1").port());
        AgentCalls calls = calls(authority.files("coordinator"));
        assertThat(on(() -> calls.status(wrong)))
                .isInstanceOfSatisfying(
                        Silent.class,
                        silent -> assertThat(silent.why()).isEqualTo("TLS: the certificate does not name this host"));
        assertThat(cell.agent("h1").received).isEmpty();
    }

    @Test
    void aServerOfAnotherAuthorityIsNobody() {
        TlsFiles own = authority.files("coordinator");
        TestAuthority stranger = new TestAuthority(directory);
        TlsFiles mixed = new TlsFiles(stranger.files("coordinator").ca(), own.certificate(), own.key());
        AgentCalls calls = calls(mixed);
        assertThat(on(() -> calls.status(cell.address("h1"))))
                .isInstanceOfSatisfying(
                        Silent.class, silent -> assertThat(silent.why()).startsWith("TLS: "));
    }

    @Test
    void aClosedPortIsNamedAsRefused() {
        cell.agent("h1").close();
        assertThat(status("h1"))
                .isInstanceOfSatisfying(
                        Silent.class, silent -> assertThat(silent.why()).isEqualTo("connection refused"));
    }

    @Test
    void anAgentThatNeverAnswersIsSilentAfterTheLimit() {
        cell.agent("h1").hangsOn = "status";
        assertThat(status("h1"))
                .isInstanceOfSatisfying(
                        Silent.class, silent -> assertThat(silent.why()).isEqualTo("no answer in 900 ms"));
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of("status version 2, this coordinator knows 1", false, edit("v", 2)),
                Arguments.of("status version 0, this coordinator knows 1", true, edit("v", null)),
                Arguments.of("answers as host 'h9' of cell 'lab1', not as", false, edit("host", "h9")),
                Arguments.of("answers as host 'h1' of cell 'attic', not as", false, edit("cell", "attic")),
                Arguments.of("field 'phase' is not a known AgentPhase", false, edit("phase", "DANCING")),
                Arguments.of("field 'vmsComplete' is not true or false", false, edit("vmsComplete", null)),
                Arguments.of("field 'vms' is not a list", false, edit("vms", null)),
                Arguments.of("field 'lease' is not an object", false, edit("lease", null)),
                Arguments.of("field 'hosts' is not a list of objects", false, edit("hosts", List.of("h1"))),
                Arguments.of("field 'counter' is not a whole number", false, edit("counter", "1")),
                Arguments.of("field 'bootId' is not a UUID", false, edit("bootId", "boot")),
                Arguments.of(
                        "field 'record.members' is not a list",
                        false,
                        edit(
                                "record",
                                new JsonObject()
                                        .put("hosts", List.of())
                                        .put("claims", List.of())
                                        .put("permits", List.of())
                                        .put("version", 4))));
    }

    private record Edit(String field, @Nullable Object value) {}

    private static Edit edit(String field, @Nullable Object value) {
        return new Edit(field, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusable")
    void aStatusThatIsNotAsAgreedIsUnreadableAndNamed(String why, boolean tooOld, Edit edit) {
        cell.agent("h1").statusEdit = status -> status.put(edit.field(), edit.value());
        assertThat(status("h1")).isInstanceOfSatisfying(Unreadable.class, bad -> {
            assertThat(bad.why()).contains(why);
            assertThat(bad.tooOld()).isEqualTo(tooOld);
        });
    }

    @Test
    void aFieldThatThisVersionDoesNotKnowIsPassedOver() {
        cell.agent("h1").statusEdit = status -> status.put("mood", "good");
        assertThat(status("h1")).isInstanceOf(Answered.class);
    }

    @ParameterizedTest
    @CsvSource({"404, true", "403, false", "302, false"})
    void anAnswerOtherThanAStatusIsUnreadable(int code, boolean tooOld) {
        cell.agent("h1").override =
                request -> request.response().setStatusCode(code).end("<html>");
        assertThat(status("h1")).isInstanceOfSatisfying(Unreadable.class, bad -> {
            assertThat(bad.why()).isEqualTo("HTTP " + code + " on /v1/status");
            assertThat(bad.tooOld()).isEqualTo(tooOld);
        });
    }

    @Test
    void textThatIsNotJsonIsUnreadable() {
        cell.agent("h1").override = request -> request.response().end("<html>");
        assertThat(status("h1"))
                .isInstanceOfSatisfying(
                        Unreadable.class, bad -> assertThat(bad.why()).contains("not a JSON object"));
    }

    @Test
    void anAgentInTroubleIsSilentNotTooOld() {
        cell.agent("h1").override =
                request -> request.response().setStatusCode(503).end();
        assertThat(status("h1")).isInstanceOf(Silent.class);
    }

    @ParameterizedTest
    @CsvSource({"absent, ABSENT", "present, PRESENT", "unknown, UNKNOWN", "perhaps, UNKNOWN"})
    void aHostsWordIsReadAsOneOfThree(String said, HostAnswer.Word word) {
        cell.agent("h1").answer = said;
        assertThat(absence()).isInstanceOfSatisfying(HostAnswer.Said.class, answer -> {
            assertThat(answer.word()).isEqualTo(word);
            assertThat(answer.counter()).isEqualTo(1);
        });
    }

    private HostAnswer absence() {
        AgentCalls calls = calls(authority.files("coordinator"));
        return on(() -> calls.absence(cell.address("h1"), "r1", VM));
    }

    @Test
    void absentWithoutTheBarrierIsUnknown() {
        cell.agent("h1").override = request -> request.response()
                .end(new JsonObject()
                        .put("vm", VM.toString())
                        .put("host", "h1")
                        .put("counter", 1)
                        .put("bootId", "11111111-2222-3333-4444-000000000000")
                        .put("answer", "absent")
                        .put("barrier", false)
                        .toBuffer());
        assertThat(absence())
                .isInstanceOfSatisfying(
                        HostAnswer.Said.class, said -> assertThat(said.word()).isEqualTo(HostAnswer.Word.UNKNOWN));
    }

    @Test
    void aWordAboutAnotherVmIsNoAnswer() {
        cell.agent("h1").override = request -> request.response()
                .end(new JsonObject()
                        .put("vm", "99999999-2222-3333-4444-555555555555")
                        .put("host", "h1")
                        .toBuffer());
        assertThat(absence()).isInstanceOf(HostAnswer.NoAnswer.class);
    }

    @Test
    void aQuestionThatTheAgentDoesNotKnowIsNamed() {
        cell.agent("h1").override =
                request -> request.response().setStatusCode(404).end();
        assertThat(absence()).isInstanceOf(HostAnswer.NotKnown.class);
    }

    private PermitAnswer grant(String host) {
        AgentCalls calls = calls(authority.files("coordinator"));
        StartQuestion question = new StartQuestion(VM, new HostId("h1"), new HostId("h2"), List.of(), null);
        Basis basis =
                new Basis.HostWord(new HostId("h1"), 1, cell.agent("h1").life().bootId(), Rung.HOST_SAYS);
        return on(() -> calls.permit(cell.address(host), "r1", question, basis, 60_000));
    }

    @Test
    void aPermitIsDecidedOnceForOneRequestAndCanBeRedeemedAndNotEndedThen() {
        PermitAnswer first = grant("h2");
        PermitAnswer second = grant("h1");
        assertThat(second).isEqualTo(first);
        long id = ((PermitAnswer.Decided) first).permit().id();
        AgentCalls calls = calls(authority.files("coordinator"));
        assertThat(on(() -> calls.redeem(cell.address("h2"), id, VM)))
                .isInstanceOfSatisfying(
                        PermitAnswer.Decided.class,
                        decided -> assertThat(decided.permit().stage()).isEqualTo(PermitStage.REDEEMED));
        assertThat(on(() -> calls.end(cell.address("h2"), id, "changed my mind")))
                .isInstanceOfSatisfying(PermitAnswer.Rejected.class, no -> {
                    assertThat(no.code()).isEqualTo("permit-redeemed");
                    assertThat(no.retryable()).isFalse();
                });
    }

    @Test
    void aPermitCallThatHangsMayHaveBeenDone() {
        cell.agent("h2").hangsOn = "permits";
        assertThat(grant("h2"))
                .isInstanceOfSatisfying(
                        PermitAnswer.NoAnswer.class,
                        none -> assertThat(none.mayHaveBeenDone()).isTrue());
    }

    @Test
    void aPermitCallToAClosedPortWasNotDone() {
        cell.agent("h2").close();
        assertThat(grant("h2"))
                .isInstanceOfSatisfying(
                        PermitAnswer.NoAnswer.class,
                        none -> assertThat(none.mayHaveBeenDone()).isFalse());
    }

    @Test
    void callsBeyondTheCapAreAnsweredBusyAtOnce() {
        cell.agent("h1").hangsOn = "absence";
        AgentCalls calls = calls(authority.files("coordinator"));
        List<HostAnswer> answers = on(() -> {
            List<Future<HostAnswer>> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                asked.add(calls.absence(cell.address("h1"), "r" + i, VM));
            }
            return Future.all(asked).map(all -> all.<HostAnswer>list());
        });
        assertThat(answers.subList(0, 4)).containsOnly(new HostAnswer.NoAnswer("no answer in 900 ms"));
        assertThat(answers.subList(4, 6))
                .containsOnly(new HostAnswer.NotAsked("4 calls to this agent are out already"));
    }

    @Test
    void aPollerNeverAsksTwiceAtATimeAndHurriesWhenTold() {
        List<AgentReport> seen = new ArrayList<>();
        AgentCalls calls = calls(authority.files("coordinator"));
        AgentPoller poller = new AgentPoller(VERTX, calls, cell.address("h1"), 600_000, 1, report -> seen.add(report));
        context.runOnContext(now -> poller.start());
        Waits.until("first poll", () -> cell.agent("h1").received.size() == 1);
        context.runOnContext(now -> poller.pace(true));
        Waits.until("busy polls", () -> cell.agent("h1").received.size() > 20);
        context.runOnContext(now -> poller.close());
        assertThat(cell.agent("h1").mostOut()).isEqualTo(1);
    }
}
