package io.quorumfence.config;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;
import java.util.List;

/**
 * What the agent's core needs of the configuration; a value that was checked before it got here.
 *
 * @param rhoPpm bound on the clock's rate error, parts per million
 * @param flight longest time a write handed to the fabric may still land (T_flight)
 * @param stormLimit fences per window, 0 for the published share of the cell
 * @param rejoin how this host comes back after one of its lives was fenced
 * @param hook who has to be asked before a VM starts on this host
 * @param ladder which rungs this host climbs against the others
 */
public record CellConfig(
        CellId cell,
        HostId host,
        List<Member> members,
        List<PlaneId> planes,
        List<StorageSpec> storages,
        Deadlines deadlines,
        int rhoPpm,
        Duration flight,
        SelfFenceAction action,
        WatchdogKind watchdog,
        int stormLimit,
        Duration stormWindow,
        Rejoin rejoin,
        Reaction reaction,
        Hook hook,
        FenceLadder ladder) {
    public CellConfig {
        members = List.copyOf(members);
        planes = List.copyOf(planes);
        storages = List.copyOf(storages);
    }

    /** A host that comes back by itself, with its self-fence in force, no cooldown, no hook and no power. */
    public CellConfig(
            CellId cell,
            HostId host,
            List<Member> members,
            List<PlaneId> planes,
            List<StorageSpec> storages,
            Deadlines deadlines,
            int rhoPpm,
            Duration flight,
            SelfFenceAction action,
            WatchdogKind watchdog,
            int stormLimit,
            Duration stormWindow) {
        this(
                cell,
                host,
                members,
                planes,
                storages,
                deadlines,
                rhoPpm,
                flight,
                action,
                watchdog,
                stormLimit,
                stormWindow,
                Rejoin.AUTOMATIC,
                Reaction.PLAIN,
                Hook.OFF,
                FenceLadder.PLAIN);
    }

    /** The same cell with other rungs. */
    public CellConfig climbing(FenceLadder other) {
        return with(deadlines, action, watchdog, rejoin, reaction, hook, other);
    }

    /** The same cell under other terms of its host. */
    public CellConfig under(Deadlines others, SelfFenceAction other, WatchdogKind kind) {
        return with(others, other, kind, rejoin, reaction, hook, ladder);
    }

    public CellConfig rejoining(Rejoin other) {
        return with(deadlines, action, watchdog, other, reaction, hook, ladder);
    }

    public CellConfig reacting(Reaction other) {
        return with(deadlines, action, watchdog, rejoin, other, hook, ladder);
    }

    public CellConfig hooked(Hook other) {
        return with(deadlines, action, watchdog, rejoin, reaction, other, ladder);
    }

    private CellConfig with(
            Deadlines others,
            SelfFenceAction other,
            WatchdogKind kind,
            Rejoin back,
            Reaction reacting,
            Hook hooking,
            FenceLadder climbed) {
        return new CellConfig(
                cell,
                host,
                members,
                planes,
                storages,
                others,
                rhoPpm,
                flight,
                other,
                kind,
                stormLimit,
                stormWindow,
                back,
                reacting,
                hooking,
                climbed);
    }

    /** What this host does at the end of its lease by its configuration alone. */
    public SelfFenceAction configuredReaction() {
        return reaction.shadow() ? SelfFenceAction.SHADOW : reaction.on() ? action : SelfFenceAction.DISARMED;
    }

    /** Position of a host in the member list; refuses a stranger. */
    public int indexOf(HostId wanted) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).host().equals(wanted)) {
                return i;
            }
        }
        throw new IllegalArgumentException("host " + wanted + " is not a member of cell " + cell);
    }

    public List<HostId> hosts() {
        return members.stream().map(Member::host).toList();
    }

    public List<StorageId> storageIds() {
        return storages.stream().map(StorageSpec::id).toList();
    }
}
