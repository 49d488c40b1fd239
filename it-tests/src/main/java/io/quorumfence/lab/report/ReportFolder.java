package io.quorumfence.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorumfence.check.Evidence;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.watch.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a run's folder. The collected logs are there already. */
public final class ReportFolder {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ReportFolder() {}

    public static void write(RunResult result, Evidence evidence, Timeline timeline) {
        try {
            Files.createDirectories(result.report());
            ObjectNode json = result.json();
            ObjectNode why = json.putObject("findings");
            result.invariants().forEach((name, finding) -> why.put(name, finding.why()));
            json.set("decisions", JSON.valueToTree(evidence.decisions()));
            json.set("starts", JSON.valueToTree(evidence.starts()));
            json.set("presences", JSON.valueToTree(evidence.presences()));
            ArrayNode events = json.putArray("timeline");
            for (Timeline.Entry entry : timeline.entries()) {
                events.addObject()
                        .put("seconds", Math.round(timeline.seconds(entry.atNs()) * 1000) / 1000.0)
                        .put("atNs", entry.atNs())
                        .put("kind", entry.kind())
                        .put("host", entry.host())
                        .put("event", entry.event())
                        .put("detail", entry.detail());
            }
            Files.writeString(result.report().resolve("result.json"), JSON.writeValueAsString(json) + "\n");
            Files.writeString(result.report().resolve("report.html"), HtmlReport.page(result, evidence, timeline));
            writeViews(result.report().resolve("views.jsonl"), evidence);
        } catch (IOException e) {
            throw new LabException("cannot write the report " + result.report() + ": " + e.getMessage(), e);
        }
    }

    /** What the agents published, as it was judged: one view a line. */
    private static void writeViews(Path file, Evidence evidence) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Evidence.View view : evidence.views()) {
            lines.append(JSON.valueToTree(view).toString()).append('\n');
        }
        Files.writeString(file, lines.toString());
    }
}
