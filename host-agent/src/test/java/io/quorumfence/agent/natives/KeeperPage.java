package io.quorumfence.agent.natives;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The shared page as docs/native.md has it; written apart from the agent's own on purpose. */
final class KeeperPage {

    static final int MAGIC = 0;
    static final int LAYOUT = 8;
    static final int PID = 16;
    static final int TICK = 24;
    static final int FEEDS = 32;
    static final int LAST_FEED = 40;
    static final int EXPIRY = 48;
    static final int INCARNATION = 56;
    static final int LATCHED = 64;
    static final int LATCHED_AT = 72;
    static final int TIMEOUT = 80;
    static final int KIND = 88;
    static final int FLAGS = 96;
    static final int STOP = 112;

    static final int BOOT_STATUS = 128;
    static final int ASKED = 136;
    static final int WORST_GAP = 144;
    static final int HANDOVERS = 152;
    static final int IDENTITY = 160;

    static final long NO_EXPIRY = Long.MAX_VALUE;
    static final long OPEN = 1;
    static final long DISARM = 2;
    static final long ZERO_LATCHED = 4;
    static final long NOWAYOUT = 8;

    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer page;

    KeeperPage(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            page = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
        }
    }

    long get(int word) {
        return (long) WORD.getVolatile(page, word);
    }

    String identity() {
        byte[] text = new byte[32];
        page.get(IDENTITY, text);
        return new String(text, StandardCharsets.US_ASCII).trim();
    }

    void set(int word, long value) {
        WORD.setVolatile(page, word, value);
    }

    /** Now, as far as the keeper's last tick tells: at most one period ago while it runs. */
    long now() {
        return get(TICK);
    }

    /** Expiry before counter, as the agent has to. */
    void arm(long incarnation, long expiryNs) {
        set(EXPIRY, expiryNs);
        set(INCARNATION, incarnation);
    }

    void awaitTicks(int ticks) throws InterruptedException {
        for (int i = 0; i < ticks; i++) {
            long last = get(TICK);
            Litter.await("the keeper ticks", () -> get(TICK) != last);
        }
    }

    void awaitFeeds(int more) throws InterruptedException {
        long before = get(FEEDS);
        Litter.await("the keeper feeds", () -> get(FEEDS) >= before + more);
    }
}
