package io.quorumfence.agent.probe.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;

/**
 * The calls of libvirt's C library that its Java binding lacks: the state with its reason, and the list of domains by
 * pointers that can be handed to it. Names are the C library's.
 */
interface DomainCalls extends Library {
    int LIST_ACTIVE = 1;
    int UUID_TEXT_ROOM = 37;

    static DomainCalls load() {
        return Native.load("virt", DomainCalls.class);
    }

    /** Fills in an array that the caller frees, each domain by virDomainFree. */
    int virConnectListAllDomains(ConnectionPointer connection, PointerByReference domains, int flags);

    int virDomainGetState(Pointer domain, IntByReference state, IntByReference reason, int flags);

    int virDomainGetUUIDString(Pointer domain, byte[] text);

    @Nullable
    String virDomainGetName(Pointer domain);

    int virDomainFree(Pointer domain);
}
