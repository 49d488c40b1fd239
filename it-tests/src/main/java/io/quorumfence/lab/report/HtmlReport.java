package io.quorumfence.lab.report;

import io.quorumfence.check.Evidence;
import io.quorumfence.check.Evidence.Presence;
import io.quorumfence.check.Evidence.Write;
import io.quorumfence.check.Finding;
import io.quorumfence.lab.watch.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One self-contained page: verdict, who ran and wrote when, the findings, the timeline. */
final class HtmlReport {
    private static final int WIDTH = 1000;
    private static final int LEFT = 150;
    private static final int ROW = 26;

    private final RunResult result;
    private final Evidence evidence;
    private final Timeline timeline;
    private final double from;
    private final double until;
    private final StringBuilder out = new StringBuilder();

    private HtmlReport(RunResult result, Evidence evidence, Timeline timeline) {
        this.result = result;
        this.evidence = evidence;
        this.timeline = timeline;
        List<Timeline.Entry> entries = timeline.entries();
        this.from = entries.stream()
                .filter(entry -> entry.kind().equals("step"))
                .findFirst()
                .map(entry -> Math.max(0, timeline.seconds(entry.atNs()) - 3))
                .orElse(0.0);
        this.until = entries.isEmpty()
                ? 1
                : timeline.seconds(entries.get(entries.size() - 1).atNs()) + 1;
    }

    static String page(RunResult result, Evidence evidence, Timeline timeline) {
        return new HtmlReport(result, evidence, timeline).write();
    }

    private String write() {
        out.append("<!doctype html><html lang=en><meta charset=utf-8><title>")
                .append(text(result.scenario()))
                .append("</title><style>")
                .append("body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:")
                .append(WIDTH + 40)
                .append("px;color:#222}td,th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}")
                .append("tr.step td{background:#eef}tr.answer td{background:#efe}tr.claim td{background:#fe9}")
                .append("tr.alert td{background:#fdd}.ok{color:#172}.violated,.failed{color:#b00}")
                .append(".not-judged{color:#777}svg text{font-size:11px}td.t{font-family:monospace}</style>");
        head();
        chart();
        findings();
        table();
        return out.append("</html>\n").toString();
    }

    private void head() {
        String word = result.passed() ? "<span class=ok>passed</span>" : "<span class=failed>failed</span>";
        out.append("<h1>")
                .append(text(result.scenario()))
                .append(": ")
                .append(word)
                .append("</h1><p>");
        if (!result.decision().isEmpty()) {
            out.append("Decision <b>")
                    .append(text(result.decision()))
                    .append("</b> (")
                    .append(text(result.reason()));
            out.append(")");
            if (result.secondsToDecision() >= 0) {
                out.append(String.format(Locale.ROOT, ", after %.2f s", result.secondsToDecision()));
            }
            out.append(". ");
        }
        out.append(String.format(Locale.ROOT, "The run took %.1f s.</p>", result.seconds()));
        for (String failure : result.failures()) {
            out.append("<p class=failed>").append(text(failure)).append("</p>");
        }
    }

    /** A row for each VM on each host: a thin bar where its process was, a tick for each write. */
    private void chart() {
        List<String> rows = evidence.presences().stream()
                .map(presence -> presence.vm() + " on " + presence.host())
                .distinct()
                .sorted()
                .toList();
        int height = ROW * (rows.size() + 2);
        out.append("<svg width=")
                .append(WIDTH)
                .append(" height=")
                .append(height)
                .append(" role=img aria-label='where the VMs ran'>");
        for (int i = 0; i < rows.size(); i++) {
            int y = ROW * i + 18;
            out.append("<text x=0 y=")
                    .append(y)
                    .append('>')
                    .append(text(rows.get(i)))
                    .append("</text>");
            for (Presence presence : evidence.presences()) {
                if (rows.get(i).equals(presence.vm() + " on " + presence.host())) {
                    bar(presence, y);
                }
            }
            for (Write write : evidence.writes()) {
                if (rows.get(i).equals(write.vm() + " on " + write.host())) {
                    tick(x(write.byNs()), y - 12, y, "#172");
                }
            }
        }
        marks(height);
        out.append("</svg><p>Bars: a process of the VM was there. Ticks: writes, as sampled from outside. ")
                .append("Blue lines: steps. Green lines: answers of the gate.</p>");
    }

    private void bar(Presence presence, int y) {
        double x = x(presence.fromNs());
        out.append(String.format(
                Locale.ROOT,
                "<rect x=%.1f y=%d width=%.1f height=4 fill='#88a'/>",
                x,
                y + 2,
                Math.max(1, x(presence.untilNs()) - x)));
    }

    private void tick(double x, int y1, int y2, String colour) {
        out.append(String.format(Locale.ROOT, "<line x1=%.1f x2=%.1f y1=%d y2=%d stroke='%s'/>", x, x, y1, y2, colour));
    }

    private void marks(int height) {
        int level = 0;
        for (Timeline.Entry entry : timeline.entries()) {
            boolean step = entry.kind().equals("step") && !entry.event().startsWith("begin ");
            boolean answer = entry.event().startsWith("answered ");
            if (step || answer) {
                double x = x(entry.atNs());
                tick(x, 0, height - ROW, step ? "#44c" : "#2a2");
                out.append(String.format(
                                Locale.ROOT, "<text x=%.1f y=%d>", x + 2, height - ROW + 10 + 12 * (level++ % 2)))
                        .append(text(entry.event()))
                        .append("</text>");
            }
        }
    }

    private double x(long atNs) {
        double share = (timeline.seconds(atNs) - from) / Math.max(0.001, until - from);
        return LEFT + Math.max(0, Math.min(1, share)) * (WIDTH - LEFT - 60);
    }

    private void findings() {
        out.append("<h2>Invariants</h2><table>");
        for (Map.Entry<String, Finding> finding : result.invariants().entrySet()) {
            String verdict = finding.getValue().verdict().shown();
            out.append("<tr><th>")
                    .append(finding.getKey())
                    .append("<td class=")
                    .append(verdict)
                    .append('>');
            out.append(verdict)
                    .append("<td>")
                    .append(text(finding.getValue().why()))
                    .append("</tr>");
        }
        out.append("</table>");
    }

    private void table() {
        out.append("<h2>Timeline</h2><table><tr><th>s<th>host<th>what<th></tr>");
        List<Timeline.Entry> shown = new ArrayList<>(timeline.entries());
        for (Timeline.Entry entry : shown) {
            out.append("<tr class=").append(text(entry.kind())).append("><td class=t>");
            out.append(String.format(Locale.ROOT, "%.3f", timeline.seconds(entry.atNs())));
            out.append("<td>").append(text(entry.host()));
            out.append("<td>").append(text(entry.event()));
            out.append("<td>").append(text(entry.detail())).append("</tr>");
        }
        out.append("</table>");
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
