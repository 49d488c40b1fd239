package io.quorumfence.record.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One storage: a slot per host, each of them atomic, all of them not. A slot is unreadable while it is torn; a torn one
 * heals to what it was or to what was being written, never to anything older.
 */
final class SimDisk {
    final StorageId id;
    private final World world;
    private final List<HostId> names;
    private final BallotBlock[] slots;
    private final boolean[] torn;

    SimDisk(World world, StorageId id) {
        this.world = world;
        this.id = id;
        names = world.first.members();
        slots = new BallotBlock[names.size()];
        Arrays.fill(slots, BallotBlock.of(world.first));
        torn = new boolean[slots.length];
    }

    void land(int host, BallotBlock block) {
        slots[host] = block;
        torn[host] = false;
    }

    /** The power went while the block was on its way: unreadable, until it shows the old or the new content. */
    void tear(int host) {
        torn[host] = true;
    }

    /** The write never lands; what was torn shows its old content again. */
    void mend(int host) {
        torn[host] = false;
    }

    /** Samples the slots of {@code which} now; a range read sees different slots at different instants. */
    void sample(Map<HostId, Slot<BallotBlock>> into, boolean[] which, boolean value) {
        for (int i = 0; i < slots.length; i++) {
            if (which[i] == value) {
                boolean unknown = torn[i] || !world.isCalm() && world.flip(world.weather.unreadable());
                into.put(names.get(i), unknown ? Slot.unreadable() : Slot.of(slots[i]));
            }
        }
    }

    Map<HostId, Slot<BallotBlock>> emptyPicture() {
        return new LinkedHashMap<>();
    }
}
