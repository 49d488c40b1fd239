package io.quorumfence.agent.core;

import io.quorumfence.model.observation.RequestObservation;

/** Hands each question to the part that answers it. */
final class RequestDesk {
    private RequestDesk() {}

    static void take(AgentState s, RequestObservation observation, long nowNs, Out out) {
        if (observation instanceof RequestObservation.OpinionAsked asked) {
            PromiseRules.opinion(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.PromiseAsked asked) {
            PromiseRules.asked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.ShellAsked asked) {
            LentShells.asked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.AbsenceAsked asked) {
            PermitDesk.absenceAsked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.GrantAsked asked) {
            GrantRules.asked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.RedeemAsked asked) {
            PermitDesk.redeemAsked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.StartAsked asked) {
            HookDesk.asked(s, asked, out);
        } else if (observation instanceof RequestObservation.ArrivalAsked asked) {
            HookDesk.arrivalAsked(s, asked, out);
        } else if (observation instanceof RequestObservation.EndAsked asked) {
            PermitDesk.endAsked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.ReleaseAsked asked) {
            Quarantine.releaseAsked(s, asked, out);
        } else if (observation instanceof RequestObservation.ConfirmDeadAsked asked) {
            OperatorWord.asked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.ClassAsked asked) {
            ClassDesk.asked(s, asked, nowNs, out);
        } else if (observation instanceof RequestObservation.RecordAsked asked) {
            RecordDesk.read(s, new Pending.RecordWanted(asked.reply()), nowNs);
        } else if (observation instanceof RequestObservation.ReactionAsked asked) {
            ReactionRules.asked(s, asked, nowNs, out);
        }
    }
}
