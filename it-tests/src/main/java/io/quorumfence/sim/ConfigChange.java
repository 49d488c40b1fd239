package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.model.SelfFenceAction;

/** What an operator, or an upgrade, makes of a host's agent.yaml. Every one passes the agent's own checks. */
enum ConfigChange {
    LONGER,
    SHORTER,
    REBOOT,
    STOP_VMS,
    LOG_ONLY,
    AS_BEFORE;

    /** @param first the configuration the schedule began with */
    CellConfig of(CellConfig first) {
        Deadlines d = first.deadlines();
        return switch (this) {
            case LONGER ->
                with(
                        first,
                        new Deadlines(
                                d.beat(),
                                d.suspect().multipliedBy(3).dividedBy(2),
                                d.self().multipliedBy(3).dividedBy(2),
                                d.act().multipliedBy(2),
                                d.watchdog(),
                                d.margin()),
                        first.action());
            case SHORTER ->
                with(
                        first,
                        new Deadlines(
                                d.beat(),
                                d.suspect(),
                                d.self().multipliedBy(4).dividedBy(5),
                                d.act(),
                                d.watchdog(),
                                d.margin()),
                        first.action());
            case REBOOT -> with(first, d, SelfFenceAction.REBOOT);
            case STOP_VMS -> with(first, d, SelfFenceAction.STOP_VMS);
            case LOG_ONLY -> with(first, d, SelfFenceAction.LOG_ONLY);
            case AS_BEFORE -> first;
        };
    }

    /** The same cell under other terms. */
    static CellConfig with(CellConfig config, Deadlines deadlines, SelfFenceAction action) {
        return config.under(deadlines, action, config.watchdog());
    }
}
