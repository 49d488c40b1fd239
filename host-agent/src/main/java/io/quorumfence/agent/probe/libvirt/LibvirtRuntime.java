package io.quorumfence.agent.probe.libvirt;

import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt.VirErrorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the libvirt library needs once a process, before the first connection: the event loop on a daemon thread of its
 * own (without it neither events nor keepalive work), and an error callback (without it each failure is printed on
 * standard error).
 */
final class LibvirtRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtRuntime.class);
    private static final long PAUSE_AFTER_FAILURE_MS = 200;

    /** Held for ever: the C library keeps a pointer to it. */
    private final VirErrorCallback silence = (data, error) -> {};

    private final DomainCalls calls;

    private LibvirtRuntime() throws LibvirtException {
        Library.initEventLoop();
        Connect.setErrorCallback(silence);
        calls = DomainCalls.load();
        Thread loop = new Thread(LibvirtRuntime::runEvents, "libvirt-events");
        loop.setDaemon(true);
        loop.start();
    }

    /**
     * The one runtime of this process, started by the first caller.
     *
     * @throws LibvirtException when libvirt refuses
     * @throws LinkageError when the library is not installed
     */
    static LibvirtRuntime get() throws LibvirtException {
        try {
            return Holder.RUNTIME;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof LibvirtException cause) {
                throw cause;
            }
            throw e;
        }
    }

    DomainCalls calls() {
        return calls;
    }

    private static void runEvents() {
        while (true) {
            try {
                Library.runEventLoop();
            } catch (LibvirtException e) {
                LOG.warn("libvirt event loop: {}; going on", e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
            try {
                Thread.sleep(PAUSE_AFTER_FAILURE_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static final class Holder {
        static final LibvirtRuntime RUNTIME = create();

        private static LibvirtRuntime create() {
            try {
                return new LibvirtRuntime();
            } catch (LibvirtException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }
}
