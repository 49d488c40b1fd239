package io.quorumfence.agent.app;

import io.quorumfence.agent.journal.Replay;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replay}: prints the decisions of journals, each made again by the core of this version. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = RecordCommand.USAGE,
        description = "Feeds agents' journals into the decision core and compares what it decides.",
        footer = {"", "Exit codes: 0 the same decisions; 1 a difference; 64 usage; 69 nothing could be replayed."})
final class ReplayCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "JOURNAL", description = "the journal directory of an agent, or a file")
    private List<Path> journals = new ArrayList<>();

    @Option(names = "--json", description = "one JSON document for each journal, one a line")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        int worst = RecordCommand.FINE;
        for (Path journal : journals) {
            if (!Files.exists(journal)) {
                spec.commandLine().getErr().println("qf replay: there is no " + journal);
                return RecordCommand.USAGE;
            }
            try {
                worst = Math.max(worst, replay(journal));
            } catch (IllegalArgumentException e) {
                spec.commandLine().getErr().println("qf replay: " + journal + ": " + e.getMessage());
                worst = RecordCommand.UNAVAILABLE;
            }
        }
        return worst;
    }

    private int replay(Path journal) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        JsonArray decisions = new JsonArray();
        Replay.Report report = Replay.of(journal, decision -> {
            if (json) {
                decisions.add(new JsonObject()
                        .put("t", decision.nowNs())
                        .put("event", decision.event().toString()));
            } else {
                out.printf("%16d  %s%n", decision.nowNs(), decision.event());
            }
        });
        out.println(json ? document(journal, report, decisions).encode() : lastLine(journal, report));
        if (report.difference().isPresent()) {
            return RecordCommand.FINDINGS;
        }
        return report.processes() == 0 ? RecordCommand.UNAVAILABLE : RecordCommand.FINE;
    }

    private static String lastLine(Path journal, Replay.Report report) {
        String verdict;
        if (report.difference().isPresent()) {
            verdict = "DIFFERENT  " + report.difference().get();
        } else if (report.processes() == 0) {
            verdict = "UNKNOWN  no line says how a process began: rotated away, or written by an older version";
        } else {
            verdict = "SAME" + report.end().map(why -> " until " + why).orElse("");
        }
        return verdict + "; " + journal + ": host " + report.host() + ", " + report.processes() + " processes, "
                + report.steps() + " steps, " + report.decisions() + " decisions, " + report.skipped()
                + " lines not replayed, " + report.gaps() + " gaps";
    }

    private static JsonObject document(Path journal, Replay.Report report, JsonArray decisions) {
        JsonObject document = new JsonObject()
                .put("journal", journal.toString())
                .put("host", report.host())
                .put("processes", report.processes())
                .put("steps", report.steps())
                .put("skipped", report.skipped())
                .put("gaps", report.gaps())
                .put("same", report.difference().isEmpty() && report.processes() > 0);
        report.difference().ifPresent(difference -> document.put("difference", difference));
        report.end().ifPresent(end -> document.put("end", end));
        return document.put("decisions", decisions);
    }
}
