package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The record's commands on real files that the real encoder wrote; no agent runs. */
class RecordCommandTest {
    private static final String KEY = "5a".repeat(32);
    private static final HostId H1 = new HostId("h1");
    private static final HostId H2 = new HostId("h2");
    private static final Layout LAYOUT = new Layout(2, 8192);

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private void secret(String name, String hex) throws IOException {
        Path file = Files.writeString(directory.resolve(name), hex + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @BeforeEach
    void makeACellThatHasLived() throws IOException {
        System.setProperty(
                "qf.native", Path.of("target/native").toAbsolutePath().toString());
        secret("mac.key", KEY);
        secret("other.key", "a5".repeat(32));
        Files.createDirectories(directory.resolve("mount"));
        Files.writeString(directory.resolve("agent.yaml"), """
                cell: lab1
                host: h1
                profile: fast
                flight: 50ms
                deadlines: {beat: 50ms, suspect: 100ms, self: 200ms, act: 200ms, watchdog: 200ms, margin: 300ms}
                run: @/run
                journal: @/journal
                watchdog: {kind: none}
                planes: [management]
                members:
                  - {host: h1, addresses: {management: 127.0.0.1}}
                  - {host: h2, addresses: {management: 127.0.0.2}}
                storages:
                  - {id: s1, path: @/mount/s1.cell}
                  - {id: s2, path: @/mount/s2.cell}
                  - {id: s3, path: @/mount/s3.cell}
                security:
                  macKeyFile: @/mac.key
                  tls: {ca: @/ca.pem, certificate: @/host.pem, key: @/host.key}
                libvirt: {driver: process, accept: loopback-demo}
                """.replace("@", directory.toString()));
        assertThat(new CommandLine(new StorageInit())
                        .setOut(new PrintWriter(new StringWriter()))
                        .execute(
                                "--config",
                                directory.resolve("agent.yaml").toString(),
                                "--ballot-block",
                                "8",
                                "--capacity",
                                "2"))
                .isZero();
        for (String storage : List.of("s1", "s2", "s3")) {
            decide(storage, 5);
        }
    }

    private Path file(String storage) {
        return directory.resolve("mount").resolve(storage + ".cell");
    }

    private StorageHeader header(String storage) throws IOException {
        byte[] pair = Arrays.copyOf(Files.readAllBytes(file(storage)), Layout.PAIR);
        return ((HeaderRead.Found) new HeaderCodec(MacKeys.ofHex(KEY)).open(ByteBuffer.wrap(pair))).header();
    }

    private static CellRecord record(long version) {
        CellRecord first = CellRecord.first(
                new CellId("lab1"),
                List.of(H1, H2),
                List.of(new StorageId("s1"), new StorageId("s2"), new StorageId("s3")));
        Incarnation one = new Incarnation(3, new UUID(7, 1));
        Incarnation two = new Incarnation(1, new UUID(7, 2));
        Claim claim = new Claim(new FenceToken(9), H2, two, H1, one, ClaimStage.CLAIMED, Optional.empty());
        return new CellRecord(
                first.cell(),
                version,
                1,
                first.members(),
                first.storages(),
                first.goneHistory(),
                Map.of(H1, new HostEntry(H1, one, false), H2, new HostEntry(H2, two, false)),
                version == 5 ? List.of(claim) : List.of(),
                List.of(),
                20);
    }

    private void decide(String storage, long version) throws IOException {
        write(storage, 0, BallotBlock.of(record(version)));
        write(storage, 1, BallotBlock.of(record(version)));
    }

    private void write(String storage, int host, BallotBlock block) throws IOException {
        StorageBlocks blocks = new StorageBlocks(MacKeys.ofHex(KEY), header(storage));
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            BlockWrite write =
                    blocks.sealBallot(host, copy, 100 + block.decided().version(), block);
            poke(storage, write.offset(), write.bytes());
        }
    }

    private void poke(String storage, long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile to = new RandomAccessFile(file(storage).toFile(), "rw")) {
            to.seek(offset);
            to.write(bytes);
        }
    }

