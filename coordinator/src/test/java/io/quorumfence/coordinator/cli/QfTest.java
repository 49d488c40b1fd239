package io.quorumfence.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.fake.FakeAgent;
import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code qf} against a real coordinator in front of fake agents. */
class QfTest {
    @TempDir
    static Path directory;

    private static Rig rig;

    private VmId vm = new VmId(UUID.randomUUID());
    private String out = "";
    private String err = "";

    @BeforeAll
    static void start() {
        rig = new Rig(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void freshVm() {
        vm = new VmId(UUID.randomUUID());
        Waits.until("healthy", () -> run("status") == 0);
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        if (!all.contains("--coordinator")) {
            all.addAll(List.of("--coordinator", rig.url()));
        }
        return plain(all.toArray(String[]::new));
    }

    private int plain(String... args) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        CommandLine line = Qf.command(Map.of());
        line.setOut(new PrintWriter(outText, true)).setErr(new PrintWriter(errText, true));
        int exit = line.execute(args);
        out = outText.toString();
        err = errText.toString();
        return exit;
    }

    private int start(String... more) {
        List<String> args = new ArrayList<>(
                List.of("start-request", "--vm", vm.toString(), "--last-host", "h1", "--destination", "h2"));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void aReleaseIsHandedToTheHostsAgentWithNameAndReason() {
        AtomicReference<String> body = new AtomicReference<>("");
        FakeAgent agent = rig.cell.agent("h1");
        agent.override = request -> request.body().onSuccess(bytes -> {
            if (request.path().equals("/v1/release")) {
                body.set(bytes.toString());
                request.response().end("{\"host\":\"h1\",\"released\":true}");
            } else {
                request.response().setStatusCode(503).end();
            }
        });
        try {
            assertThat(run("host", "release", "h1", "--by", "somebody", "--why", "disk replaced"))
                    .isZero();
        } finally {
            agent.override = null;
        }
        assertThat(out).startsWith("RELEASED host h1");
        assertThat(new JsonObject(body.get()))
                .isEqualTo(new JsonObject().put("by", "somebody").put("why", "disk replaced"));
    }

    @Test
    void aHostThatWaitsForNobodyOrKnowsNoReleaseIsOneLineAndRefused() {
        FakeAgent agent = rig.cell.agent("h1");
        agent.override = request -> {
            boolean release = request.path().equals("/v1/release");
            request.response()
                    .setStatusCode(release ? 409 : 503)
                    .end(release ? "{\"code\":\"nothing-to-release\",\"detail\":\"it waits for nobody\"}" : "");
        };
        try {
            assertThat(run("host", "release", "h1", "--why", "x")).isEqualTo(Exit.REFUSED);
        } finally {
            agent.override = null;
        }
        assertThat(err.strip()).isEqualTo("qf: NOT released: nothing-to-release: host h1: it waits for nobody");
        assertThat(run("host", "release", "h1")).isEqualTo(Exit.USAGE);
        assertThat(run("host", "release", "nobody", "--why", "x")).isEqualTo(Exit.USAGE);
    }

    @Test
    void statusSaysTheVerdictFirst() {
        assertThat(run("status")).isZero();
        assertThat(out.lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).matches("HEALTHY  cell lab1, record version [0-9]+"));
        assertThat(out).containsPattern("h1 +joined +answers +5\\.0 s by storage +[0-9]+ ms ago");
    }

    @Test
    void statusOfADegradedCellExitsWithOneAndNamesTheProblem() {
        rig.cell.agent("h3").leaseLive = false;
        try {
            Waits.until("degraded", () -> run("status") == 1);
            assertThat(out).startsWith("DEGRADED  cell lab1").contains("! host h3: JOINED, lease not live");
        } finally {
            rig.cell.agent("h3").leaseLive = true;
        }
    }

    @Test
    void hostsAndOneHostAreShown() {
        rig.cell.run("h1", vm);
        assertThat(run("hosts")).isZero();
        assertThat(out).contains("cell lab1").contains("HOST").contains("h3");
        Waits.until("the VM is listed", () -> run("host", "show", "h1") == 0 && out.contains(vm.toString()));
        assertThat(out)
                .startsWith("JOINED  host h1 of cell lab1")
                .contains("promises stop-vms within 6.0 s + 1.0 s, watchdog fifo-lab 2.0 s, armed")
                .contains("who sees it")
                .containsPattern("h2: beat [0-9]+ ms ago; acknowledged on management [0-9]+ ms ago, storage");
    }

    @Test
    void allowPrintsHowToRedeemAndExitsWithZero() {
        assertThat(start("--wait", "30s", "--request-id", "cli-" + vm)).isZero();
        assertThat(out)
                .startsWith("ALLOW (host-says), after ")
                .contains("may start once on host h2")
                .contains("qf redeem https://127.0.0.1:")
                .contains("h1 of h1: asked for the VM, says absent");
    }

    @Test
    void refusePrintsWhatWasSeenAndExitsWithThree() {
        rig.cell.run("h1", vm);
        assertThat(start("--wait", "30s")).isEqualTo(3);
        assertThat(out)
                .startsWith("REFUSE (host-alive): the last host is seen, or has the VM")
                .contains("h1 of h1: lists the VM: running, pid 4711")
                .contains("is kept as it was until the suspect recovers or an operator decides")
                .contains("what would change it: ");
    }

    @Test
    void pendingExitsWithFourAndSaysHowToGoOn() {
        rig.cell.run("h1", vm);
        rig.cell.powerLoss("h1");
        try {
            assertThat(start("--request-id", "p-" + vm)).isEqualTo(4);
            assertThat(out).startsWith("PENDING (awaiting-").contains("ask again with --request-id p-" + vm);
            assertThat(run("cancel", "p-" + vm)).isZero();
            assertThat(out).contains("cancelled by the caller");
        } finally {
            rig.cell.agent("h1").listen();
        }
    }

    @Test
    void jsonIsTheCoordinatorsAnswerAsItIs() {
        assertThat(start("-o", "json", "--wait", "30s")).isZero();
        assertThat(new JsonObject(out).getString("verdict")).isEqualTo("ALLOW");
        assertThat(run("status", "-o", "json")).isZero();
        assertThat(new JsonObject(out).getString("verdict")).isEqualTo("healthy");
    }

    @Test
    void redeemTakesThePermitOnTheDestinationAndOnlyThere() {
        start("-o", "json", "--wait", "30s");
        JsonObject permit = new JsonObject(out).getJsonObject("permit");
        TlsFiles files = rig.authority.files("coordinator");
        String[] args = {
            "redeem",
            permit.getString("redeemUrl"),
            "--host",
            "h2",
            "--vm",
            vm.toString(),
            "--ca",
            files.ca().toString(),
            "--certificate",
            files.certificate().toString(),
            "--key",
            files.key().toString()
        };
        String[] elsewhere = args.clone();
        elsewhere[3] = "h3";
        assertThat(plain(elsewhere)).isEqualTo(69);
        assertThat(err)
                .isEqualTo("qf: NOT redeemed, do not start the VM: host h3: TLS: the certificate does not name"
                        + " this host" + System.lineSeparator());
        assertThat(plain(args)).isZero();
        assertThat(out).startsWith("REDEEMED permit " + permit.getValue("id") + ": start VM " + vm + " on host h2 now");
        assertThat(rig.cell.record().permit(permit.getLong("id")).orElseThrow().stage())
                .isEqualTo(PermitStage.REDEEMED);
        args[1] = permit.getString("redeemUrl").replace("/" + permit.getValue("id") + "/", "/999999/");
        assertThat(plain(args)).isEqualTo(3);
        assertThat(err).startsWith("qf: NOT redeemed, do not start the VM: permit-ended");
    }

    /** Each agent by itself: one that does not answer keeps nobody from the others, and is named. */
    @Test
    void disarmReachesEveryAgentWithoutACoordinator() throws IOException {
        TlsFiles files = rig.authority.files("coordinator");
        StringBuilder yaml = new StringBuilder("cells:\n  - cell: lab1\n    agents:\n");
        for (String host : List.of("h1", "h2", "h3")) {
            yaml.append("      - {host: ").append(host).append(", url: 'https://127.0.0.1:");
            yaml.append(rig.cell.address(host).port()).append("'}\n");
        }
        yaml.append("security: {tls: {ca: ")
                .append(files.ca())
                .append(", certificate: ")
                .append(files.certificate());
        yaml.append(", key: ")
                .append(files.key())
                .append("}}\nhistory: {path: ")
                .append(directory)
                .append("/h}\n");
        Path config = Files.writeString(directory.resolve("coordinator.yaml"), yaml);
        String done = "{\"on\":false,\"inForce\":\"disarmed\",\"owed\":true}";
        rig.cell.agent("h1").override = request -> request.response().end(done);
        rig.cell.agent("h2").override = request -> request.response().end(done);
        try {
            assertThat(plain("cell", "disarm", "--by", "ops", "--config", config.toString()))
                    .isEqualTo(1);
            assertThat(out)
                    .contains("DISARMED  h1: in force: disarmed; what it promised stands until")
                    .contains("NOT DONE  h3: HTTP 404: its agent is too old");
            assertThat(plain("cell", "disarm", "--by", "ops", "--host", "h1", "--config", config.toString()))
                    .isZero();
        } finally {
            rig.cell.agent("h1").override = null;
            rig.cell.agent("h2").override = null;
        }
        assertThat(rig.cell.agent("h1").received).contains("POST /v1/reaction");
        assertThat(plain("cell", "arm", "--config", config.toString())).isEqualTo(64);
    }

    @Test
    void decisionsAreListed() {
        start("--wait", "30s", "--request-id", "d-" + vm);
        Waits.until("listed", () -> run("decisions", "--limit", "5") == 0 && out.contains("request d-" + vm));
        assertThat(out).contains("ALLOW host-says  VM " + vm + "  h1 -> h2");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            status --frequently | 64 | Unknown option: '--frequently'; see qf status --help
            '' | 64 | a command is missing; see qf --help
            host | 64 | say what to do with the host: show
            host show h9 | 64 | unknown-host: no cell here has host h9
            start-request --vm x | 64 | Missing required options
            start-request --vm x --last-host h1 --destination h2 | 64 | bad-request: field 'vm' must be a UUID, not
            cancel never | 64 | unknown-request: no request has id never
            cancel a/b | 64 | is not a request id
            decisions --limit 9999 | 64 | bad-request: limit must be a whole number
            status --coordinator http://127.0.0.1:1 | 69 | no coordinator at http://127.0.0.1:1
            status --coordinator nonsense | 64 | must be like http://127.0.0.1:8080
            redeem http://h --host h --vm v --ca a --certificate c --key k | 64 | must be like https://
            """)
    void aFaultIsOneClearLine(String args, int exit, String line) {
        assertThat(args.isEmpty() ? plain() : run(args.split(" +"))).isEqualTo(exit);
        assertThat(err).startsWith("qf: ").contains(line);
        assertThat(err.lines()).hasSize(1);
        assertThat(out).isEmpty();
    }

    @Test
    void theSameIdForAnotherVmIsAConflict() {
        start("--request-id", "c-" + vm, "--wait", "30s");
        assertThat(run(
                        "start-request",
                        "--vm",
                        UUID.randomUUID().toString(),
                        "--last-host",
                        "h1",
                        "--destination",
                        "h2",
                        "--request-id",
                        "c-" + vm))
                .isEqualTo(64);
        assertThat(err).startsWith("qf: request-id-conflict: ");
    }
}
