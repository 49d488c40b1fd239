package io.quorumfence.agent.effect.local;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The host's own log socket, which outlives a full or hanging disk: one datagram a line, never waited for. A line that
 * cannot be taken at once is dropped. Any thread.
 */
public final class Syslog {
    /** Severities, of facility daemon. */
    public enum Severity {
        CRITICAL(2),
        WARNING(4),
        NOTICE(5);

        private final int code;

        Severity(int code) {
            this.code = code;
        }
    }

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FACILITY_DAEMON = 3;
    private static final int PATH_MAX = 107;
    private static final int TEXT_MAX = 900;

    static {
        Native.register(Syslog.class, "c");
    }

    private final byte[] address;
    private final long pid = ProcessHandle.current().pid();
    private final int socket;

    /** @param path the log daemon's socket, {@code /dev/log}; it need not exist yet */
    public Syslog(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_MAX) {
            throw new IllegalArgumentException(path + " is too long for a socket: " + PATH_MAX + " bytes at most");
        }
        address = new byte[2 + name.length + 1];
        address[0] = AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        socket = open();
    }

    private static native int socket(int domain, int type, int protocol) throws LastErrorException;

    private static native long sendto(int fd, byte[] data, long size, int flags, byte[] address, int length)
            throws LastErrorException;

    private static int open() {
        try {
            return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        } catch (LastErrorException e) {
            return -1; // every line is dropped then; the journal has them
        }
    }

    /** Says one line; false when nobody took it. Returns at once. */
    public boolean say(Severity severity, String text) {
        if (socket < 0) {
            return false;
        }
        String line = text.replaceAll("\\p{Cntrl}", " ");
        line = line.length() > TEXT_MAX ? line.substring(0, TEXT_MAX) : line;
        int priority = FACILITY_DAEMON * 8 + severity.code;
        byte[] bytes = ("<" + priority + ">quorumfence[" + pid + "]: " + line).getBytes(StandardCharsets.UTF_8);
        try {
            return sendto(socket, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length)
                    == bytes.length;
        } catch (LastErrorException e) {
            return false; // no daemon, or its queue is full
        }
    }
}
