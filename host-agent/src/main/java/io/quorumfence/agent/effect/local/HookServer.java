package io.quorumfence.agent.effect.local;

import io.quorumfence.config.Hook;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.LocalObservation.GlassBroken;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket at which {@code qf-hook} asks. It lies in the run directory, which is root's alone. Each question is an
 * observation, and its answer the core's; what is asked while too many wait is refused by silence. {@link #accept} may
 * be called from any thread and never blocks; the rest is done on threads of its own.
 */
public final class HookServer implements AutoCloseable {
    static final String SOCKET = "hook.sock";
    static final String GLASS = "hook-let";
    static final String RELEASED = "hook-released";

    private static final Logger LOG = LoggerFactory.getLogger(HookServer.class);
    private static final int AT_ONCE = 32;
    private static final String USED = ".used";

    private final Path run;
    private final Path file;
    private final Hook hook;
    private final Consumer<Observation> inbox;
    private final LongSupplier nowNs;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<ReplyId, CompletableFuture<ReplyCommand>> waiting = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor calls = new ThreadPoolExecutor(
            0, AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> thread(work, "hook-call"));
    private final ScheduledThreadPoolExecutor patience =
            new ScheduledThreadPoolExecutor(1, work -> thread(work, "hook-patience"));
    private volatile Optional<ServerSocketChannel> server = Optional.empty();

    /**
     * @param run on tmpfs
     * @param file on the local disk: what the hook has to know while no agent runs, in the next boot too
     */
    public HookServer(Path run, Path file, Hook hook, Consumer<Observation> inbox, LongSupplier nowNs) {
        this.run = run;
        this.file = file;
        this.hook = hook;
        this.inbox = inbox;
        this.nowNs = nowNs;
    }

    /** Takes this server's replies and leaves the others, whose numbers are positive, to who comes after it. */
    public Consumer<ReplyCommand> before(Consumer<ReplyCommand> others) {
        return reply -> {
            if (reply.reply().value() < 0) {
                accept(reply);
            } else {
                others.accept(reply);
            }
        };
    }

    /** Returns at once. The disk and the socket are waited for aside. */
    public void start() {
        thread(this::serve, "hook").start();
    }

    /** Hands the core's answer to the hook that waits for it; one that comes too late is dropped. */
    public void accept(ReplyCommand reply) {
        CompletableFuture<ReplyCommand> call = waiting.remove(reply.reply());
        if (call != null) {
            call.complete(reply);
        }
    }

    @Override
    public void close() {
        calls.shutdownNow();
        patience.shutdownNow();
        server.ifPresent(HookServer::shut);
    }

    private void serve() {
        try {
            if (hook.isAsked() || Files.exists(file)) {
                write();
            }
            tellGlass();
            tellReleased();
            if (!hook.isAsked()) {
                return;
            }
            Path socket = run.resolve(SOCKET);
            Files.deleteIfExists(socket);
            ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server = Optional.of(opened);
            opened.bind(UnixDomainSocketAddress.of(socket), AT_ONCE);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            LOG.info("hook: {}; starts are asked for at {}", hook.mode(), socket);
            while (true) {
                take(opened.accept());
            }
        } catch (ClosedChannelException e) {
            LOG.debug("the hook's socket is closed");
        } catch (IOException e) {
            LOG.error("hook: {}; an enforcing host starts no VM until this is mended", e.toString());
        }
    }

    /** Whole or not at all, and on the disk: a boot begins with it. */
    private void write() throws IOException {
        String text = "# Written by qf-agent from agent.yaml (hook); it is written anew at its next start.\n"
                + "mode=" + hook.mode().name().toLowerCase(Locale.ROOT) + "\nsocket=" + run.resolve(SOCKET)
                + "\nrun=" + run + "\ndeadline-ms=" + hook.deadline().toMillis() + "\n";
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void take(SocketChannel call) {
        try {
            calls.execute(() -> answer(call));
        } catch (RejectedExecutionException e) {
            LOG.warn("hook: {} starts wait already; one more is refused", AT_ONCE);
            shut(call);
        }
    }

    private void answer(SocketChannel call) {
        long limitMs = hook.deadline().toMillis();
        var closing = patience.schedule(() -> shut(call), limitMs, TimeUnit.MILLISECONDS);
        try (call) {
            String line = read(call);
            write(call, line.equals(HookLine.SHOW) ? shown() : reply(line, limitMs));
        } catch (IOException e) {
            LOG.debug("hook: a call ended early: {}", e.toString());
        } finally {
            closing.cancel(false);
        }
    }

    private String shown() {
        return "answers, host " + hook.mode().name().toLowerCase(Locale.ROOT) + "\n";
    }

    private String reply(String line, long limitMs) {
        if (line.equals(HookLine.GLASS)) {
            tellGlass();
            return "told\n";
        }
        Optional<Observation> released = HookLine.released(line);
        if (released.isPresent()) {
            inbox.accept(released.get());
            tellReleased();
            return "told\n";
        }
        ReplyId id = new ReplyId(-lastId.incrementAndGet());
        Optional<RequestObservation> asked = HookLine.question(line, id);
        if (asked.isEmpty()) {
            return HookLine.NOT_UNDERSTOOD;
        }
        CompletableFuture<ReplyCommand> call = new CompletableFuture<>();
        waiting.put(id, call);
        inbox.accept(asked.get());
        try {
            return HookLine.of(call.get(limitMs, TimeUnit.MILLISECONDS), asked.get());
        } catch (TimeoutException | ExecutionException e) {
            return HookLine.NO_ANSWER;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HookLine.NO_ANSWER;
        } finally {
            waiting.remove(id);
        }
    }

    /** What the hook has let pass, also while no agent ran; each is told once. */
    private synchronized void tellGlass() {
        try (Stream<Path> entries = Files.list(run.resolve(GLASS))) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.endsWith(USED)) {
                    String text =
                            Files.readString(entry, StandardCharsets.ISO_8859_1).strip();
                    VmId vm = VmId.of(name.substring(0, name.length() - USED.length()));
                    inbox.accept(new GlassBroken(vm, text, nowNs.getAsLong()));
                    Files.delete(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("nobody has broken the glass in this boot");
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("hook: what was let pass cannot be read: {}", e.toString());
        }
    }

    /** The ends that no agent heard of. Each is told once, with the time at which libvirt said so. */
    private synchronized void tellReleased() {
        try (Stream<Path> entries = Files.list(run.resolve(RELEASED))) {
            for (Path entry : entries.toList()) {
                String line = "released v1 vm=" + entry.getFileName() + " said="
                        + Files.readString(entry, StandardCharsets.ISO_8859_1).strip();
                HookLine.released(line).ifPresent(inbox);
                Files.delete(entry);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("no end of a VM went unheard in this boot");
        } catch (IOException e) {
            LOG.warn("hook: ends of VMs that no agent heard of cannot be read: {}", e.toString());
        }
    }

    private static String read(SocketChannel call) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(HookLine.MAX);
        while (line.hasRemaining() && call.read(line) >= 0) {
            int size = line.position();
            if (size > 0 && line.get(size - 1) == '\n') {
                return new String(line.array(), 0, size - 1, StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("no line of at most " + HookLine.MAX + " bytes");
    }

    private static void write(SocketChannel call, String line) throws IOException {
        byte[] text = line.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
            call.write(bytes);
        }
    }

    private static void shut(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a socket of the hook did not close: {}", e.toString());
        }
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
