package io.quorumfence.agent.effect.local;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.model.observation.RequestObservation.ArrivalAsked;
import io.quorumfence.model.observation.RequestObservation.StartAsked;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines between {@code qf-hook} and the agent. Pure. */
final class HookLine {
    static final int MAX = 256;
    static final String GLASS = "glass v1";
    static final String SHOW = "show v1";
    static final String NOT_UNDERSTOOD =
            "refuse not-understood the agent does not understand this hook; are both of one" + " release?\n";
    static final String NO_ANSWER = "refuse no-answer the agent's core did not answer in time\n";

    private static final String NUMBER = "(\\d{1,18})";
    private static final String UUID = "([0-9a-f-]{36})";
    private static final Pattern START =
            Pattern.compile("start v1 vm=" + UUID + " incoming=([01]) remains=" + NUMBER + " asked=" + NUMBER);
    private static final Pattern ARRIVAL = Pattern.compile(
            "arrival v1 vm=" + UUID + " reservation=" + NUMBER + " remains=" + NUMBER + " asked=" + NUMBER);
    private static final Pattern RELEASED = Pattern.compile("released v1 vm=" + UUID + " said=" + NUMBER);

    private HookLine() {}

    /** The question, or empty when it is none. */
    static Optional<RequestObservation> question(String line, ReplyId id) {
        Matcher start = START.matcher(line);
        if (start.matches()) {
            return vm(start.group(1))
                    .map(vm -> new StartAsked(
                            id,
                            vm,
                            start.group(2).equals("1"),
                            Long.parseLong(start.group(3)),
                            Long.parseLong(start.group(4))));
        }
        Matcher arrival = ARRIVAL.matcher(line);
        return arrival.matches()
                ? vm(arrival.group(1))
                        .map(vm -> new ArrivalAsked(
                                id,
                                vm,
                                Long.parseLong(arrival.group(2)),
                                Long.parseLong(arrival.group(3)),
                                Long.parseLong(arrival.group(4))))
                : Optional.empty();
    }

    static Optional<Observation> released(String line) {
        Matcher m = RELEASED.matcher(line);
        return m.matches()
                ? vm(m.group(1)).map(vm -> new LocalObservation.VmReleased(vm, Long.parseLong(m.group(2))))
                : Optional.empty();
    }

    private static Optional<VmId> vm(String text) {
        try {
            return Optional.of(VmId.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The answer. A migration's names its reservation, which an older hook does not understand and so refuses. */
    static String of(ReplyCommand reply, RequestObservation question) {
        if (reply instanceof ReplyCommand.ReplyAdmitted yes) {
            boolean incoming = question instanceof StartAsked asked && asked.incoming();
            return "allow " + yes.spentBelow() + (incoming ? " reservation " + yes.claim() : "") + "\n";
        }
        if (reply instanceof ReplyCommand.ReplyRefused no) {
            return "refuse " + no.code() + ": " + no.detail().replaceAll("[^ -~]", " ") + "\n";
        }
        return NOT_UNDERSTOOD;
    }
}
