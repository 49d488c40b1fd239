package io.quorumfence.agent.effect.ssh;

import io.quorumfence.config.SshTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;

/**
 * One connection to one address of the suspect. {@link #run} blocks its own thread; {@link #abort} ends it from any
 * other at once, by closing the socket under it. At most one session of an attempt sends the request.
 */
final class FenceSession {
    private static final int ANSWER_MAX = 64 * 1024;
    private static final int ERRORS_MAX = 4 * 1024;
    private static final String COMMAND = "qf-fence";

    private final SshFenceSpec spec;
    private final SshTarget target;
    private final String address;
    private final HostKeyPin pin;
    private final Socket socket = new StagedSocket();
    private final StringBuilder said = new StringBuilder();
    private volatile String stage = "connecting";
    private volatile boolean aborted;

    FenceSession(SshFenceSpec spec, SshTarget target, String address, HostKeyPin pin) {
        this.spec = spec;
        this.target = target;
        this.address = address;
        this.pin = pin;
    }

    String address() {
        return address;
    }

    /** What it was doing when it was last heard of. */
    String stage() {
        return stage;
    }

    /**
     * Connects, logs in, asks, reads the answer.
     *
     * @param wins asked once, after the login: whether this session is the one that acts
     * @param inTime asked last before the request is sent: whether what was decided is still young
     */
    AddressResult run(Config config, KeyProvider key, String request, BooleanSupplier wins, BooleanSupplier inTime) {
        SSHClient client = new SSHClient(config);
        try {
            client.setSocketFactory(new OneSocket(socket));
            client.setConnectTimeout((int) spec.connectTimeout().toMillis());
            client.getTransport().setTimeoutMs((int) spec.handshakeLimit().toMillis());
            client.getConnection().setTimeoutMs((int) spec.commandTimeout().toMillis());
            client.addHostKeyVerifier(pin);
            client.connect(address, target.port());
            stage = "logging in";
            client.authPublickey(target.user(), key);
            if (!wins.getAsBoolean()) {
                return new AddressResult(address, AddressResult.Kind.LOST, "not needed", "", "");
            }
            stage = "fencing";
            return ask(client, request, inTime);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        } finally {
            abort();
            end(client);
        }
    }

    /** Ends the session whatever it waits for. */
    void abort() {
        aborted = true;
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing to lose on it.
            stage = "closing";
        }
    }

    /** The session is not closed in order: that waits for the other side, which has nothing to add any more. */
    private AddressResult ask(SSHClient client, String request, BooleanSupplier inTime) throws IOException {
        Session.Command command = client.startSession().exec(COMMAND);
        // An agent that was paused wakes with an old decision. The helper runs already and waits 1 s for its line, so
        // that a pause between this look and the write kills nobody either.
        if (!inTime.getAsBoolean()) {
            return AddressResult.unclear(address, "too late, nothing was sent", "", "");
        }
        try (OutputStream input = command.getOutputStream()) {
            input.write(request.getBytes(StandardCharsets.US_ASCII));
        }
        boolean whole = readAnswer(command.getInputStream());
        String errors = readErrors(command.getErrorStream());
        if (!whole) {
            return AddressResult.unclear(address, "answer too long", said.toString(), errors);
        }
        command.join(spec.commandTimeout().toMillis(), TimeUnit.MILLISECONDS);
        String wrong = ending(command);
        return wrong.isEmpty()
                ? new AddressResult(address, AddressResult.Kind.ANSWERED, "answered", said.toString(), errors)
                : AddressResult.unclear(address, wrong, said.toString(), errors);
    }

    /** Empty when the command ended well. A helper that did not end with 0 has verified nothing, whatever it said. */
    private static String ending(Session.Command command) {
        if (command.getExitSignal() != null) {
            return "the command was killed";
        }
        Integer status = command.getExitStatus();
        if (status == null) {
            return "the command ended without a status";
        }
        return switch (status) {
            case 0 -> "";
            case 64 -> "the command ended with 64: not the helper's request line; helpers are upgraded with agents";
            case 126, 127 -> "the command ended with " + status + ": no fence helper there";
            default -> "the command ended with " + status;
        };
    }

    /** Up to its end, which the server sends when the command has closed its output. False: longer than allowed. */
    private boolean readAnswer(InputStream output) throws IOException {
        byte[] buffer = new byte[4096];
        int used = 0;
        for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
            used += n;
            if (used > ANSWER_MAX) {
                return false;
            }
            said.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        return true;
    }

    private static String readErrors(InputStream errors) throws IOException {
        int there = Math.min(errors.available(), ERRORS_MAX);
        return new String(errors.readNBytes(there), StandardCharsets.ISO_8859_1);
    }

    private AddressResult failed(Exception e) {
        if (!socket.isConnected()) {
            return notConnected(e);
        }
        String code;
        if (pin.hasRefused()) {
            code = "host key differs";
        } else if (e instanceof UserAuthException) {
            code = "login refused";
        } else if (aborted) {
            code = "no end while " + stage;
        } else {
            code = "broken off while " + stage;
        }
        return AddressResult.unclear(address, code, said.toString(), e.toString());
    }

    /** Only silence is silence: a reset or a refusal came from a TCP stack that lives. */
    private AddressResult notConnected(Exception e) {
        String text = String.valueOf(e.getMessage());
        if (e instanceof SocketTimeoutException || (aborted && e instanceof SocketException)) {
            return AddressResult.silent(address, "no answer", e.toString());
        }
        if (e instanceof NoRouteToHostException || text.contains("Network is unreachable")) {
            return AddressResult.silent(address, "no route", e.toString());
        }
        if (e instanceof ConnectException && text.contains("timed out")) {
            return AddressResult.silent(address, "no answer", e.toString());
        }
        if (e instanceof ConnectException && text.contains("refused")) {
            return AddressResult.unclear(address, "refused", "", e.toString());
        }
        return AddressResult.unclear(address, "not connected", "", e.toString());
    }

    private static void end(SSHClient client) {
        try {
            client.disconnect();
        } catch (IOException e) {
            // The socket is closed already; this only ends sshj's reader.
            return;
        }
    }

    /** Knows the moment from which silence is no longer the network's. */
    private final class StagedSocket extends Socket {
        @Override
        public void connect(SocketAddress to, int timeoutMs) throws IOException {
            super.connect(to, timeoutMs);
            stage = "greeting";
        }
    }
}
