package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** One answer of the start gate as lines for people. Pure. */
final class DecisionScreen {
    private DecisionScreen() {}

    static List<String> of(JsonObject answer) {
        List<String> lines = new ArrayList<>();
        String verdict = answer.getString("verdict");
        switch (verdict) {
            case "ALLOW" -> allow(answer, lines);
            case "PENDING" -> pending(answer, lines);
            default -> refuse(answer, verdict, lines);
        }
        return lines;
    }

    private static void allow(JsonObject answer, List<String> lines) {
        JsonObject permit = answer.getJsonObject("permit");
        lines.add("ALLOW (" + answer.getString("reason") + ")" + after(answer) + ": VM " + permit.getString("vm")
                + " may start once on host " + permit.getString("destination"));
        lines.add("  permit " + permit.getValue("id") + ", " + permit.getString("stage") + ", worth redeeming for "
                + Screens.span(permit.getLong("expiresInMs")));
        String url = permit.getString("redeemUrl");
        if (url != null) {
            lines.add("  redeem it right before the start:");
            lines.add("    qf redeem " + url + " --host " + permit.getString("destination") + " --vm "
                    + permit.getString("vm") + " --ca FILE --certificate FILE --key FILE");
        }
        evidence(answer, lines);
        lines.add("request id " + answer.getString("id"));
    }

    private static void pending(JsonObject answer, List<String> lines) {
        lines.add("PENDING (" + answer.getString("reason") + "), at most "
                + Screens.span(answer.getLong("deadlineInMs")) + " more");
        lines.add("  " + answer.getString("awaiting"));
        evidence(answer, lines);
        lines.add("ask again with --request-id " + answer.getString("id") + ", with --wait to see it through");
    }

    private static void refuse(JsonObject answer, String verdict, List<String> lines) {
        lines.add(verdict + " (" + answer.getString("reason") + "): " + answer.getString("title") + after(answer));
        lines.add("  " + answer.getString("detail"));
        evidence(answer, lines);
        if (answer.getString("wouldChange") != null) {
            lines.add("what would change it: " + answer.getString("wouldChange"));
            lines.add("ask again with --request-id " + answer.getString("id"));
        }
    }

    private static String after(JsonObject answer) {
        Long took = answer.getLong("decidedInMs");
        return took == null ? "" : ", after " + Screens.span(took);
    }

    private static void evidence(JsonObject answer, List<String> lines) {
        List<JsonObject> seen = Screens.objects(answer, "evidence");
        if (!seen.isEmpty()) {
            lines.add("what was seen");
        }
        for (JsonObject one : seen) {
            String plane = one.getString("plane") == null ? "" : " on " + one.getString("plane");
            String age = one.getLong("ageMs") == null ? "" : ", " + Screens.span(one.getLong("ageMs")) + " before";
            lines.add("  " + one.getString("who") + " of " + one.getString("host") + ": " + one.getString("saw") + plane
                    + age);
        }
    }
}
