package io.quorumfence.agent.probe.libvirt;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.quorumfence.model.VmId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;
import org.libvirt.jna.ConnectionPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to libvirtd. Used by one lane only, so at most one call is in flight. A call to a hung libvirtd fails
 * after about 4 s by libvirt's keepalive; opening a connection to one blocks until it goes on or dies. Both cost this
 * lane its time and nobody else anything. While there is no answer the list is unknown, never empty.
 */
final class LibvirtLink {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtLink.class);
    private static final int KEEPALIVE_INTERVAL_S = 1;
    private static final int KEEPALIVE_COUNT = 3;
    private static final long BACK_OFF_MIN_MS = 250;
    private static final long BACK_OFF_MAX_MS = 4000;

    private final String uri;
    private final Runnable changed;
    private final LifecycleListener lifecycle;
    private @Nullable OpenConnect connection;
    /** Set by the event thread when the connection has ended. */
    private volatile boolean ended;

    private long backOffMs = BACK_OFF_MIN_MS;
    private long notBeforeNs = System.nanoTime();
    private String lastTrouble = "";

    /** @param changed called on libvirt's event thread when a domain's life changed or the connection ended */
    LibvirtLink(String uri, Runnable changed) {
        this.uri = uri;
        this.changed = changed;
        this.lifecycle = (domain, event) -> {
            changed.run();
            return 0;
        };
    }

    /** Lists the active domains; connects first where that is needed and due. */
    DomainList list() {
        try {
            OpenConnect open = connected();
            if (open == null) {
                return DomainList.unknown(lastTrouble.isEmpty() ? "libvirt " + uri + ": reconnecting" : lastTrouble);
            }
            return list(LibvirtRuntime.get().calls(), open.pointer());
        } catch (LibvirtException e) {
            return trouble("libvirt " + uri + ": " + e.getMessage());
        } catch (LinkageError e) {
            return trouble("the libvirt library cannot be loaded: " + e.getMessage());
        }
    }

    private @Nullable OpenConnect connected() throws LibvirtException {
        if (connection != null && !ended && connection.isAlive()) {
            return connection;
        }
        drop();
        if (System.nanoTime() - notBeforeNs < 0) {
            return null;
        }
        putOff();
        LibvirtRuntime.get();
        ended = false;
        OpenConnect fresh = new OpenConnect(uri);
        try {
            prepare(fresh);
        } catch (LibvirtException e) {
            close(fresh);
            throw e;
        }
        connection = fresh;
        backOffMs = BACK_OFF_MIN_MS;
        lastTrouble = "";
        LOG.info("libvirt {} connected", uri);
        // Events were lost while there was no connection; whoever listens lists anew.
        changed.run();
        return fresh;
    }

    private void prepare(OpenConnect fresh) throws LibvirtException {
        fresh.registerCloseListener((which, reason) -> {
            LOG.warn("libvirt {} connection ended: {}", uri, reason);
            ended = true;
            changed.run();
        });
        if (!uri.startsWith("test:")) {
            // Without it a call to a stopped libvirtd blocks for ever. libvirt's built-in test driver has no daemon.
            fresh.setKeepAlive(KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT);
        }
        fresh.addLifecycleListener(lifecycle);
    }

    private void putOff() {
        notBeforeNs = System.nanoTime() + backOffMs * 1_000_000;
        backOffMs = Math.min(BACK_OFF_MAX_MS, 2 * backOffMs);
    }

    private DomainList trouble(String text) {
        if (!text.equals(lastTrouble)) {
            LOG.warn("{}; the VM list is incomplete until it answers", text);
            lastTrouble = text;
        }
        drop();
        return DomainList.unknown(text);
    }

    private void drop() {
        if (connection != null) {
            forget(connection);
            close(connection);
            connection = null;
            notBeforeNs = System.nanoTime() + backOffMs * 1_000_000;
        }
    }

    /** A listener that stays registered keeps the connection in memory. */
    private void forget(Connect connect) {
        try {
            connect.removeLifecycleListener(lifecycle);
        } catch (LibvirtException e) {
            LOG.debug("deregistering from a libvirt connection: {}", e.getMessage());
        }
    }

    private static void close(Connect connect) {
        try {
            connect.close();
        } catch (LibvirtException e) {
            LOG.debug("closing a libvirt connection: {}", e.getMessage());
        }
    }

    private static DomainList list(DomainCalls calls, ConnectionPointer connection) {
        PointerByReference array = new PointerByReference();
        int count = calls.virConnectListAllDomains(connection, array, DomainCalls.LIST_ACTIVE);
        if (count < 0) {
            return DomainList.unknown("libvirt did not list its domains");
        }
        Pointer[] domains = count == 0 ? new Pointer[0] : array.getValue().getPointerArray(0, count);
        try {
            return describe(calls, domains);
        } finally {
            for (Pointer domain : domains) {
                calls.virDomainFree(domain);
            }
            Native.free(Pointer.nativeValue(array.getValue()));
        }
    }

    private static DomainList describe(DomainCalls calls, Pointer[] domains) {
        List<DomainSeen> seen = new ArrayList<>();
        boolean complete = true;
        for (Pointer domain : domains) {
            byte[] uuid = new byte[DomainCalls.UUID_TEXT_ROOM];
            if (calls.virDomainGetUUIDString(domain, uuid) != 0) {
                complete = false;
                continue;
            }
            VmId vm = VmId.of(new String(uuid, 0, DomainCalls.UUID_TEXT_ROOM - 1, StandardCharsets.US_ASCII));
            IntByReference state = new IntByReference();
            IntByReference reason = new IntByReference();
            // A domain that ended since the listing has no state; it stays in the list, which is the careful side.
            boolean known = calls.virDomainGetState(domain, state, reason, 0) == 0;
            seen.add(new DomainSeen(
                    vm,
                    Objects.requireNonNullElse(calls.virDomainGetName(domain), ""),
                    known ? DomainStates.word(state.getValue()) : DomainStates.UNKNOWN,
                    known && DomainStates.isInFlight(state.getValue(), reason.getValue())));
        }
        return new DomainList(seen, complete, complete ? "" : "libvirt did not name all its domains");
    }

    /** Hands out the pointer that the binding keeps to its subclasses. */
    private static final class OpenConnect extends Connect {
        OpenConnect(String uri) throws LibvirtException {
            super(uri);
        }

        ConnectionPointer pointer() {
            return vcp;
        }
    }
}
