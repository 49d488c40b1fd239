package io.quorumfence.agent.effect.local;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Small files in a directory that lives in memory. They outlast the agent's process and never the kernel's boot, and
 * no store waits for a disk.
 */
final class TmpfsFiles {
    private static final int TMPFS_MAGIC = 0x01021994;
    private static final int RAMFS_MAGIC = 0x858458f6;
    private static final int STATFS_ROOM = 512;
    private static final long SIZE_MAX = 1 << 20;

    static {
        Native.register(TmpfsFiles.class, "c");
    }

    private final Path directory;

    private TmpfsFiles(Path directory) {
        this.directory = directory;
    }

    private static native int statfs(String path, Pointer into) throws LastErrorException;

    /**
     * Makes the directory if it is missing.
     *
     * @throws IOException one clear line, when it cannot be had or is not on a tmpfs
     */
    static TmpfsFiles in(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (!livesInMemory(directory)) {
            throw new IOException("run: " + directory
                    + " is not on a tmpfs; what is kept there must vanish with the kernel's boot and never wait for a"
                    + " disk");
        }
        return new TmpfsFiles(directory);
    }

    static boolean livesInMemory(Path directory) throws IOException {
        try (Memory answer = new Memory(STATFS_ROOM)) {
            statfs(directory.toString(), answer);
            // The type is the first word; its low 32 bits come first where we run, or it is 32 bits wide.
            int type = answer.getInt(0);
            return type == TMPFS_MAGIC || type == RAMFS_MAGIC;
        } catch (LastErrorException e) {
            throw new IOException("run: " + directory + " cannot be examined: errno " + e.getErrorCode(), e);
        }
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    /**
     * A reader finds the old text or the new one, whole. What an interrupted write leaves lies in the top
     * directory.
     */
    void write(String name, String text) throws IOException {
        Path fresh = path(name.replace('/', '.') + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        Files.move(fresh, path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The text of a file, or empty when there is no such file; anything else that goes wrong is an error. */
    Optional<String> read(String name) throws IOException {
        try {
            Path file = path(name);
            if (Files.size(file) > SIZE_MAX) {
                throw new IOException(file + " is larger than " + SIZE_MAX + " bytes");
            }
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
