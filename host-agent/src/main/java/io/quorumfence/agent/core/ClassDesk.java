package io.quorumfence.agent.core;

import io.quorumfence.model.Exemption;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.RequestObservation.ClassAsked;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.List;
import java.util.Optional;

/**
 * Classes of VMs: takes an operator's wish to the record, and says for this life that it treats a VM as protected
 * again. That word is irrevocable, so it is given only once the record that says so is on tmpfs, where every later
 * process of this life begins with it, and only by a life that has its own end still before it (decision 0042).
 */
final class ClassDesk {
    private ClassDesk() {}

    static void asked(AgentState s, ClassAsked asked, long nowNs, Out out) {
        if (!s.leaseLives(nowNs) || !s.recordRead) {
            refuse(asked, "agent-unfit", "host " + s.self() + " holds no live lease", out);
            return;
        }
        RecordChange change = asked.ignore()
                ? new RecordChange.IgnoreVm(asked.vm(), asked.by(), asked.why())
                : new RecordChange.ProtectVm(asked.vm());
        RecordDesk.submit(s, change, new Pending.ClassWanted(asked), nowNs);
    }

    static void progress(AgentState s, long nowNs) {
        CellRecord record = s.record().orElse(null);
        if (record == null || record.exemptions().isEmpty()) {
            return;
        }
        boolean kept = s.storedVersion >= record.version();
        if (!kept || !s.recordRead || !s.leaseLives(nowNs)) {
            return;
        }
        for (Exemption entry : record.exemptions()) {
            RecordChange heard = new RecordChange.HearProtected(entry.vm(), entry.turn(), s.self(), s.requireLife());
            boolean due = entry.leaving() && heard.applyTo(record) instanceof ChangeResult.Applied;
            if (due && s.permits.hearing.add(entry.turn())) {
                RecordDesk.submit(s, heard, new Pending.HearWanted(entry.vm(), entry.turn()), nowNs);
            }
        }
    }

    static void decided(AgentState s, Pending why, CellRecord record, Out out) {
        if (why instanceof Pending.HearWanted wanted) {
            s.permits.hearing.remove(wanted.turn());
            out.event(new JournalEvent.ProtectionHeard(wanted.vm(), wanted.turn()));
        } else if (why instanceof Pending.ClassWanted wanted) {
            ClassAsked asked = wanted.asked();
            Optional<Exemption> entry = record.exemption(asked.vm());
            String now = entry.map(it -> it.leaving() ? "leaving" : "ignore").orElse("protected");
            out.event(new JournalEvent.ClassDecided(asked.vm(), now, asked.caller(), asked.by(), asked.why()));
            out.command(new ReplyCommand.ReplyClass(
                    asked.reply(),
                    asked.vm(),
                    now,
                    entry.filter(Exemption::leaving).map(record::awaitedFor).orElse(List.of())));
        }
    }

    static void refused(AgentState s, Pending why, RegisterOutcome.Refused refused, Out out) {
        if (why instanceof Pending.HearWanted wanted) {
            s.permits.hearing.remove(wanted.turn());
        } else if (why instanceof Pending.ClassWanted wanted) {
            refuse(wanted.asked(), refused.code(), refused.detail(), out);
        }
    }

    private static void refuse(ClassAsked asked, String code, String detail, Out out) {
        out.event(new JournalEvent.RequestRefused("class of " + asked.vm(), code, detail));
        out.command(new ReplyCommand.ReplyRefused(asked.reply(), code, detail, true));
    }
}