    private byte[] peek(String storage, long offset, int length) throws IOException {
        byte[] all = Files.readAllBytes(file(storage));
        return Arrays.copyOfRange(all, (int) offset, (int) offset + length);
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of(words));
        if (!line.contains("--key-file")) {
            line.addAll(List.of("--config", directory.resolve("agent.yaml").toString()));
        }
        return new CommandLine(new RecordCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line.toArray(String[]::new));
    }

    @Test
    void showsTheRecordOfACellWithoutAgents() {
        assertThat(run("show")).as(err.toString()).isZero();
        assertThat(out.toString().lines().findFirst())
                .contains("FINE  cell lab1, record version 5, read from 3 of 3 storages");
        assertThat(out.toString())
                .contains("h1    joined", "h2    claimed", "9      h2       1     h1  CLAIMED", "no permits");
    }

    @Test
    void showsItAsOneJsonDocument() {
        assertThat(run("show", "--json")).isZero();
        JsonObject json = new JsonObject(out.toString());
        assertThat(json.getString("verdict")).isEqualTo("fine");
        assertThat(json.getLong("version")).isEqualTo(5);
        assertThat(json.getJsonArray("hosts").getJsonObject(1).getString("state"))
                .isEqualTo("claimed");
        assertThat(json.getJsonArray("claims").getJsonObject(0).getLong("token"))
                .isEqualTo(9);
        assertThat(json.getJsonArray("storages")).hasSize(3);
    }

    @Test
    void readsADirectoryWithAKeyFileAndNoConfiguration() {
        int code = run("verify", directory.resolve("mount").toString(), "--key-file", directory + "/mac.key");
        assertThat(code).as(out.toString()).isZero();
        assertThat(out.toString()).startsWith("FINE  cell lab1").doesNotContain(KEY);
    }

    @Test
    void saysWhichVersionMayBeDecidedAlready() throws IOException {
        Ballot ballot = new Ballot(2, 1);
        write("s2", 1, new BallotBlock(record(5), ballot, ballot, Optional.of(record(6))));
        assertThat(run("show")).isZero();
        assertThat(out.toString()).contains("version 6 is accepted and may be decided");
    }

    @Test
    void namesATornCopyByStorageBlockAndOffset() throws IOException {
        long offset = LAYOUT.ballot(0).offset() + 8192;
        poke("s1", offset + 40, new byte[300]);
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString())
                .contains("storage s1, ballot block of h1, copy 1, offset " + offset + ": is torn, corrupt or");
    }

    @Test
    void namesOneFlippedBitOfAnyArea() throws IOException {
        Map<String, Long> places = Map.of(
                "header, copy 1",
                4096L,
                "beat of h2, copy 0",
                LAYOUT.beat(1).offset(),
                "mail of h1 to h2, copy 1",
                LAYOUT.mail(1, 0).offset() + 4096,
                "ballot block of h2, copy 0",
                LAYOUT.ballot(1).offset());
        for (Map.Entry<String, Long> place : places.entrySet()) {
            byte[] byteThere = peek("s2", place.getValue() + 41, 1);
            poke("s2", place.getValue() + 41, new byte[] {(byte) (byteThere[0] ^ 4)});
            assertThat(run("verify")).as(place.getKey()).isEqualTo(1);
            assertThat(out.toString())
                    .contains(
                            "storage s2, " + place.getKey() + ", offset " + place.getValue() + ": is torn or corrupt");
            poke("s2", place.getValue() + 41, byteThere);
        }
        assertThat(run("verify")).isZero();
    }

    @Test
    void namesABlockOfAnotherFormatOfAnotherPlaceAndFromBeforeTheLastInitialisation() throws IOException {
        long mail = LAYOUT.mail(0, 1).offset();
        poke("s1", mail + 4, new byte[] {2});
        poke("s2", LAYOUT.mail(1, 0).offset(), peek("s2", mail, 4096));
        byte[] old = peek("s3", LAYOUT.ballot(1).offset(), 8192);
        StorageHeader later = header("s3");
        for (BlockWrite copy : new HeaderCodec(MacKeys.ofHex(KEY))
                .seal(new StorageHeader(
                        later.cell(),
                        later.storage(),
                        later.initEpoch() + 1,
                        later.layout(),
                        later.created(),
                        later.firstNumber(),
                        true))) {
            poke("s3", copy.offset(), copy.bytes());
        }
        decide("s3", 5);
        poke("s3", LAYOUT.ballot(1).offset(), old);
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString())
                .contains("storage s1, mail of h2 to h1, copy 0, offset " + mail + ": speaks format 2, this agent 1")
                .contains("storage s2, mail of h1 to h2, copy 0")
                .contains("belongs to another place of this storage")
                .contains("storage s3, ballot block of h2, copy 0, offset "
                        + LAYOUT.ballot(1).offset() + ": was written before the storage was initialised again");
    }

    @Test
    void withTheWrongKeyNothingIsKnown() {
        assertThat(run("show", file("s1").toString(), "--key-file", directory + "/other.key"))
                .isEqualTo(69);
        assertThat(out.toString()).startsWith("UNKNOWN  no record").contains("another MAC key");
    }

    @Test
    void anEmptyAMissingAndAForeignStorageAreFindings() throws IOException {
        Files.write(file("s1"), new byte[0]);
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("s1.cell: no header: it was never initialised");
        Files.delete(file("s1"));
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("s1.cell: there is no such file or device");
        Files.copy(file("s3"), file("s1"));
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString()).contains("foreign: configured as storage s1 at", "its header says s3");
    }

    @Test
    void withoutAMajorityNothingIsCertain() throws IOException {
        Files.write(file("s1"), new byte[16384]);
        Files.write(file("s2"), "#!/bin/sh\n".repeat(2000).getBytes("US-ASCII"));
        assertThat(run("show")).isEqualTo(69);
        assertThat(out.toString())
                .startsWith("UNKNOWN  cell lab1, record version 5, read from 1 of 3 storages: no majority")
                .contains("holds data that is not Quorumfence's");
    }

    @Test
    void anOldStorageIsNamedAndAStaleMajorityIsTheFirstLine() throws IOException {
        decide("s2", 8);
        decide("s3", 8);
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString())
                .contains("storage s1: old: knows version 5, the cell is at 8")
                .doesNotContain("stale");
        decide("s3", 9);
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString().lines().skip(1).findFirst().orElseThrow())
                .contains("cell: stale majority: version 9 was decided, and s1, s2 show no trace of it");
    }

    @Test
    void wrongCommandLinesAreOneLineAndSixtyFour() {
        assertThat(run()).isEqualTo(64);
        assertThat(run("show", "s9")).isEqualTo(64);
        assertThat(err.toString()).startsWith("qf record: storage 's9' is neither");
        assertThat(run("show", "--key-file", directory + "/nokey")).isEqualTo(64);
        assertThat(run("repair", "s9", "--confirm", "s9")).isEqualTo(64);
    }

    @Test
    void repairsADamagedStorageFromTheOthers() throws IOException {
        decide("s1", 6);
        decide("s3", 6);
        Ballot ballot = new Ballot(3, 1);
        write("s3", 1, new BallotBlock(record(6), ballot, ballot, Optional.of(record(7))));
        poke("s2", LAYOUT.ballot(0).offset(), new byte[16384]);
        assertThat(run("repair", "s2", "--confirm", "s2"))
                .as(out.toString() + err)
                .isZero();
        assertThat(out.toString())
                .contains("it will be erased", "taken from s1, s3", "watching for ", "record taken over", "done");
        assertThat(run("show", "s2")).isEqualTo(69);
        assertThat(out.toString()).contains("record version 6, read from 1 of 3");
        assertThat(run("verify")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("version 7 is accepted and may be decided");
    }

    @Test
    void repairRefusesWhileAClaimIsOpen() throws IOException {
        byte[] before = Files.readAllBytes(file("s2"));
        assertThat(run("repair", "s2", "--confirm", "s2")).isEqualTo(1);
        assertThat(err.toString()).contains("the claim of host h1 on host h2 (token 9) is open", "nothing was changed");
        assertThat(Files.readAllBytes(file("s2"))).isEqualTo(before);
    }

    @Test
    void repairChangesNothingWithoutTheNameOrWithoutTheOthers() throws IOException {
        byte[] before = Files.readAllBytes(file("s2"));
        assertThat(run("repair", "s2", "--confirm", "s1")).isEqualTo(64);
        assertThat(err.toString()).contains("nothing was changed");
        poke("s3", 0, new byte[8192]);
        assertThat(run("repair", "s2", "--confirm", "s2")).isEqualTo(69);
        assertThat(err.toString()).contains("s3.cell cannot be read", "nothing was changed");
        assertThat(Files.readAllBytes(file("s2"))).isEqualTo(before);
    }

    @Test
    void repairAsksTwiceBeforeItErasesSomethingElse() throws IOException {
        decide("s1", 6);
        Files.write(file("s2"), "another file system".repeat(1000).getBytes("US-ASCII"));
        assertThat(run("repair", "s2", "--confirm", "s2")).isEqualTo(1);
        assertThat(err.toString()).contains("not Quorumfence's", "--force-erase");
        assertThat(run("repair", "s2", "--confirm", "s2", "--force-erase"))
                .as(err.toString())
                .isZero();
    }
}
