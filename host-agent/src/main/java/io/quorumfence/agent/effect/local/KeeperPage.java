package io.quorumfence.agent.effect.local;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The page of words that the agent and the keeper share; see docs/native.md for the layout. Loads and stores are plain
 * memory accesses on any thread. Each word has one writer: the agent's are stored by one thread only.
 */
final class KeeperPage {
    static final int SIZE = 4096;
    static final int KEEPER_PID = 16;
    static final int TICK_NS = 24;
    static final int FEEDS = 32;
    static final int EXPIRY_NS = 48;
    static final int COUNTER = 56;
    static final int KEEPER_LATCHED = 64;
    static final int WATCHDOG_MS = 80;
    static final int FLAGS = 96;
    static final int AGENT_LATCHED = 104;
    static final int STOP_REQUEST = 112;
    static final int LEASE_END_NS = 120;
    static final int BOOT_STATUS = 128;
    static final int ASKED_MS = 136;
    static final int WORST_GAP_NS = 144;
    static final int IDENTITY = 160;
    static final int MOVED_NS = 192;
    static final int AWAKE_NS = 200;
    static final long FLAG_OPEN = 1;
    static final long FLAG_NOWAYOUT = 8;
    static final long BOOT_BY_WATCHDOG = 2;

    private static final int IDENTITY_SIZE = 32;
    private static final int MAGIC = 0;
    private static final int LAYOUT = 8;
    private static final long MAGIC_VALUE = 0x3130504B46514B51L;
    private static final long LAYOUT_VALUE = 1;
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MappedByteBuffer bytes;

    private KeeperPage(MappedByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * Makes the page if there is none. Linked into place whole, so that neither a keeper nor another agent meets it
     * half made: an expiry that still reads 0 is one that has passed.
     */
    static void createIfMissing(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        ByteBuffer page = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        page.putLong(MAGIC, MAGIC_VALUE).putLong(LAYOUT, LAYOUT_VALUE).putLong(EXPIRY_NS, Long.MAX_VALUE);
        Path fresh = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(fresh, page.array());
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // A keeper was quicker. Its page serves as well.
            return;
        } finally {
            Files.delete(fresh);
        }
    }

    /** @throws IOException when the file is no keeper's page, or not yet one */
    static KeeperPage map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() < SIZE) {
                throw new IOException(file + " is no keeper's page: " + channel.size() + " bytes");
            }
            KeeperPage page = new KeeperPage(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
            if (page.load(MAGIC) != MAGIC_VALUE) {
                throw new IOException(file + " is no keeper's page");
            }
            if (page.load(LAYOUT) != LAYOUT_VALUE) {
                throw new IOException(file + " has layout " + page.load(LAYOUT) + ", this agent knows " + LAYOUT_VALUE);
            }
            return page;
        }
    }

    /** Sequentially consistent: arming and the keeper's orderly stop argue by "store first, look second". */
    long load(int offset) {
        return (long) WORD.getVolatile(bytes, offset);
    }

    void store(int offset, long value) {
        WORD.setVolatile(bytes, offset, value);
    }

    /** What the device calls itself. Written before the keeper's pid, and not changed while that keeper runs. */
    String identity() {
        byte[] text = new byte[IDENTITY_SIZE];
        bytes.get(IDENTITY, text);
        String all = new String(text, StandardCharsets.ISO_8859_1);
        int end = all.indexOf('\0');
        return (end < 0 ? all : all.substring(0, end)).replaceAll("[^ -~]", "?").strip();
    }

    boolean has(long flag) {
        return (load(FLAGS) & flag) != 0;
    }

    KeeperWords read() {
        // The counter before what belongs to it: whoever sees a new counter sees no older expiry or lease end.
        long counter = load(COUNTER);
        return new KeeperWords(
                load(KEEPER_PID),
                load(TICK_NS),
                load(FEEDS),
                load(EXPIRY_NS),
                counter,
                load(KEEPER_LATCHED),
                load(WATCHDOG_MS),
                (load(FLAGS) & FLAG_OPEN) != 0,
                load(AGENT_LATCHED),
                load(LEASE_END_NS));
    }
}
