package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each call of the gate, with the coordinator's own prefix: {@code request=ID} finds a decision in the
 * logs
 * of both sides.
 */
final class GateTrace {
    private static final Logger LOG = LoggerFactory.getLogger("io.quorumfence.decisions");

    private GateTrace() {}

    /** @param vm of the path, where it stands there */
    static void log(HostId self, GateRoute route, Optional<String> vm, JsonObject asked, Answer answer) {
        line(self, route, vm, asked, answer).ifPresent(LOG::info);
    }

    static Optional<String> line(HostId self, GateRoute route, Optional<String> vm, JsonObject asked, Answer answer) {
        return switch (route) {
            case ABSENCE ->
                Optional.of(of(
                        vm.orElse("-"),
                        self.value(),
                        self,
                        "absence " + text(answer.body(), "answer", text(answer.body(), "code", "-")),
                        text(asked, "requestId", "-"),
                        text(answer.body(), "reason", text(answer.body(), "detail", ""))));
            case GRANT, REDEEM, END -> Optional.of(permit(self, route, asked, answer));
            case REACTION, RELEASE, CONFIRM_DEAD, VM_CLASS -> Optional.empty();
        };
    }

    private static String permit(HostId self, GateRoute route, JsonObject asked, Answer answer) {
        Object found = answer.body().getValue("permit");
        JsonObject permit = found instanceof JsonObject given ? given : asked;
        String what = found == null
                ? route.word() + " " + text(answer.body(), "code", "-")
                : route.word() + " " + text(permit, "stage", "-") + " permit=" + permit.getValue("id");
        return of(
                text(permit, "vm", "-"),
                text(permit, "lastHost", "-"),
                self,
                what,
                text(permit, "requestId", "-"),
                text(answer.body(), "detail", ""));
    }

    private static String of(String vm, String suspect, HostId peer, String what, String request, String detail) {
        return "[pre-fence vm=" + vm + " suspect=" + suspect + " peer=" + peer + "] " + what + " request=" + request
                + (detail.isEmpty() ? "" : ": " + detail);
    }

    /** What a caller wrote is shown as far as a log line bears it. */
    private static String text(JsonObject json, String name, String absent) {
        Object value = json.getValue(name);
        if (!(value instanceof String text) || text.isEmpty()) {
            return absent;
        }
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}
