package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.model.observation.RequestObservation.ArrivalAsked;
import io.quorumfence.model.observation.RequestObservation.StartAsked;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real hook against the real socket; the core behind it is played. Without its last look at the barrier, without
 * the word that it leaves when no agent runs, and with break-glass that is not used up, the test of each was red.
 */
class HookProgramTest {
    private static final VmId VM = VmId.of("5f000000-0000-4000-8000-00000000abcd");
    private static final String XML = "<domain type='qemu'><name>v1</name>\n<uuid>" + VM + "</uuid></domain>\n";

    @TempDir
    private Path dir;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private Function<RequestObservation, ReplyCommand> core =
            asked -> new ReplyCommand.ReplyAdmitted(asked.reply(), VM, 17, 50);
    private HookServer server;

    private record Ended(int code, String err, long millis) {}

    @BeforeEach
    void nobodyAnswersYet() {
        server = server(HookMode.OFF);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HookServer server(HookMode mode) {
        return new HookServer(
                dir, dir.resolve("hook"), new Hook(mode, Duration.ofSeconds(1)), this::inbox, System::nanoTime);
    }

    private void inbox(Observation observation) {
        seen.add(observation);
        if (observation instanceof RequestObservation asked) {
            ReplyCommand reply = core.apply(asked);
            if (reply != null) {
                server.accept(reply);
            }
        }
    }

    private void serve(HookMode mode) {
        server = server(mode);
        server.start();
        Await.until("the socket is there", () -> Files.exists(dir.resolve(HookServer.SOCKET)));
        Await.until("it answers", () -> call("--show").code == 0);
    }

    private Ended call(String... words) {
        return callWith("", words);
    }

    private Ended start() {
        return callWith(XML, "v1", "start", "begin", "-");
    }

    private Ended callWith(String input, String... words) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Natives.program("qf-hook").toString(),
                    "--conf",
                    dir.resolve("hook").toString()));
            command.addAll(Arrays.asList(words));
            long began = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectOutput(dir.resolve("out").toFile())
                    .start();
            try (OutputStream to = process.getOutputStream()) {
                to.write(input.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } catch (IOException e) {
                assertThat(input).as("a hook that reads nothing").isNotNull();
            }
            String err = new String(process.getErrorStream().readAllBytes());
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), err, (System.nanoTime() - began) / 1_000_000);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withoutAnAgentThatEverAskedForItNothingIsRefused() {
        assertThat(start().code()).isZero();
        assertThat(Files.exists(dir.resolve("hook"))).isFalse();
    }

    @Test
    void anEnforcingHostStartsWhatItsAgentAllows() {
        serve(HookMode.ENFORCE);

        assertThat(start().code()).isZero();
        assertThat(seen)
                .filteredOn(StartAsked.class::isInstance)
                .singleElement()
                .satisfies(one -> {
                    StartAsked asked = (StartAsked) one;
                    assertThat(asked.vm()).isEqualTo(VM);
                    assertThat(asked.incoming()).isFalse();
                    assertThat(asked.remains()).isZero();
                });
    }

    @Test
    void aRefusalIsOneLineForWhoeverAskedLibvirt() {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "h2 has it", true);
        serve(HookMode.ENFORCE);

        Ended ended = start();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .contains("VM v1 does not start here: permit-exists: h2 has it")
                .hasLineCount(1);
    }

    @Test
    void warnLetsPassAndLogs() {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "h2 has it", true);
        serve(HookMode.WARN);

        assertThat(start().code()).isZero();
    }

    @Test
    void anAgentThatIsGoneIsANo() {
        serve(HookMode.ENFORCE);
        server.close();

        Ended ended = start();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("no-answer");
    }

    @Test
    void anAgentThatIsSilentIsANoByTheDeadline() {
        core = asked -> null;
        serve(HookMode.ENFORCE);

        Ended ended = start();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.millis()).isLessThan(4_000);
        assertThat(ended.err()).contains("no-answer");
    }

    @Test
    void aShellsBarrierThatIsNewerThanTheAnswerRefuses() throws IOException {
        serve(HookMode.ENFORCE);

        Files.writeString(dir.resolve("barrier"), "token=49\n");
        assertThat(start().code()).isZero();
        Files.writeString(dir.resolve("barrier"), "token=50\n");
        assertThat(start().code()).isEqualTo(1);
        Files.writeString(dir.resolve("barrier"), "?");
        assertThat(start().code()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "prepare, begin",
        "started, begin",
        "stopped, end",
        "reconnect, begin",
        "attach, begin",
        "restore, begin"
    })
    void whatStartsNoProcessIsNobodysQuestion(String operation, String part) {
        serve(HookMode.ENFORCE);
        server.close();

        assertThat(callWith(XML, "v1", operation, part, "-").code()).isZero();
    }

    @Test
    void anIncomingMigrationIsAQuestionOfItsOwn() {
        serve(HookMode.ENFORCE);

        callWith(XML, "v1", "migrate", "begin", "-");

        assertThat(seen)
                .filteredOn(StartAsked.class::isInstance)
                .singleElement()
                .satisfies(one -> assertThat(((StartAsked) one).incoming()).isTrue());
    }

    /** What libvirt would take as the definition of the VM that comes. */
    private String given(String xml) throws IOException {
        assertThat(callWith(xml, "v1", "migrate", "begin", "-").code()).isZero();
        return Files.readString(dir.resolve("out"));
    }

    private long reservationOf(String xml) {
        seen.clear();
        callWith(xml, "v1", "start", "begin", "-");
        return seen.stream()
                .filter(ArrivalAsked.class::isInstance)
                .mapToLong(one -> ((ArrivalAsked) one).reservation())
                .findFirst()
                .orElse(0);
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "",
                "<metadata>\n<x:y xmlns:x=\"urn:x\"><metadata>z</metadata></x:y>\n</metadata>",
                "<metadata xmlns:x=\"urn:x\">\n<x:y/>\n</metadata>",
                "<metadata_cache/>",
                "<metadata>\n<qf:arrival xmlns:qf=\"urn:quorumfence:hook:1\" reservation=\"3\"/>\n</metadata>"
            })
    void aMigrationsDefinitionTellsTheNextQuestionOfItsReservation(String metadata) throws IOException {
        serve(HookMode.ENFORCE);
        String xml = XML.replace("</domain>", metadata + "<memory>1</memory></domain>");

        String given = given(xml);

        assertThat(given).endsWith("<memory>1</memory></domain>\n").containsOnlyOnce("reservation=\"17\"");
        assertThat(given).hasSizeGreaterThan(xml.length());
        assertThat(reservationOf(given)).isEqualTo(17);
        assertThat(reservationOf(XML)).isZero();
    }

    @Test
    void aMigrationWhoseDefinitionCannotBeMarkedIsRefused() {
        serve(HookMode.ENFORCE);
        String huge = XML.replace("</domain>", "<!--" + "x".repeat(1_100_000) + "--></domain>");

        assertThat(callWith(huge, "v1", "migrate", "begin", "-").err()).contains("no-mark");
        assertThat(callWith(XML.replace("</domain>", "<metadata/></domain>"), "v1", "migrate", "begin", "-")
                        .err())
                .contains("no-mark");
        assertThat(callWith(huge, "v1", "start", "begin", "-").code()).isZero();
    }

    @Test
    void aRefusedMigrationGivesNothingBack() throws IOException {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "no-source", "nobody has it", true);
        serve(HookMode.ENFORCE);

        assertThat(callWith(XML, "v1", "migrate", "begin", "-").code()).isEqualTo(1);
        assertThat(Files.readString(dir.resolve("out"))).isEmpty();
    }

    @Test
    void brokenGlassIsUsedUpByTheStartAndNotByTheMigrationBeforeIt() {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "no-source", "nobody has it", true);
        serve(HookMode.ENFORCE);
        call("--let", VM.toString(), "--for", "60", "--why", "h2 burnt down");

        assertThat(callWith(XML, "v1", "migrate", "begin", "-").code()).isZero();
        assertThat(start().code()).isZero();
        assertThat(start().code()).as("once").isEqualTo(1);
    }

    @Test
    void theEndOfAVmIsToldAndNeverRefused() {
        serve(HookMode.ENFORCE);
        assertThat(callWith(XML, "v1", "release", "end", "-").code()).isZero();
        assertThat(seen).hasAtLeastOneElementOfType(LocalObservation.VmReleased.class);

        server.close();
        seen.clear();
        assertThat(callWith(XML, "v1", "release", "end", "-").code()).isZero();
        assertThat(seen).isEmpty();

        serve(HookMode.ENFORCE);

        Await.until(
                "the next agent heard it", () -> seen.stream().anyMatch(LocalObservation.VmReleased.class::isInstance));
    }

    @Test
    void xmlWithoutAUuidIsANo() {
        serve(HookMode.ENFORCE);

        assertThat(callWith("<domain/>", "v1", "start", "begin", "-").err()).contains("no-uuid");
        assertThat(callWith("<uuid>short</uuid>", "v1", "start", "begin", "-").code())
                .isEqualTo(1);
    }

    @Test
    void whatTheAgentHasLeftIsReadWholeOrNotAtAll() throws IOException {
        serve(HookMode.ENFORCE);
        Files.writeString(dir.resolve("hook"), "mode=perhaps\n");

        assertThat(start().code()).isEqualTo(1);
        assertThat(callWith(XML, "v1", "release", "end", "-").code()).isZero();
    }

    @Test
    void brokenGlassLetsOneVmPassAndIsTold() {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "h2 has it", true);
        serve(HookMode.ENFORCE);
        assertThat(call("--let", VM.toString(), "--for", "60", "--why", "h2 burnt down")
                        .code())
                .isZero();

        assertThat(start().code()).isZero();
        String other = XML.replace("abcd", "abce");
        assertThat(callWith(other, "v2", "start", "begin", "-").code()).isEqualTo(1);
        assertThat(start().code()).as("once").isEqualTo(1);

        Await.until("it was told", () -> seen.stream().anyMatch(LocalObservation.GlassBroken.class::isInstance));
        assertThat(seen)
                .filteredOn(LocalObservation.GlassBroken.class::isInstance)
                .allSatisfy(one ->
                        assertThat(((LocalObservation.GlassBroken) one).what()).contains("h2 burnt down"));
    }

    @Test
    void brokenGlassDoesNotPassABarrierThatIsNewer() throws IOException {
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "agent-unfit", "claimed", true);
        serve(HookMode.ENFORCE);
        call("--let", VM.toString(), "--for", "60", "--why", "h2 burnt down");
        Files.writeString(dir.resolve("barrier"), "token=50\n");

        assertThat(start().code()).isEqualTo(1);
        call("--let", VM.toString(), "--for", "60", "--why", "and I know of the barrier");
        assertThat(start().code()).isZero();
    }

    @Test
    void glassThatWasBrokenWhileNoAgentRanIsToldByTheNextOne() {
        serve(HookMode.ENFORCE);
        server.close();
        call("--let", VM.toString(), "--for", "60", "--why", "the agent is down");
        assertThat(start().code()).isZero();
        assertThat(seen).noneMatch(LocalObservation.GlassBroken.class::isInstance);

        serve(HookMode.ENFORCE);

        Await.until("it was told", () -> seen.stream().anyMatch(LocalObservation.GlassBroken.class::isInstance));
    }

    @ParameterizedTest(name = "--for {0} --why {1}")
    @CsvSource({"0, because of it", "3601, because of it", "x, because of it", "60, no"})
    void glassIsBoundInTimeAndNamesItsReason(String seconds, String why) {
        serve(HookMode.ENFORCE);

        assertThat(call("--let", VM.toString(), "--for", seconds, "--why", why).code())
                .isEqualTo(64);
        core = asked -> new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "h2 has it", true);
        assertThat(start().code()).isEqualTo(1);
    }
}
