package io.quorumfence.wire;

import io.quorumfence.model.Beat;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A beat; its VM list is cut to {@link #VMS_MAX} ids and then says that it is not complete (rule 13). The obeyed claim
 * stands at the end, and only where there is one: every other beat is as it always was, and an older version, which
 * takes a payload as a whole or not at all, does not know such a host's beat.
 */
final class BeatCodec implements PayloadCodec<Beat> {
    static final int VMS_MAX = 200;

    @Override
    public void write(Payload.Writer to, Beat beat) {
        to.text(beat.host().value());
        TermsCodec.write(to, beat.incarnation());
        Codes.PHASE.write(to, beat.phase());
        to.number(beat.sequence());
        to.number(beat.recordVersion());
        to.number(beat.membership());
        to.number(beat.epoch());
        TermsCodec.write(to, beat.terms());
        List<VmId> vms = beat.vms().vms();
        boolean fits = vms.size() <= VMS_MAX;
        to.flag(beat.vms().complete() && fits);
        List<VmId> kept = fits ? vms : vms.subList(0, VMS_MAX);
        to.number(kept.size());
        kept.forEach(vm -> to.uuid(vm.value()));
        beat.obeyed().ifPresent(token -> to.number(token.value()));
    }

    @Override
    public Beat read(Payload.Reader from) {
        return new Beat(
                new HostId(from.text()),
                TermsCodec.readIncarnation(from),
                Codes.PHASE.read(from),
                from.number(),
                from.number(),
                from.small(),
                from.number(),
                TermsCodec.read(from),
                readVms(from),
                from.hasMore() ? Optional.of(new FenceToken(from.number())) : Optional.empty());
    }

    private static VmList readVms(Payload.Reader from) {
        boolean complete = from.flag();
        int count = from.count();
        List<VmId> vms = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            vms.add(new VmId(from.uuid()));
        }
        return new VmList(vms, complete);
    }
}
