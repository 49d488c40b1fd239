package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.Entry;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What {@code storage-init} finds on one storage before it changes anything. Blocks with the storage.
 *
 * @param header what lies where the header belongs; alien also when other data lies behind a blank one
 * @param ballots the readable ballot blocks, by host index
 * @param mails the readable mail, by suspect and claimer
 * @param torn ballot or mail blocks that could not be read
 */
record StorageSurvey(
        StorageSpec storage,
        HeaderRead header,
        Map<Integer, BallotBlock> ballots,
        Map<MailPlace, MailEntry> mails,
        int torn) {
    /** File systems, partition tables and volume managers leave their marks below this. */
    private static final int HEAD_BYTES = 1024 * 1024;

    record MailPlace(int suspect, int claimer) {}

    /** @param size bytes of the storage, or more when it is a device */
    static StorageSurvey of(LaneProcess process, StorageSpec storage, MacKeys keys, List<HostId> members, long size)
            throws LaneGoneException, StorageInitException {
        if (size < Layout.PAIR) {
            return new StorageSurvey(
                    storage, size == 0 ? new HeaderRead.Blank() : new HeaderRead.Alien(), Map.of(), Map.of(), 0);
        }
        ByteBuffer pair = read(process, storage, Layout.header()).get(0);
        HeaderRead header = new HeaderCodec(keys).open(pair);
        if (header instanceof HeaderRead.Found found) {
            return ofOurs(process, storage, keys, members, found.header());
        }
        int length = (int) Math.min(HEAD_BYTES, size / Layout.BLOCK * Layout.BLOCK);
        ByteBuffer head = read(process, storage, new Layout.Range(0, length)).get(0);
        boolean empty = head.equals(ByteBuffer.allocate(length));
        boolean alien = header instanceof HeaderRead.Blank && !empty;
        return new StorageSurvey(storage, alien ? new HeaderRead.Alien() : header, Map.of(), Map.of(), 0);
    }

    private static StorageSurvey ofOurs(
            LaneProcess process, StorageSpec storage, MacKeys keys, List<HostId> members, StorageHeader header)
            throws LaneGoneException, StorageInitException {
        StorageBlocks blocks = new StorageBlocks(keys, header);
        Layout layout = header.layout();
        int hosts = Math.min(members.size(), layout.capacity());
        Map<Integer, BallotBlock> ballots = new HashMap<>();
        Map<MailPlace, MailEntry> mails = new HashMap<>();
        int torn = 0;
        ByteBuffer pairs = read(process, storage, layout.ballots(hosts)).get(0);
        for (int host = 0; host < hosts; host++) {
            Entry<BallotBlock> entry =
                    blocks.openBallot(host, pairs.slice(host * layout.ballotPair(), layout.ballotPair()));
            entry.slot().value().ifPresent(put(ballots, host));
            torn += entry.slot().unknown() ? 1 : 0;
        }
        for (int suspect = 0; suspect < hosts; suspect++) {
            ByteBuffer row =
                    read(process, storage, layout.mailRow(suspect, hosts)).get(0);
            for (int claimer = 0; claimer < hosts; claimer++) {
                Entry<MailEntry> entry = blocks.openMail(
                        suspect,
                        claimer,
                        members.get(suspect),
                        members.get(claimer),
                        row.slice(claimer * Layout.PAIR, Layout.PAIR));
                entry.slot().value().ifPresent(put(mails, new MailPlace(suspect, claimer)));
                torn += entry.slot().unknown() ? 1 : 0;
            }
        }
        return new StorageSurvey(storage, new HeaderRead.Found(header), ballots, mails, torn);
    }

    private static <K, V> Consumer<V> put(Map<K, V> map, K key) {
        return value -> map.put(key, value);
    }

    private static List<ByteBuffer> read(LaneProcess process, StorageSpec storage, Layout.Range range)
            throws LaneGoneException, StorageInitException {
        LaneReply reply = process.run(LaneOp.read(range));
        if (!reply.ok()) {
            throw new StorageInitException("storage " + storage.id() + ": " + storage.path() + ": " + reply.text());
        }
        return reply.reads();
    }

    Optional<StorageHeader> found() {
        return header instanceof HeaderRead.Found found ? Optional.of(found.header()) : Optional.empty();
    }

    /** In use by a cell: a header that says ready. */
    boolean isReady() {
        return found().filter(StorageHeader::ready).isPresent();
    }

    /** The next number in the newest record of this storage; 1 when it has no past. */
    long nextNumber() {
        long began = found().map(StorageHeader::firstNumber).orElse(1L);
        return ballots.values().stream()
                .flatMap(block -> Stream.concat(Stream.of(block.decided()), block.candidate().stream()))
                .mapToLong(CellRecord::nextNumber)
                .reduce(began, Math::max);
    }

    /** The cell has decided something since it was initialised. */
    boolean hasLived() {
        return ballots.values().stream()
                .anyMatch(block ->
                        block.decided().version() > 1 || !block.promised().isZero());
    }

    /**
     * A claim that is open in the newest record of several storages, or in what may have been decided after it: its
     * claimer may be between its mail and its reading of the suspect's beat.
     */
    static Optional<Claim> openClaim(List<StorageSurvey> surveys) {
        List<BallotBlock> blocks = surveys.stream()
                .flatMap(survey -> survey.ballots.values().stream())
                .toList();
        long newest = blocks.stream()
                .mapToLong(block -> block.decided().version())
                .max()
                .orElse(0);
        return blocks.stream()
                .filter(block -> block.decided().version() == newest)
                .flatMap(block -> Stream.concat(Stream.of(block.decided()), block.candidate().stream()))
                .flatMap(record -> record.claims().stream())
                .filter(Claim::isOpen)
                .findFirst();
    }

    /** The newest ballot block of each host over several storages: what its writer got acknowledged is not older. */
    static Map<Integer, BallotBlock> newestBallots(List<StorageSurvey> surveys) {
        Map<Integer, BallotBlock> newest = new HashMap<>();
        surveys.forEach(survey -> survey.ballots.forEach(
                (host, block) -> newest.merge(host, block, (a, b) -> a.compareTo(b) >= 0 ? a : b)));
        return newest;
    }

    /** The newest mail of each pair over several storages. */
    static Map<MailPlace, MailEntry> newestMails(List<StorageSurvey> surveys) {
        Comparator<MailEntry> order = Comparator.comparing(MailEntry::token).thenComparing(MailEntry::stage);
        Map<MailPlace, MailEntry> newest = new HashMap<>();
        surveys.forEach(survey -> survey.mails.forEach((place, mail) ->
                newest.merge(place, mail, (a, b) -> order.compare(a, b) >= 0 ? a : b)));
        return newest;
    }
}
