package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.cli.CoordinatorClient.Answer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The answers of many requests: a count first, then a line each. */
final class BatchScreen {
    private static final int MULTI_STATUS = 207;

    private BatchScreen() {}

    /** Prints them and says how to exit: refused outweighs pending, pending outweighs allowed. */
    static int print(Qf qf, Answer answer) {
        if (answer.status() == 409) {
            throw new CliFault(Exit.REFUSED, answer.text("code") + ": " + answer.text("detail"));
        }
        if (answer.status() != MULTI_STATUS) {
            throw CoordinatorClient.fault(answer);
        }
        if (qf.wantsJson()) {
            qf.out().println(answer.body().encodePrettily());
        } else {
            lines(answer.body()).forEach(qf.out()::println);
        }
        qf.out().flush();
        JsonObject counts = answer.body().getJsonObject("counts");
        long open = counts.getLong("PENDING", 0L);
        long all = Screens.objects(answer.body(), "results").size();
        if (counts.getLong("ALLOW", 0L) + open < all) {
            return Exit.REFUSED;
        }
        return open > 0 ? Exit.PENDING : Exit.OK;
    }

    static List<String> lines(JsonObject body) {
        List<String> lines = new ArrayList<>();
        List<String> counts = new ArrayList<>();
        body.getJsonObject("counts").forEach(count -> counts.add(count.getValue() + " " + count.getKey()));
        lines.add(counts.isEmpty() ? "no VMs" : String.join(", ", counts));
        for (JsonObject result : Screens.objects(body, "results")) {
            lines.add("  " + line(result.getString("id"), result.getJsonObject("answer")));
        }
        String id = body.getString("id");
        if (id != null) {
            lines.add("ask again with --request-id " + id);
        }
        return lines;
    }

    private static String line(String id, JsonObject answer) {
        String verdict = answer.getString("verdict", "NOT ASKED");
        String code = answer.getString("reason", answer.getString("code", ""));
        JsonObject permit = answer.getJsonObject("permit");
        if (permit != null) {
            return "ALLOW (" + code + ") VM " + permit.getString("vm") + " on " + permit.getString("destination")
                    + ", permit " + permit.getLong("id") + ", " + permit.getString("stage") + ", redeem at "
                    + permit.getString("redeemUrl", "its agent") + " [" + id + "]";
        }
        Long place = answer.getLong("place");
        String queue = place == null ? "" : ", place " + place + " in the queue";
        String detail = answer.getString("awaiting", answer.getString("detail", ""));
        return verdict + " (" + code + ")" + queue + ": " + detail + " [" + id + "]";
    }
}
