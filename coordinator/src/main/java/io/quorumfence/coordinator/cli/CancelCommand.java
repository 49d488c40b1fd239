package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.cli.CoordinatorClient.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code qf cancel}. */
@Command(name = "cancel", description = "Takes a start request back and ends its permit, unless that is redeemed.")
final class CancelCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Parameters(paramLabel = "REQUEST-ID")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Override
    public Integer call() {
        if (!id.matches("[A-Za-z0-9._:-]{1,64}")) {
            throw new CliFault(Exit.USAGE, "'" + id + "' is not a request id");
        }
        Answer answer = qf.client().delete("/v1/start-requests/" + id);
        if (answer.status() != 200) {
            throw CoordinatorClient.fault(answer);
        }
        qf.out().println(qf.wantsJson() ? answer.body().encodePrettily() : answer.text("detail"));
        qf.out().flush();
        return Exit.OK;
    }
}
