package io.quorumfence.agent.probe.clock;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/** {@code clock_gettime} of the C library; a call costs well under a microsecond. */
final class KernelClocks {
    static final int MONOTONIC_RAW = 4;
    static final int BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static {
        Native.register(KernelClocks.class, "c");
    }

    private KernelClocks() {}

    /** @param timespec seconds and nanoseconds, each a 64-bit word on every platform that Java 17 runs on here */
    private static native int clock_gettime(int clock, long[] timespec) throws LastErrorException;

    private static native long sysconf(int name);

    static long readNs(int clock) {
        long[] timespec = new long[2];
        try {
            clock_gettime(clock, timespec);
        } catch (LastErrorException e) {
            throw new IllegalStateException("the kernel refuses clock " + clock + ": errno " + e.getErrorCode(), e);
        }
        return timespec[0] * NANOS_PER_SECOND + timespec[1];
    }

    /** Clock ticks per second, the unit of start times in /proc. */
    static long ticksPerSecond() {
        int clkTck = 2;
        long ticks = sysconf(clkTck);
        return ticks > 0 ? ticks : 100;
    }
}
