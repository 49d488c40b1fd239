package io.quorumfence.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** The primitives that payloads are made of. Numbers are LEB128 (unsigned, at most ten bytes), the rest is fixed. */
final class Payload {
    private static final int VARINT_MAX = 10;

    private Payload() {}

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Appends to a growing array. Confined to one thread. */
    static final class Writer {
        private byte[] bytes = new byte[512];
        private int length;

        byte[] toBytes() {
            return Arrays.copyOf(bytes, length);
        }

        private void need(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
            }
        }

        void octet(int value) {
            need(1);
            bytes[length++] = (byte) value;
        }

        void flag(boolean value) {
            octet(value ? 1 : 0);
        }

        void number(long value) {
            need(VARINT_MAX);
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        void text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            need(utf8.length);
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }

        void uuid(UUID value) {
            need(16);
            littleEndian(bytes).putLong(length, value.getMostSignificantBits());
            littleEndian(bytes).putLong(length + 8, value.getLeastSignificantBits());
            length += 16;
        }
    }

    /** Takes from a buffer; every shortage or oddity is a {@link MalformedException}. Confined to one thread. */
    static final class Reader {
        private final ByteBuffer from;

        Reader(ByteBuffer from) {
            this.from = from.slice().order(ByteOrder.LITTLE_ENDIAN);
        }

        private void need(int count) {
            if (from.remaining() < count) {
                throw new MalformedException("payload ends early");
            }
        }

        /** Whether a field that only some writers append is there. */
        boolean hasMore() {
            return from.hasRemaining();
        }

        /** Refuses what follows the last field: a payload is understood as a whole or not at all. */
        void end() {
            if (from.hasRemaining()) {
                throw new MalformedException("payload has " + from.remaining() + " bytes too many");
            }
        }

        int octet() {
            need(1);
            return from.get() & 0xff;
        }

        boolean flag() {
            int value = octet();
            if (value > 1) {
                throw new MalformedException("flag " + value);
            }
            return value == 1;
        }

        long number() {
            long value = 0;
            for (int i = 0; i < VARINT_MAX; i++) {
                int next = octet();
                // The tenth byte has room for the 64th bit only; a padded number has a shorter twin.
                if ((i == VARINT_MAX - 1 && next > 1) || (i > 0 && next == 0)) {
                    throw new MalformedException("number out of form");
                }
                value |= (long) (next & 0x7f) << (7 * i);
                if (next < 0x80) {
                    return value;
                }
            }
            throw new MalformedException("number out of form");
        }

        int small() {
            long value = number();
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new MalformedException("number out of range");
            }
            return (int) value;
        }

        /** A count of elements that take at least one byte each: never more than what is left. */
        int count() {
            int value = small();
            need(value);
            return value;
        }

        String text() {
            byte[] utf8 = new byte[count()];
            from.get(utf8);
            return new String(utf8, StandardCharsets.UTF_8);
        }

        UUID uuid() {
            need(16);
            return new UUID(from.getLong(), from.getLong());
        }
    }
}
