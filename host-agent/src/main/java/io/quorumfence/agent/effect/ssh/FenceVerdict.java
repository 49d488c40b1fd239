package io.quorumfence.agent.effect.ssh;

import io.quorumfence.agent.effect.local.HelperAnswer;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * From how the addresses answered to exactly one verdict. Pure. Whatever is not exactly one of the three clear cases
 * is ambiguous.
 *
 * @param why short, our own words only
 * @param ended VMs of which a process was found under this token, now or before, and that are verified gone; each for
 *     itself, whatever the verdict over all of them is
 */
record FenceVerdict(SshVerdict verdict, String why, Set<VmId> ended) {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9-]{1,24}");

    FenceVerdict {
        ended = Set.copyOf(ended);
    }

    FenceVerdict(SshVerdict verdict, String why) {
        this(verdict, why, Set.of());
    }

    /** @param results one for every address of the suspect */
    static FenceVerdict of(List<AddressResult> results, Incarnation life) {
        Optional<AddressResult> answered = results.stream()
                .filter(result -> result.kind() == AddressResult.Kind.ANSWERED)
                .findFirst();
        if (answered.isPresent()) {
            return ofAnswer(answered.get(), life);
        }
        boolean silence =
                !results.isEmpty() && results.stream().allMatch(result -> result.kind() == AddressResult.Kind.SILENT);
        String each = results.stream().map(AddressResult::brief).collect(Collectors.joining("; "));
        return new FenceVerdict(silence ? SshVerdict.UNREACHABLE : SshVerdict.AMBIGUOUS, each);
    }

    private static FenceVerdict ofAnswer(AddressResult result, Incarnation life) {
        String text = result.said();
        if (!text.endsWith("\n") || text.indexOf('\n') != text.length() - 1) {
            return new FenceVerdict(SshVerdict.AMBIGUOUS, result.address() + " half answer");
        }
        HelperAnswer answer;
        try {
            answer = HelperAnswer.read(text);
        } catch (IllegalArgumentException e) {
            return new FenceVerdict(SshVerdict.AMBIGUOUS, result.address() + " answer is " + e.getMessage());
        }
        if (!answer.isOf(life)) {
            return new FenceVerdict(SshVerdict.AMBIGUOUS, result.address() + " answers for another incarnation");
        }
        String reason = CODE.matcher(answer.reason()).matches() ? " (" + answer.reason() + ")" : "";
        String vms = ", " + answer.vms().size() + " VMs, " + answer.survivors().size() + " not dead";
        return new FenceVerdict(verdict(answer), result.address() + reason + vms, answer.ended());
    }

    private static SshVerdict verdict(HelperAnswer answer) {
        return switch (answer.verdict()) {
            case CONFIRMED_DEAD -> SshVerdict.CONFIRMED_DEAD;
            case STILL_ALIVE -> SshVerdict.STILL_ALIVE;
            case AMBIGUOUS -> SshVerdict.AMBIGUOUS;
        };
    }
}
