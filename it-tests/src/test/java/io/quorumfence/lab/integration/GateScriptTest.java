package io.quorumfence.lab.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the scripts do with answers that a real coordinator does not give at will; the real one is asked in {@link
 * RecipesOnLoopbackTest}. Nothing here may lead to a start.
 */
@Timeout(120)
class GateScriptTest {
    private static final String VM = "5f000000-0000-4000-8000-000000000001";
    private static final String GRANTED = "{'id':9,'vm':'" + VM
            + "','destination':'h2','stage':'GRANTED','redeemUrl':'https://127.0.0.1:1/v1/permits/9/redeem'}";

    @TempDir
    private Path dir;

    private HttpServer server;
    private Path started;
    private Recipe recipe;

    @BeforeEach
    void prepare() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.start();
        started = dir.resolve("started");
        Path start = Files.writeString(dir.resolve("start"), "#!/bin/sh\necho \"$@\" >>" + started + "\n");
        assertThat(start.toFile().setExecutable(true)).isTrue();
        for (String file : new String[] {"ca.pem", "coordinator-lab.pem", "coordinator-lab.key"}) {
            Files.createFile(dir.resolve(file));
        }
        recipe =
                new Recipe("http://127.0.0.1:" + server.getAddress().getPort(), dir).with("QF_START", start.toString());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "409 | {'code':'host-alive','detail':'h3 sees it'} | 3 | REFUSE host-alive: h3 sees it",
                "409 | not json | 3 | REFUSE",
                "400 | {'detail':'vm is no UUID'} | 64 | vm is no UUID",
                "418 | {} | 70 | status 418",
                "302 | {} | 70 | status 302",
                "204 | `` | 70 | status 204",
                "200 | {'verdict':'PENDING'} | 70 | not for this VM",
                "200 | {'verdict':'REFUSE','permit':$GRANTED} | 70 | not for this VM",
                "201 | not json | 70 | not for this VM",
                "201 | `` | 70 | not for this VM",
                "201 | {'verdict':'ALLOW'} | 70 | not for this VM",
                "201 | {'verdict':'ALLOW','permit':{'id':9,'destination':'h3'}} | 70 | not for this VM",
                "201 | {'verdict':'ALLOW','permit':{'id':'x','vm':'$VM','destination':'h2'}} | 70 | without a permit",
                "201 | {'verdict':'ALLOW','permit':{'id':9,'vm':'$VM','destination':'h2'}} | 70 | without an https",
                "201 | {'verdict':'ALLOW','permit':$REDEEMED} | 5 | an earlier call",
                "201 | {'verdict':'ALLOW','permit':$PLAIN} | 70 | without an https",
                "201 | {'verdict':'ALLOW','permit':$GRANTED} | 69 | agent does not answer",
            })
    void startsNothingOn(int status, String body, int code, String said) {
        answer(status, filledIn(body == null ? "" : body));
        Recipe.Result result = recipe.run("", "virsh-failover.sh", VM, "h1", "h2");
        assertThat(result.err()).contains(said);
        assertThat(result.code()).isEqualTo(code);
        assertThat(started).doesNotExist();
    }

    @Test
    void givesUpOnAnAnswerThatStaysPendingOrNeverComes() {
        answer(202, "{\"verdict\":\"PENDING\",\"reason\":\"awaiting-proof\"}");
        assertThat(ask("0").code()).isEqualTo(4);
        server.stop(0);
        assertThat(ask("0").code()).isEqualTo(69);
    }

    @Test
    void refusesWrongCallsByName() {
        assertThat(recipe.run("", "gate.sh").code()).isEqualTo(64);
        assertThat(recipe.run("", "gate.sh", "--vm", VM, "--last-host", "h1").code())
                .isEqualTo(64);
        assertThat(ask("soon").code()).isEqualTo(64);
        assertThat(recipe.run("{}", "zstack-pre-fence.sh").code()).isEqualTo(64);
        assertThat(recipe.run("", "cloudstack-investigate.sh", "a b").code()).isEqualTo(64);
        assertThat(recipe.run("", "cloudstack-fence.sh").code()).isEqualTo(1);
        assertThat(recipe.with("QF_KEY", "/nowhere").run("", "virsh-failover.sh", VM, "h1", "h2"))
                .returns(64, Recipe.Result::code);
        assertThat(started).doesNotExist();
    }

    @Test
    void anInvestigatorKnowsNothingFromSilenceOrNonsense() {
        answer(200, "{\"state\":\"silent\",\"agent\":\"silent\"}");
        assertThat(recipe.run("", "cloudstack-investigate.sh", "h1").code()).isEqualTo(2);
        server.removeContext("/");
        answer(500, "proven-gone");
        assertThat(recipe.run("", "cloudstack-investigate.sh", "h1").code()).isEqualTo(2);
        server.stop(0);
        assertThat(recipe.run("", "cloudstack-investigate.sh", "h1").code()).isEqualTo(2);
    }

    private Recipe.Result ask(String patience) {
        return recipe.run(
                "", "gate.sh", "--vm", VM, "--last-host", "h1", "--destination", "h2", "--patience", patience);
    }

    private void answer(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
    }

    private static String filledIn(String body) {
        return body.replace("$GRANTED", GRANTED)
                .replace("$REDEEMED", GRANTED.replace("GRANTED", "REDEEMED"))
                .replace("$PLAIN", GRANTED.replace("https", "http"))
                .replace("$VM", VM)
                .replace('\'', '"');
    }
}
