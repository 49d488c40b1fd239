package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import io.quorumfence.model.SelfFenceMemory;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the core remembers of its own self-fence: switch, cooldown, what is owed, and which alerts stand. */
final class Reacting {
    SelfFenceMemory memory;
    /** The memory that is being stored, and since when; 0 for none. */
    long op;

    SelfFenceMemory storing;
    long storingSinceNs;
    /** Why the memory could not be kept; empty when it could. */
    String trouble = "";

    long cooldownUntilNs = Timing.NEVER;
    /** Whether the cooldown lasted at the beginning of this step. */
    boolean cooling;
    /** Whether this life's end was promised to others when it came. */
    boolean owed;
    /** Whether a deed on the host is due, and whether it was begun. */
    boolean deedDue;

    boolean deedBegun;
    long deedNs;
    /** Whether the act of this life has been counted. */
    boolean actCounted;
    /** Suspects that a shadow host has said it would claim. */
    final Set<HostId> told = new HashSet<>();

    long nextAlertNs = Timing.NEVER;
    Map<String, Alerts.Alert> standing = Map.of();
    /** Hosts whose ssh host key is not the pinned one, and what it is. */
    final Map<HostId, String> strangeKeys = new TreeMap<>();
    /** The last alert that reached nobody; empty when the last one did. */
    String undelivered = "";

    Reacting(SelfFenceMemory memory) {
        this.memory = memory;
        this.storing = memory;
    }

    Reacting copy() {
        Reacting twin = new Reacting(memory);
        twin.op = op;
        twin.storing = storing;
        twin.storingSinceNs = storingSinceNs;
        twin.trouble = trouble;
        twin.cooldownUntilNs = cooldownUntilNs;
        twin.cooling = cooling;
        twin.owed = owed;
        twin.deedDue = deedDue;
        twin.deedBegun = deedBegun;
        twin.deedNs = deedNs;
        twin.actCounted = actCounted;
        twin.told.addAll(told);
        twin.strangeKeys.putAll(strangeKeys);
        twin.nextAlertNs = nextAlertNs;
        twin.standing = standing;
        twin.undelivered = undelivered;
        return twin;
    }
}
