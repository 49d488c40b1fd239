package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.HttpAgentCalls;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.coordinator.core.PermitAnswer.Decided;
import io.quorumfence.coordinator.core.PermitAnswer.NoAnswer;
import io.quorumfence.coordinator.core.PermitAnswer.Rejected;
import io.quorumfence.coordinator.render.VerdictJson;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code qf redeem}: the one command that talks to an agent and not to the coordinator. */
@Command(
        name = "redeem",
        description = "Redeems a permit on its destination's agent, right before the VM is started. Exit code 0"
                + " redeemed: start it now; anything else: do not start it.")
final class RedeemCommand implements Callable<Integer> {
    private static final Pattern PATH = Pattern.compile("/v1/permits/([1-9][0-9]{0,17})/redeem");
    private static final long LIMIT_MS = 10_000;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Parameters(paramLabel = "URL", description = "redeemUrl of the ALLOW")
    @SuppressWarnings("NullAway.Init")
    private URI url;

    @Option(names = "--host", required = true, paramLabel = "HOST", description = "the host the certificate must name")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(names = "--vm", required = true, paramLabel = "UUID")
    @SuppressWarnings("NullAway.Init")
    private String vm;

    @Option(names = "--ca", required = true, paramLabel = "FILE", description = "the cell's authority, PEM")
    @SuppressWarnings("NullAway.Init")
    private Path ca;

    @Option(names = "--certificate", required = true, paramLabel = "FILE", description = "the caller's, PEM")
    @SuppressWarnings("NullAway.Init")
    private Path certificate;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the caller's, PKCS8 PEM")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Override
    public Integer call() {
        AgentAddress agent = agent();
        long permit = permit();
        PermitAnswer answer = redeem(agent, permit, vmId(), files());
        if (answer instanceof Decided decided && decided.permit().stage() == PermitStage.REDEEMED) {
            JsonObject shown = VerdictJson.permit(decided.permit());
            qf.out()
                    .println(
                            qf.wantsJson()
                                    ? shown.encodePrettily()
                                    : "REDEEMED permit " + permit + ": start VM " + vm + " on host " + host + " now");
            qf.out().flush();
            return Exit.OK;
        }
        throw refusal(answer);
    }

    private static CliFault refusal(PermitAnswer answer) {
        if (answer instanceof Rejected no) {
            return new CliFault(
                    no.retryable() ? Exit.UNAVAILABLE : Exit.REFUSED,
                    "NOT redeemed, do not start the VM: " + no.code() + ": " + no.detail());
        }
        if (answer instanceof NoAnswer none) {
            String doubt = none.mayHaveBeenDone() ? "; it may be redeemed all the same: redeem again to find out" : "";
            return new CliFault(Exit.UNAVAILABLE, "NOT redeemed, do not start the VM: " + none.why() + doubt);
        }
        if (answer instanceof PermitAnswer.NotKnown old) {
            return new CliFault(
                    Exit.UNAVAILABLE, "NOT redeemed, do not start the VM: the agent is too old: " + old.why());
        }
        return new CliFault(Exit.REFUSED, "NOT redeemed, do not start the VM: the permit has ended");
    }

    private static PermitAnswer redeem(AgentAddress agent, long permit, VmId vmId, TlsFiles files) {
        Vertx vertx = Vertx.vertx();
        try {
            HttpAgentCalls calls =
                    new HttpAgentCalls(vertx, files, new AgentLimits(5_000, LIMIT_MS, LIMIT_MS, 1), System::nanoTime);
            return calls.redeem(agent, permit, vmId)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(2 * LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NoAnswer("interrupted", true);
        } catch (ExecutionException | TimeoutException e) {
            return new NoAnswer(String.valueOf(e.getMessage()), true);
        } finally {
            vertx.close();
        }
    }

    private AgentAddress agent() {
        if (!"https".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new CliFault(Exit.USAGE, "'" + url + "' must be like https://10.77.1.2:7443/v1/permits/7/redeem");
        }
        try {
            // The cell's name is only for messages: the certificate says who answers.
            return new AgentAddress(
                    new CellId("any"), new HostId(host), url.getHost().replaceAll("[\\[\\]]", ""), url.getPort());
        } catch (IllegalArgumentException e) {
            throw new CliFault(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private long permit() {
        Matcher form = PATH.matcher(String.valueOf(url.getPath()));
        if (!form.matches()) {
            throw new CliFault(Exit.USAGE, "'" + url + "' does not end with /v1/permits/NUMBER/redeem");
        }
        return Long.parseLong(form.group(1));
    }

    private VmId vmId() {
        try {
            return VmId.of(vm);
        } catch (IllegalArgumentException e) {
            throw new CliFault(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private TlsFiles files() {
        for (Path file : new Path[] {ca, certificate, key}) {
            if (!Files.isReadable(file)) {
                throw new CliFault(Exit.USAGE, file + " is not a readable file");
            }
        }
        return new TlsFiles(ca, certificate, key);
    }
}
