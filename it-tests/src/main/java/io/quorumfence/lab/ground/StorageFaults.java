package io.quorumfence.lab.ground;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The control line of one box's view of one storage (qf-stallfs). Each command is one exchange; any thread. */
public final class StorageFaults {
    private final Path socket;
    private final String what;

    StorageFaults(Path socket, String what) {
        this.socket = socket;
        this.what = what;
    }

    /** Withholds answers from now on. The path is below the mount; empty is everything. */
    public void hang(boolean writesOnly, String path) {
        send("hang " + (writesOnly ? "writes" : "all") + " " + path);
    }

    /** Carries out what is withheld (or answers it with EIO) and hangs no more. */
    public void release(boolean drop, String path) {
        send("release " + (drop ? "drop " : "") + path);
    }

    public void fail(String errno, boolean writesOnly, String path) {
        send("fail " + errno + " " + (writesOnly ? "writes" : "all") + " " + path);
    }

    public void slow(long millis, boolean writesOnly, String path) {
        send("slow " + millis + " " + (writesOnly ? "writes" : "all") + " " + path);
    }

    /** Forgets every rule; what is withheld lands. */
    public void mend(String path) {
        send("ok " + path);
    }

    public String status() {
        return send("status");
    }

    private String send(String command) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((command.strip() + "\n").getBytes(StandardCharsets.UTF_8)));
            String answer = readAll(channel);
            if (answer.startsWith("error")) {
                throw new LabException(what + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new LabException(what + " does not take '" + command + "': " + e.getMessage(), e);
        }
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toString(StandardCharsets.UTF_8).strip();
    }
}
