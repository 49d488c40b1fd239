package io.quorumfence.wire;

import io.quorumfence.record.CellRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The record an agent last applied, as one line for tmpfs: a restarted agent of the same kernel boot counts with it
 * until it has read the storages (rule 16). Guards against damage, not against forgery: only root writes there. Pure.
 */
public final class RecordImage {
    private static final int FORMAT = 1;

    private RecordImage() {}

    public static String write(CellRecord record, UUID boot) {
        Payload.Writer to = new Payload.Writer();
        to.octet(FORMAT);
        to.uuid(boot);
        new RecordWriter(to).write(record, Optional.empty());
        byte[] body = to.toBytes();
        ByteBuffer whole =
                ByteBuffer.allocate(body.length + Integer.BYTES).put(body).putInt(checksum(body));
        return Base64.getEncoder().encodeToString(whole.array());
    }

    /** The record, or empty when the text is damaged, of another format or of another boot. */
    public static Optional<CellRecord> read(String text, UUID boot) {
        try {
            byte[] whole = Base64.getDecoder().decode(text.strip());
            if (whole.length <= Integer.BYTES) {
                return Optional.empty();
            }
            byte[] body = Arrays.copyOf(whole, whole.length - Integer.BYTES);
            if (ByteBuffer.wrap(whole).getInt(body.length) != checksum(body)) {
                return Optional.empty();
            }
            Payload.Reader from = new Payload.Reader(ByteBuffer.wrap(body));
            boolean fits = from.octet() == FORMAT && from.uuid().equals(boot);
            return fits ? Optional.of(new RecordReader(from).read(Optional.empty())) : Optional.empty();
        } catch (IllegalArgumentException | MalformedException e) {
            return Optional.empty();
        }
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
