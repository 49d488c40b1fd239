package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether no agent of a cell writes any more, seen with own eyes: two reads of all beats and ballot blocks with a lease
 * between them. It cannot see an agent that is paused; that one has lost its lease by then, and its ballots meet the
 * fence (decision 0020). Blocks with the storages.
 */
final class QuietCell {
    private final CellConfig config;
    private final MacKeys keys;
    private final List<Place> places = new ArrayList<>();

    private record Place(
            StorageSpec storage, LaneProcess lane, Layout layout, List<ByteBuffer> before, Duration lease) {}

    QuietCell(CellConfig config, MacKeys keys) {
        this.config = config;
        this.keys = keys;
    }

    /** The first look at one storage. */
    void look(StorageSpec storage, LaneProcess lane, StorageHeader header)
            throws LaneGoneException, StorageInitException {
        List<ByteBuffer> blocks = read(storage, lane, header.layout());
        Duration lease = config.deadlines().self();
        StorageBlocks open = new StorageBlocks(keys, header);
        for (int host = 0; host < hosts(header.layout()); host++) {
            ByteBuffer pair = blocks.get(0).slice(host * Layout.PAIR, Layout.PAIR);
            Duration promised = open.openBeat(host, config.hosts().get(host), pair)
                    .slot()
                    .value()
                    .map(Beat::terms)
                    .map(terms -> Duration.ofNanos(terms.selfNs()))
                    .orElse(Duration.ZERO);
            lease = promised.compareTo(lease) > 0 ? promised : lease;
        }
        places.add(new Place(storage, lane, header.layout(), blocks, lease));
    }

    /** How long to wait before the second look: the longest lease that anybody promised, and the flight time. */
    Duration watch() {
        Duration longest =
                places.stream().map(Place::lease).max(Duration::compareTo).orElse(Duration.ZERO);
        return longest.plus(config.flight());
    }

    /** The second look. @throws StorageInitException when anything moved; it names who and where */
    void lookAgain() throws LaneGoneException, StorageInitException {
        for (Place place : places) {
            List<ByteBuffer> after = read(place.storage, place.lane, place.layout);
            for (int host = 0; host < hosts(place.layout); host++) {
                for (int part = 0; part < after.size(); part++) {
                    int size = part == 0 ? Layout.PAIR : place.layout.ballotPair();
                    ByteBuffer was = place.before.get(part).slice(host * size, size);
                    if (!was.equals(after.get(part).slice(host * size, size))) {
                        HostId who = config.hosts().get(host);
                        throw new StorageInitException("host " + who + " still writes to storage "
                                + place.storage.id() + ": stop the agents of all hosts of cell " + config.cell()
                                + " first" + StorageFormatter.UNCHANGED);
                    }
                }
            }
        }
    }

    private int hosts(Layout layout) {
        return Math.min(config.members().size(), layout.capacity());
    }

    private List<ByteBuffer> read(StorageSpec storage, LaneProcess lane, Layout layout)
            throws LaneGoneException, StorageInitException {
        LaneReply reply = lane.run(LaneOp.read(layout.beats(hosts(layout)), layout.ballots(hosts(layout))));
        if (!reply.ok()) {
            throw new StorageInitException(
                    "storage " + storage.id() + ": " + reply.text() + StorageFormatter.UNCHANGED);
        }
        return reply.reads();
    }
}
