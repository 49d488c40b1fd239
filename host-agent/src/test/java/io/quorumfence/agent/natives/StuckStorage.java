package io.quorumfence.agent.natives;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A mounted file system of one file whose writes can be taken and withheld (src/main/native/test/stuckfs.c). */
final class StuckStorage {

    static final int SIZE = 1 << 20;

    private final Path mount;
    private final Path backing;
    private final Process server;
    private final BufferedReader words;

    StuckStorage(Litter litter, Path dir) throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "skipped: a stuck storage needs /dev/fuse, which is not here");
        assumeTrue(NativePrograms.root(), "skipped: a stuck storage needs root, for it mounts a file system");
        Path program = NativePrograms.compile("stuckfs.c", dir.resolve("stuckfs"));
        backing = Files.write(dir.resolve("backing"), new byte[SIZE]);
        mount = Files.createDirectory(dir.resolve("stuck"));
        server = litter.start(program.toString(), backing.toString(), mount.toString());
        // Before the process is killed: the signal that unmounts. The kernel then fails whatever still hangs.
        litter.later(() -> {
            if (server.isAlive()) {
                Litter.signal("TERM", server.pid());
                server.waitFor();
            }
        });
        words = server.inputReader();
        expect("ready");
    }

    Path mount() {
        return mount;
    }

    Path file() {
        return mount.resolve("f");
    }

    byte[] landed() throws IOException {
        return Files.readAllBytes(backing);
    }

    /** From now on writes, and the flushes of a close, are taken and not answered. */
    void withhold() throws IOException, InterruptedException {
        Litter.signal("USR1", server.pid());
        expect("holding");
    }

    /** Returns when the next request is withheld. */
    void awaitHeld() throws IOException {
        expect("held");
    }

    void release() throws IOException, InterruptedException {
        Litter.signal("USR2", server.pid());
        String word = words.readLine();
        while ("held".equals(word)) {
            word = words.readLine();
        }
        if (!"released".equals(word)) {
            throw new IOException("stuckfs said " + word);
        }
    }

    private void expect(String word) throws IOException {
        String line = words.readLine();
        if (!word.equals(line)) {
            throw new IOException("stuckfs said " + line + ", not " + word);
        }
    }
}
